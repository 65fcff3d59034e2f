import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cpuLoadReader } from './cpu-load.js'
import { hostMemoryReader, readProcessMemory } from '../index.js'
import { fakeRoot } from '../../../test/fixtures/fake-root.js'

const MIB = 2 ** 20
const { root, put } = fakeRoot('host')
const kib = (mib: number): string => `${mib * 1024} kB`
const putProcess = (pid: number, anonymous: number, file: number): string =>
  put(
    `proc/${pid}/status`,
    `Name:\tnode VmRSS: 1\nVmPeak:\t 9 kB\nVmHWM:\t${kib(999)}\nVmRSS:\t${kib(anonymous + file)}\nRssAnon:\t${kib(anonymous)}\nRssFile:\t${kib(file)}\nRssShmem:\t 0 kB\n`,
  )
const putMachine = (available: number): string =>
  put('proc/meminfo', `MemTotal: ${kib(16384)}\nMemFree: ${kib(100)}\nMemAvailable: ${kib(available)}\n`)
const putGroup = (limit: string, current: number, cache: number): void => {
  put('sys/fs/cgroup/memory.max', `${limit}\n`)
  put('sys/fs/cgroup/memory.current', `${current * MIB}\n`)
  put('sys/fs/cgroup/memory.stat', `anon 1\ninactive_file ${(cache * MIB) / 2}\nactive_file ${(cache * MIB) / 2}\n`)
}

describe('host memory', () => {
  it('adds up the process and its children, without the files they map', () => {
    putProcess(10, 300, 200)
    putProcess(11, 500, 200)
    putMachine(4000)
    const found = hostMemoryReader({ root })([10, 11, 11, 99])
    expect(found.processes).toEqual([
      { pid: 10, residentBytes: 500 * MIB, heldBytes: 300 * MIB },
      { pid: 11, residentBytes: 700 * MIB, heldBytes: 500 * MIB },
    ])
    expect(found).toMatchObject({ usedBytes: 800 * MIB, residentBytes: 1200 * MIB, freeBytes: 4000 * MIB })
    expect(found).toMatchObject({ limitBytes: 4800 * MIB, limitedBy: 'machine' })
  })

  it('takes the smallest of what is configured, what the group leaves and what the machine leaves', () => {
    putProcess(10, 300, 0)
    putMachine(4000)
    // 1000 MiB used, 600 of them cache: 400 held, 100 of those by others; 648 left.
    putGroup(String(1048 * MIB), 1000, 600)
    const limit = (maxMib?: number): [number, string] => {
      const { limitBytes, limitedBy } = hostMemoryReader({ root, maxBytes: maxMib === undefined ? undefined : maxMib * MIB })([10])
      return [limitBytes / MIB, limitedBy]
    }
    expect(limit()).toEqual([948, 'control-group'])
    expect(limit(900)).toEqual([900, 'configured'])
    expect(limit(2000)).toEqual([948, 'control-group'])
    putMachine(100)
    expect(limit()).toEqual([400, 'machine'])
  })

  it('follows a limit that changes while it runs', () => {
    putProcess(10, 300, 0)
    putMachine(4000)
    putGroup('max', 1000, 0)
    const read = hostMemoryReader({ root })
    expect(read([10]).limitedBy).toBe('machine')
    putGroup(String(1200 * MIB), 1000, 0)
    expect(read([10])).toMatchObject({ limitedBy: 'control-group', limitBytes: 500 * MIB })
    putGroup(String(800 * MIB), 1000, 0)
    expect(read([10])).toMatchObject({ limitedBy: 'control-group', limitBytes: 300 * MIB })
  })

  it('leaves out what has ended, and takes all resident pages where the kernel does not tell them apart', () => {
    put('proc/12/status', 'Name:\tnode\nState:\tZ (zombie)\n')
    put('proc/13/status', `VmRSS:\t${kib(50)}\n`)
    expect(readProcessMemory(12, root)).toBeUndefined()
    expect(readProcessMemory(13, root)).toEqual({ pid: 13, residentBytes: 50 * MIB, heldBytes: 50 * MIB })
  })

  it('agrees with Node about this process', () => {
    const own = readProcessMemory(process.pid)!
    expect(own.residentBytes / process.memoryUsage.rss()).toBeGreaterThan(0.8)
    expect(own.residentBytes / process.memoryUsage.rss()).toBeLessThan(1.2)
    expect(own.heldBytes).toBeLessThanOrEqual(own.residentBytes)
    const host = hostMemoryReader()([process.pid])
    expect(host.limitBytes).toBeGreaterThan(host.usedBytes)
  })
})

describe('processor load', () => {
  it('is what was not idle since the call before', () => {
    // user nice system idle iowait irq softirq steal guest guest_nice
    put('proc/stat', 'cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1\n')
    const load = cpuLoadReader(root)
    expect(load()).toBeUndefined()
    put('proc/stat', 'cpu  160 0 115 720 105 0 0 0 90 0\ncpu0 1 1 1 1\n')
    expect(load()).toBeCloseTo(75 / 100)
    rmSync(join(root, 'proc/stat'))
    expect(load()).toBeUndefined()
    expect(cpuLoadReader(join(root, 'nowhere'))()).toBeUndefined()
  })
})
