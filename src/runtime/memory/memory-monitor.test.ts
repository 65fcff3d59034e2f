import { describe, expect, it } from 'vitest'
import { DISPLAY, isLabError, manualClock } from '../../core/index.js'
import {
  DEFAULT_MEMORY_POLICY,
  MemoryMonitor,
  type GpuMemory,
  type HostMemory,
  type MemoryMonitorOptions,
  type ResourceEvent,
} from '../index.js'

const GIB = 2 ** 30
const host = (used: number): HostMemory => ({
  processes: [],
  usedBytes: used * GIB,
  residentBytes: (used + 1) * GIB,
  limitBytes: 10 * GIB,
  limitedBy: 'machine',
  limits: { machine: 10 * GIB },
  freeBytes: (10 - used) * GIB,
})
const card = (used: number): GpuMemory => ({
  id: 'GPU-1',
  usedBytes: used * GIB,
  limitBytes: 10 * GIB,
  totalBytes: 12 * GIB,
  perProcess: true,
})

/** A monitor whose world is set by hand: no waiting, no operating system. */
function world(options: Partial<MemoryMonitorOptions> = {}) {
  const clock = manualClock(1000)
  const state = {
    used: 1,
    cpu: 0.1 as number | undefined,
    gpu: undefined as number | undefined,
    pids: [] as number[][],
    asked: 0,
    aborted: false,
  }
  const events: ResourceEvent[] = []
  let tick: (() => void) | undefined
  const monitor = MemoryMonitor.start({
    clock,
    onEvent: (event) => events.push(event),
    repeat: (_ms, call) => {
      tick = call
      return () => void (tick = undefined)
    },
    sampler: {
      host: (pids) => {
        state.pids.push([...pids])
        return host(state.used)
      },
      cpu: () => state.cpu,
      gpus: (_pids, signal) => {
        state.asked++
        if (state.asked === 1) signal.addEventListener('abort', () => (state.aborted = true))
        return Promise.resolve(state.gpu === undefined ? undefined : [card(state.gpu)])
      },
    },
    ...options,
  })
  const step = async (change: { used?: number; cpu?: number; gpu?: number }, ms = 1000): Promise<void> => {
    Object.assign(state, change)
    clock.advance(ms)
    tick?.()
    await Promise.resolve()
    await Promise.resolve()
  }
  return { monitor, events, state, step, clock, ticking: () => tick !== undefined }
}
const levels = (events: readonly ResourceEvent[]): string[] => events.map(({ what, level }) => `${what} ${level}`)

