import { describe, expect, it } from 'vitest'
import { DISPLAY, isAlive, processIdentity } from '../../core/index.js'
import type { HostMemory } from '../../runtime/index.js'
import type { Order } from '../../../test/fixtures/strategy.js'
import { MemoryAdmission } from './memory-admission.js'
import { ParallelStrategyTrainer } from './parallel-strategy-trainer.js'
import type { StrategyEvent } from './run-strategy.js'
import type { StrategyTraining } from './strategy-training.js'

const strategy = (name: string, input: Order, more: Partial<StrategyTraining> = {}): StrategyTraining => ({
  ...{ name, module: 'test/fixtures/strategy.ts', input, memoryMb: 50 },
  ...more,
})

describe('ParallelStrategyTrainer', () => {
  it('trains each in a process of its own and keeps failures to themselves', async () => {
    const events: StrategyEvent[] = []
    const trainer = new ParallelStrategyTrainer({ workers: 2, onEvent: (event) => events.push(event) })
    const summary = await trainer.train([
      strategy('good', { do: 'train', value: 4 }),
      strategy('bad', { do: 'fail' }),
      strategy('dead', { do: 'crash' }),
      strategy('hung', { do: 'hang' }, { timeoutMinutes: 0.05 }),
      strategy('better', { do: 'train', value: 5 }),
    ])
    expect(summary.results.map(({ name, status }) => [name, status])).toEqual([
      ['good', 'trained'],
      ['bad', 'failed'],
      ['dead', 'failed'],
      ['hung', 'timed-out'],
      ['better', 'trained'],
    ])
    expect(summary.results.map(({ error }) => error?.code)).toEqual([
      undefined,
      'bad-strategy-data',
      'child-crashed',
      'child-timeout',
      undefined,
    ])
    expect([summary.trained, summary.workers]).toEqual([2, 2])
    const pids = events.flatMap((event) => (event.type === 'strategy-started' ? [event.pid!] : []))
    expect(new Set(pids).size).toBe(5)
    for (const pid of pids) expect(isAlive(processIdentity(pid))).toBe(false)
    expect(events.filter(({ type }) => type === 'strategy-ended')).toHaveLength(5)
    const text = summary[DISPLAY]()['text/plain'] as string
    expect(text).toMatch(/2 of 5 strategies trained/)
    expect(text).toMatch(/good +trained .* 8 /)
    expect(text).toMatch(/The data are no good\. \(nothing\)/)
  }, 60_000)

  it('stops all when it is told to, and names what was not trained', async () => {
    const stop = new AbortController()
    const trainer = new ParallelStrategyTrainer({
      workers: 1,
      signal: stop.signal,
      onEvent: ({ type }) => type === 'strategy-progress' && stop.abort(),
    })
    const { results } = await trainer.train([strategy('first', { do: 'wait' }), strategy('second', { do: 'train' })])
    expect(results.map(({ status, error }) => [status, error?.code])).toEqual([
      ['interrupted', 'interrupted'],
      ['interrupted', 'interrupted'],
    ])
  }, 60_000)

  it('gives the same results for any number of workers', async () => {
    const jobs = [1, 2, 3].map((value) => strategy(`s${value}`, { do: 'train', value }))
    const scores = async (workers: number): Promise<unknown[]> =>
      (await new ParallelStrategyTrainer({ workers }).train(jobs)).results.map(({ result }) => (result as { score: number }).score)
    expect(await scores(3)).toEqual([2, 4, 6])
    expect(await scores(1)).toEqual([2, 4, 6])
  }, 60_000)

  it('refuses what cannot be meant before it starts anything', async () => {
    expect(() => new ParallelStrategyTrainer({ workers: 0 })).toThrow(
      expect.objectContaining({ code: 'bad-workers', received: 'workers = 0' }),
    )
    expect(() => new ParallelStrategyTrainer({ timeoutMinutes: NaN })).toThrow(expect.objectContaining({ code: 'bad-timeout' }))
    const trainer = new ParallelStrategyTrainer()
    const good = strategy('a', { do: 'train' })
    await expect(trainer.train([])).rejects.toMatchObject({ code: 'no-strategies' })
    await expect(trainer.train([good, good])).rejects.toMatchObject({ code: 'duplicate-strategy', received: 'a' })
    await expect(trainer.train([{ ...good, module: 'test/nothing.ts' }])).rejects.toMatchObject({
      code: 'no-module',
      received: 'test/nothing.ts',
    })
    await expect(trainer.train([{ ...good, memoryMb: -1 }])).rejects.toMatchObject({ code: 'bad-strategy', received: 'memoryMb = -1' })
    const { results } = await trainer.train([{ ...good, module: 'src/core/clock.ts' }])
    expect(results[0]!.error).toMatchObject({ code: 'no-train', received: expect.stringContaining('systemClock') as string })
  }, 60_000)
})

describe('MemoryAdmission', () => {
  const MB = 2 ** 20
  /** Held by process; the limit is 1000 MB. */
  function admission(held: Record<number, number>): MemoryAdmission {
    const read = (pids: readonly number[]): HostMemory => {
      const processes = pids.flatMap((pid) => (pid in held ? [{ pid, residentBytes: 0, heldBytes: held[pid]! * MB }] : []))
      const usedBytes = processes.reduce((sum, { heldBytes }) => sum + heldBytes, 0)
      return { processes, usedBytes, residentBytes: 0, limitBytes: 1000 * MB, limitedBy: 'configured', limits: {}, freeBytes: 0 }
    }
    return new MemoryAdmission({ share: 0.8, read, family: (pid) => (pid === 7 ? [7, 70] : [pid]) })
  }
  const job = (memoryMb?: number): StrategyTraining => ({ name: 'x', module: 'm', ...(memoryMb !== undefined && { memoryMb }) })

  it('promises no more than its share, and goes by what is held where that is more', () => {
    const held: Record<number, number> = { [process.pid]: 100, 7: 50 }
    const memory = admission(held)
    expect(memory.mayStart(job(5000))).toBe(true)
    memory.started(7, job(300))
    expect(memory.mayStart(job(400))).toBe(true)
    expect(memory.mayStart(job(401))).toBe(false)
    // What its own children hold counts.
    held[7] = 200
    held[70] = 300
    expect(memory.mayStart(job(300))).toBe(false)
    held[7] = 20
    held[70] = 0
    expect(memory.mayStart(job(300))).toBe(false)
    expect(memory.ended(7, job(300))).toBe(500 * MB)
    expect(memory.mayStart(job(5000))).toBe(true)
  })

  it('learns from finished jobs what to expect of the next one', () => {
    const memory = admission({ 7: 220 })
    expect(memory.expectedBytes(job())).toBe(700 * MB)
    memory.started(7, job())
    memory.sample()
    memory.ended(7, job())
    expect(memory.expectedBytes(job())).toBe(220 * MB)
    expect(memory.expectedBytes(job(80))).toBe(80 * MB)
    expect(memory.ended(8, job())).toBeUndefined()
  })
})
