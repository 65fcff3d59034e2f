import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LabError } from '../../core/index.js'
import { describeOutOfMemory, isOutOfMemory, oomKillCount, type OutOfMemory } from '../index.js'

const seen = (error: unknown): [OutOfMemory['by'], OutOfMemory['where']] | undefined => {
  const found = describeOutOfMemory(error)
  return found === undefined ? undefined : [found.by, found.where]
}
const on = (device: string): string =>
  `OOM when allocating tensor with shape[512,60,256] and type float on /job:localhost/replica:0/task:0/device:${device}:0 by allocator `

describe('out of memory', () => {
  it.each([
    [`Invalid TF_Status: 8\nMessage: ${on('GPU')}GPU_0_bfc`, 'tensorflow', 'gpu'],
    [`Invalid TF_Status: 8\nMessage: ${on('CPU')}mklcpu`, 'tensorflow', 'host'],
    ['ResourceExhaustedError: Graph execution error', 'tensorflow', 'unknown'],
    ['RESOURCE_EXHAUSTED: Failed to allocate request for 2.00GiB (2147483648B) on device ordinal 0', 'tensorflow', 'unknown'],
    ['Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.20GiB with freed_by_count=0', 'tensorflow', 'gpu'],
    ['failed to allocate 10.00G (10737418240 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory', 'cuda', 'gpu'],
    ['failed to create cublas handle: CUBLAS_STATUS_ALLOC_FAILED', 'cuda', 'gpu'],
    ["terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc", 'native', 'host'],
    ['numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,)', 'native', 'host'],
    ['Out of Memory Error: could not allocate block of size 256.0 KiB (6.3 GiB/6.3 GiB used)', 'native', 'host'],
    ['spawn ENOMEM', 'system', 'host'],
    ['fork: Cannot allocate memory', 'system', 'host'],
    ['Array buffer allocation failed', 'javascript', 'host'],
    ['Invalid typed array length: 100000000000', 'javascript', 'host'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'javascript', 'host'],
  ])('is recognised: %s', (message, by, where) => {
    expect(seen(new Error(message))).toEqual([by, where])
    expect(message.split('\n')).toContain(describeOutOfMemory(new Error(message))!.message)
  })

  it('is found by code, in causes, in gathered errors, and in what a child wrote last', () => {
    expect(seen(Object.assign(new Error('spawn failed'), { code: 'ENOMEM' }))).toEqual(['system', 'host'])
    expect(seen(new LabError('fold-failed', 'A fold failed.', { cause: new Error('std::bad_alloc') }))).toEqual(['native', 'host'])
    expect(seen(new LabError('child-crashed', 'It ended.', { cause: 'CUDA_ERROR_OUT_OF_MEMORY' }))).toEqual(['cuda', 'gpu'])
    expect(seen(new AggregateError([new Error('other'), new Error('spawn ENOMEM')]))).toEqual(['system', 'host'])
    const loop = new Error('round')
    loop.cause = loop
    expect(seen(loop)).toBeUndefined()
  })

  it('is not seen in other errors', () => {
    const others = [
      new TypeError('x is not a function'),
      new Error('ENOSPC: no space left on device'),
      new Error('Invalid TF_Status: 3\nMessage: Incompatible shapes: [80] vs. [8]'),
      new LabError('child-crashed', 'A child process was killed, most likely for want of memory.', {
        received: 'entry.ts: signal SIGKILL',
      }),
      new LabError('child-crashed', 'It ended.', {
        received: 'fit.ts: signal SIGSEGV',
        cause:
          'Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.20GiB with freed_by_count=0. The caller indicates that this is not a failure, but this may mean that there could be performance gains if more memory were available.',
      }),
      new RangeError('Invalid typed array length: -1'),
      undefined,
      null,
      42,
    ]
    expect(others.map((error) => isOutOfMemory(error))).toEqual(others.map(() => false))
  })

  it('is the end of a killed child only where the kernel has counted a kill', () => {
    const killed = new LabError('child-crashed', 'It was killed.', { received: 'fit.ts: signal SIGKILL' })
    expect(describeOutOfMemory(killed, { before: 3, now: 4 })).toEqual({
      type: 'out-of-memory',
      where: 'host',
      by: 'kernel',
      message: 'fit.ts: signal SIGKILL',
    })
    expect(isOutOfMemory(new LabError('child-crashed', 'It ended.', { received: 'fit.ts: exit code 137' }), { before: 3, now: 4 })).toBe(
      true,
    )
    for (const kills of [
      { before: 3, now: 3 },
      { before: undefined, now: 4 },
      { before: 3, now: undefined },
    ])
      expect(isOutOfMemory(killed, kills)).toBe(false)
    expect(isOutOfMemory(new LabError('child-crashed', 'It ended.', { received: 'fit.ts: exit code 3' }), { before: 3, now: 4 })).toBe(
      false,
    )
  })

  it('reads the count of the control group', () => {
    const root = mkdtempSync(join(tmpdir(), 'barlab-oom-'))
    mkdirSync(join(root, 'sys/fs/cgroup'), { recursive: true })
    expect(oomKillCount(root)).toBeUndefined()
    writeFileSync(join(root, 'sys/fs/cgroup/memory.max'), 'max\n')
    writeFileSync(join(root, 'sys/fs/cgroup/memory.events'), 'oom 9\noom_kill 5\n')
    expect(oomKillCount(root)).toBe(5)
    rmSync(root, { recursive: true })
  })
})
