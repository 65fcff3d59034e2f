import type { TrainingConfig } from '../../config/index.js'
import {
  MemoryMonitor,
  memoryPlan,
  type Child,
  type MemoryColumns,
  type MemoryLevel,
  type MemorySummary,
  type ResourceEvent,
} from '../../runtime/index.js'
import { memoryLimitError } from '../../train/index.js'

export interface FitMemoryOptions {
  readonly config: Pick<TrainingConfig, 'resources' | 'monitoring'>
  /** Whether the fits use a card. */
  readonly gpu: boolean
  readonly onEvent: (event: ResourceEvent) => void
  /** Default: a {@link MemoryMonitor} with the plan of the configuration. */
  readonly start?: typeof MemoryMonitor.start
}

/** What a worker is told by `Child.tell`. */
export interface WorkerNews {
  readonly memory: Exclude<MemoryLevel, 'stop'>
}

/**
 * Watches what this process and the workers of its fits hold. Workers are told the level, so that those who can go on with less memory do; at 'stop' they are
 * ended, after a checkpoint where they write one, before the kernel ends them.
 */
export class FitMemory {
  readonly #workers = new Set<Child>()
  readonly #stop = new AbortController()
  readonly #monitor: MemoryMonitor
  #hadWorkers = false

  private constructor({ config, gpu, onEvent, start = MemoryMonitor.start.bind(MemoryMonitor) }: FitMemoryOptions) {
    this.#monitor = start({
      ...memoryPlan(config),
      gpu,
      pids: () => [...this.#workers].map(({ pid }) => pid),
      onEvent: (event) => {
        onEvent(event)
        if (event.what !== 'cpu') this.#react(event.level, event.advice)
      },
    })
  }

  static start(options: FitMemoryOptions): FitMemory {
    return new FitMemory(options)
  }

  /** Aborted, with the error to throw, when memory is almost used up. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  add(worker: Child): void {
    this.#workers.add(worker)
    this.#hadWorkers = true
    this.#tell(worker)
  }

  remove(worker: Child): void {
    this.#workers.delete(worker)
  }

  /** For a progress line: '1.2 GB of 8.0'. Undefined before the first sample. */
  get inUse(): string | undefined {
    const { hostUsed, hostLimit } = this.#monitor.history()
    const [used, limit] = [hostUsed.at(-1), hostLimit.at(-1)]
    if (used === undefined || limit === undefined) return undefined
    const gb = (bytes: number): string => (bytes / 2 ** 30).toFixed(1)
    return `${gb(used)} of ${gb(limit)} GB`
  }

  /** Whether anything was fitted while it watched. */
  get hadWorkers(): boolean {
    return this.#hadWorkers
  }

  /** Use and limits over time so far: at most 1,000 points with all peaks. */
  history(): MemoryColumns {
    return this.#monitor.history()
  }

  summary(): MemorySummary {
    return this.#monitor.summary()
  }

  /** Safe to call twice. */
  close(): void {
    this.#monitor.close()
  }

  #react(level: MemoryLevel, advice: string): void {
    if (level === 'stop') this.#stop.abort(memoryLimitError(advice))
    else for (const worker of this.#workers) this.#tell(worker)
  }

  #tell(worker: Child): void {
    const { level } = this.#monitor
    if (level !== 'stop') worker.tell({ memory: level } satisfies WorkerNews)
  }
}
