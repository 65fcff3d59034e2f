import { DISPLAY, LabError, systemClock, type Clock, type MimeBundle } from '../../core/index.js'
import type { GpuMemory } from './gpu-memory.js'
import type { HostMemory } from './host-memory.js'
import { LevelKeeper } from './level-keeper.js'
import type { ResourceEvent } from './memory-event.js'
import { MemoryHistory, type MemoryColumns } from './memory-history.js'
import { checkMemoryPolicy, DEFAULT_MEMORY_POLICY, type MemoryLevel, type MemoryPolicy } from './memory-policy.js'
import { systemMemorySampler, type MemorySampler, type MemorySources } from './memory-sampler.js'
import { MemorySummaryBuilder, memorySummaryText, type MemorySummary } from './memory-summary.js'

export interface MemorySample {
  /** ms since the epoch. */
  readonly time: number
  readonly host: HostMemory
  /** All cores and programs, 0 to 1, since the sample before; undefined at the first one. */
  readonly cpuShare: number | undefined
  /** The latest answer of nvidia-smi, which comes less often; undefined where there is no card. */
  readonly gpus: readonly GpuMemory[] | undefined
}

export interface MemoryMonitorOptions {
  /** Called when a level changes, up or down. What it throws comes out of `poll()`, `sample()`, or the timer, as from any event listener. */
  readonly onEvent?: (event: ResourceEvent) => void
  /** Children that train for this process, now; asked at each sample. */
  readonly pids?: () => readonly (number | undefined)[]
  /** Default 1000. */
  readonly intervalMs?: number
  /** nvidia-smi is a program to start: default 10000. */
  readonly gpuIntervalMs?: number
  /** False where the training does not use a card. Default true: cards are looked at where there are any. */
  readonly gpu?: boolean
  readonly maxBytes?: number | undefined
  readonly hostPolicy?: MemoryPolicy
  readonly gpuPolicy?: MemoryPolicy
  /** 0 to 1; undefined: processor load is recorded, but nothing is said about it. */
  readonly cpuThreshold?: number | undefined
  /** Most points of the history. Default 1000. */
  readonly historyLength?: number
  readonly clock?: Clock
  /** Where the operating system is looked at. */
  readonly sources?: Omit<MemorySources, 'maxBytes'>
  /** In place of `sources` and `maxBytes`. */
  readonly sampler?: MemorySampler
  /** Repeats a call until the function it returns is called. Default: an interval that keeps no program from ending. */
  readonly repeat?: (ms: number, call: () => void) => () => void
}

/**
 * Watches the memory of this process and its children, on the host and on the card, from `start()` to `close()`. It decides nothing: it tells when a level of the
 * policy is reached, keeps peaks and a history, and leaves what to do to the training.
 *
 * A training that blocks the event loop (TensorFlow does) also blocks the timer: call {@link poll} between batches, or watch from the parent process.
 */
export class MemoryMonitor {
  readonly #options: MemoryMonitorOptions
  readonly #sampler: MemorySampler
  readonly #clock: Clock
  readonly #history: MemoryHistory
  readonly #summary = new MemorySummaryBuilder()
  readonly #levels: LevelKeeper
  readonly #gpuAbort = new AbortController()
  readonly #endTimer: () => void
  #gpus: readonly GpuMemory[] | undefined
  #gpuAsked = false
  #gpuDue = -Infinity
  #due = -Infinity
  #closed = false