describe('MemoryMonitor', () => {
  it('tells each change of level once, up and down', async () => {
    const { monitor, events, step } = world()
    for (const used of [2, 8.2, 8.3, 9.2, 9.1, 8.7, 9.6, 2]) await step({ used })
    expect(levels(events)).toEqual(['host warn', 'host shrink', 'host stop', 'host ok'])
    expect(events[0]).toEqual({
      time: 3000,
      what: 'host',
      level: 'warn',
      before: 'ok',
      usedBytes: 8.2 * GIB,
      limitBytes: 10 * GIB,
      limitedBy: 'machine',
      advice: 'Memory is getting short (8.20 GiB of 10.0 GiB): close other programs, or lower resources.max_workers.',
    })
    expect(events[2]).toMatchObject({ before: 'shrink', advice: expect.stringContaining('write a checkpoint') as string })
    expect(monitor.level).toBe('ok')
    monitor.close()
  })

  it('takes its first sample at the start, and tells of a limit already reached', () => {
    const events: ResourceEvent[] = []
    const sampler = { host: () => host(9.9), cpu: () => undefined, gpus: () => Promise.resolve(undefined) }
    const monitor = MemoryMonitor.start({ sampler, onEvent: (event) => events.push(event) })
    expect(levels(events)).toEqual(['host stop'])
    monitor.close()
  })

  it('watches cards less often, and by their own thresholds', async () => {
    const gpuPolicy = { ...DEFAULT_MEMORY_POLICY, warn: { share: 0.5 } }
    const { monitor, events, state, step } = world({ gpuPolicy, gpuIntervalMs: 3000 })
    for (let i = 0; i < 7; i++) await step({ gpu: i })
    expect(state.asked).toBe(3)
    expect(levels(events)).toEqual(['gpu warn'])
    expect(events[0]).toMatchObject({ gpu: 'GPU-1', usedBytes: 5 * GIB, advice: expect.stringContaining('on the card') as string })
    expect(monitor.level).toBe('warn')
    expect(monitor.sample().gpus).toEqual([card(5)])
    expect(monitor.summary().gpus).toEqual([
      { id: 'GPU-1', peakBytes: 5 * GIB, peakAt: 7000, limitBytes: 10 * GIB, totalBytes: 12 * GIB, perProcess: true },
    ])
    monitor.close()
  })

  it('never waits for a card: one that hangs or fails changes nothing', async () => {
    const hanging = world({ sampler: { host: () => host(9.2), cpu: () => undefined, gpus: () => new Promise(() => {}) }, gpuIntervalMs: 1 })
    await hanging.step({})
    await hanging.step({})
    expect(hanging.monitor.summary()).toMatchObject({ samples: 3, gpus: [] })
    expect(levels(hanging.events)).toEqual(['host shrink'])
    hanging.monitor.close()
    const failing = world({ sampler: { host: () => host(1), cpu: () => undefined, gpus: () => Promise.reject(new Error('no')) } })
    await failing.step({})
    expect(failing.monitor.sample().gpus).toBeUndefined()
    failing.monitor.close()
  })

  it('does not look at cards where the training uses none', async () => {
    const { monitor, state, step } = world({ gpu: false })
    await step({ gpu: 10 })
    expect(state.asked).toBe(0)
    monitor.close()
  })

  it('warns of processor load only where a threshold is given', async () => {
    const quiet = world()
    await quiet.step({ cpu: 1 })
    expect(quiet.events).toEqual([])
    quiet.monitor.close()
    const { monitor, events, step } = world({ cpuThreshold: 0.9 })
    for (const cpu of [0.5, 0.95, 0.88, 0.91, 0.5]) await step({ cpu })
    expect(levels(events)).toEqual(['cpu warn', 'cpu ok'])
    expect(events[0]).toMatchObject({ usedShare: 0.95, limitShare: 0.9 })
    expect(monitor.level).toBe('ok')
    monitor.close()
  })

  it('asks for the children at each sample', async () => {
    const children: (number | undefined)[] = []
    const { monitor, state, step } = world({ pids: () => children })
    children.push(7, undefined, 8)
    await step({})
    expect(state.pids).toEqual([[process.pid], [process.pid, 7, 8]])
    monitor.close()
  })

  it('polls only when a sample is due', () => {
    const { monitor, clock, state } = world()
    expect(state.pids).toHaveLength(1)
    clock.advance(500)
    expect(monitor.poll()).toBe('ok')
    expect(state.pids).toHaveLength(1)
    clock.advance(500)
    state.used = 9.7
    expect(monitor.poll()).toBe('stop')
    expect(state.pids).toHaveLength(2)
    monitor.close()
  })

  it('keeps peaks, a bounded history and the latest events', async () => {
    const { monitor, step } = world({ historyLength: 4 })
    for (let i = 0; i < 210; i++) await step({ used: i % 2 === 0 ? 9.9 : 1 + i / 1000 })
    const summary = monitor.summary()
    expect(summary.samples).toBe(211)
    expect(summary.host).toEqual({
      peakBytes: 9.9 * GIB,
      peakAt: 2000,
      limitBytes: 10 * GIB,
      limitedBy: 'machine',
      residentPeakBytes: 10.9 * GIB,
    })
    expect(summary.eventCount).toBe(210)
    expect(summary.events).toHaveLength(100)
    expect(summary.events.at(-1)).toMatchObject({ level: 'ok', time: 211_000 })
    expect(summary.cpuShare).toBeCloseTo(0.1)
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
    const history = monitor.history()
    expect(history.time.length).toBeLessThanOrEqual(4)
    expect(Math.max(...history.hostUsed)).toBe(9.9 * GIB)
    expect(monitor[DISPLAY]()['text/plain']).toBe("host: peak 9.90 GiB of 10.0 GiB (the machine's limit), 211 samples, 210 events")
    monitor.close()
  })

  it('closes twice, ends timer and nvidia-smi, and keeps what it saw', async () => {
    const { monitor, state, ticking, events, step, clock } = world()
    monitor.close()
    monitor.close()
    expect([ticking(), state.aborted]).toEqual([false, true])
    await step({ used: 10 })
    clock.advance(5000)
    expect(monitor.poll()).toBe('ok')
    expect(events).toEqual([])
    expect(monitor.summary().samples).toBe(1)
    expect(() => monitor.sample()).toThrow(expect.objectContaining({ code: 'monitor-closed' }) as Error)
  })

  it('passes on what a listener throws, and does not tell the same twice', () => {
    const { monitor, clock, state } = world({
      onEvent: () => {
        throw new Error('listener')
      },
    })
    state.used = 9
    clock.advance(1000)
    expect(() => monitor.poll()).toThrow('listener')
    clock.advance(1000)
    expect(monitor.poll()).toBe('shrink')
    monitor.close()
  })

  it('refuses thresholds and intervals that cannot be meant', () => {
    const code = (options: MemoryMonitorOptions): string | undefined => {
      try {
        MemoryMonitor.start(options).close()
      } catch (error) {
        return isLabError(error) ? error.code : 'other'
      }
      return undefined
    }
    expect(code({ hostPolicy: { ...DEFAULT_MEMORY_POLICY, margin: 2 } })).toBe('bad-memory-policy')
    expect(code({ intervalMs: 0 })).toBe('bad-interval')
    expect(code({ gpuIntervalMs: NaN })).toBe('bad-interval')
    expect(code({ historyLength: 0 })).toBe('bad-history-length')
  })

  it('watches this very process', () => {
    const monitor = MemoryMonitor.start({ maxBytes: 2 ** 20, gpu: false })
    expect(monitor.level).toBe('stop')
    expect(monitor.summary()).toMatchObject({ samples: 1, host: { limitedBy: 'configured', limitBytes: 2 ** 20 }, eventCount: 1 })
    monitor.close()
  })
})