  private constructor(options: MemoryMonitorOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#sampler = options.sampler ?? systemMemorySampler({ ...options.sources, maxBytes: options.maxBytes })
    this.#history = new MemoryHistory(options.historyLength ?? 1000)
    this.#levels = new LevelKeeper({
      hostPolicy: options.hostPolicy ?? DEFAULT_MEMORY_POLICY,
      gpuPolicy: options.gpuPolicy ?? DEFAULT_MEMORY_POLICY,
      cpuThreshold: options.cpuThreshold,
    })
    this.#endTimer = (options.repeat ?? repeatUnref)(this.#intervalMs, () => void this.poll())
  }

  /**
   * Takes a first sample at once, so that a limit already reached is told before the training begins.
   * @throws LabError `bad-memory-policy`, `bad-interval`, `bad-history-length`
   */
  static start(options: MemoryMonitorOptions = {}): MemoryMonitor {
    for (const policy of [options.hostPolicy, options.gpuPolicy]) if (policy !== undefined) checkMemoryPolicy(policy)
    for (const ms of [options.intervalMs, options.gpuIntervalMs])
      if (ms !== undefined && !(ms > 0 && Number.isFinite(ms)))
        throw new LabError('bad-interval', 'Memory is looked at in intervals.', { received: `${ms} ms`, expected: 'milliseconds above 0' })
    const monitor = new MemoryMonitor(options)
    monitor.sample()
    return monitor
  }

  /** The highest level of host and cards now. */
  get level(): MemoryLevel {
    return this.#levels.memory
  }

  /** A sample where one is due, else nothing (well below a microsecond): for loops that leave the timer no time. Returns the level. */
  poll(): MemoryLevel {
    if (!this.#closed && this.#clock.monotonic() >= this.#due) this.sample()
    return this.level
  }

  /** A sample now. @throws LabError `monitor-closed` */
  sample(): MemorySample {
    if (this.#closed) throw new LabError('monitor-closed', 'This memory monitor has been closed.', { help: 'start another one' })
    const pids = this.#pids()
    const time = this.#clock.now()
    const sample = { time, host: this.#sampler.host(pids), cpuShare: this.#sampler.cpu(), gpus: this.#gpus }
    // A timer fires up to a millisecond early by this clock.
    this.#due = this.#clock.monotonic() + this.#intervalMs - 1
    this.#askGpus(pids)
    this.#summary.add(time, sample.host, sample.cpuShare)
    const card = fullest(sample.gpus)
    this.#history.add({
      time,
      hostUsed: sample.host.usedBytes,
      hostLimit: sample.host.limitBytes,
      gpuUsed: card?.usedBytes ?? NaN,
      gpuLimit: card?.limitBytes ?? NaN,
      cpuShare: sample.cpuShare ?? NaN,
    })
    this.#tell(this.#levels.host(time, sample.host))
    this.#tell(this.#levels.cpu(time, sample.cpuShare))
    return sample
  }

  /** Bounded, whatever the length of the training: see {@link MemoryHistory}. */
  history(): MemoryColumns {
    return this.#history.columns()
  }

  /** Peaks, limits and events so far, as JSON for a run's record. */
  summary(): MemorySummary {
    return this.#summary.build(this.#intervalMs)
  }

  /** Ends the timer and a running nvidia-smi; peaks and history stay. Safe to call twice. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#endTimer()
    this.#gpuAbort.abort()
  }

  [DISPLAY](): MimeBundle {
    return { 'text/plain': memorySummaryText(this.summary()) }
  }

  get #intervalMs(): number {
    return this.#options.intervalMs ?? 1000
  }

  #pids(): number[] {
    const children = this.#options.pids?.() ?? []
    return [process.pid, ...children.flatMap((pid) => pid ?? [])]
  }

  /** Never waited for: an answer that hangs leaves the last figures standing. */
  #askGpus(pids: readonly number[]): void {
    const now = this.#clock.monotonic()
    if (this.#options.gpu === false || this.#gpuAsked || now < this.#gpuDue) return
    this.#gpuAsked = true
    this.#gpuDue = now + (this.#options.gpuIntervalMs ?? 10_000) - 1
    const take = (gpus: readonly GpuMemory[] | undefined): void => {
      this.#gpuAsked = false
      if (this.#closed) return
      this.#gpus = gpus
      const time = this.#clock.now()
      for (const gpu of gpus ?? []) {
        this.#summary.addGpu(time, gpu)
        this.#tell(this.#levels.gpu(time, gpu))
      }
    }
    void this.#sampler.gpus(pids, this.#gpuAbort.signal).then(take, () => take(undefined))
  }

  #tell(event: ResourceEvent | undefined): void {
    if (event === undefined) return
    this.#summary.addEvent(event)
    this.#options.onEvent?.(event)
  }
}

function fullest(gpus: readonly GpuMemory[] | undefined): GpuMemory | undefined {
  return gpus?.reduce((a, b) => (b.usedBytes * a.limitBytes > a.usedBytes * b.limitBytes ? b : a))
}

function repeatUnref(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms).unref()
  return () => clearInterval(timer)
}
