import { EXIT, LabError, machineFacts, systemClock, type Clock } from '../../core/index.js'
import type { TrainingConfig } from '../../config/index.js'
import { checkStrategies, type StrategyResult, type StrategyTraining } from './strategy-training.js'
import { MemoryAdmission } from './memory-admission.js'
import { runStrategy, type StrategyEvent } from './run-strategy.js'
import { strategySummary, type StrategySummary } from './strategy-summary.js'

export interface ParallelStrategyTrainerOptions {
  /** Strategies trained at once. Default: one for each core. Results do not depend on it. */
  readonly workers?: number
  /** A strategy's process is ended after it. Default 5. */
  readonly timeoutMinutes?: number
  /** For the memory limit (resources.max_memory_gb, monitoring.memory_warn_share). Default: machine and container. */
  readonly config?: TrainingConfig
  readonly signal?: AbortSignal
  readonly onEvent?: (event: StrategyEvent) => void
  readonly clock?: Clock
}

const SAMPLE_MS = 250

/**
 * Trains several strategies at once, each in a process of its own on data of its own. One that fails, hangs or is killed takes nothing from the others; a strategy is
 * started when a worker is free and its memory fits beside that of the running ones ({@link MemoryAdmission}).
 */
export class ParallelStrategyTrainer {
  readonly #options: ParallelStrategyTrainerOptions
  readonly #workers: number

  /** @throws LabError `bad-workers`, `bad-timeout` */
  constructor(options: ParallelStrategyTrainerOptions = {}) {
    const { workers = machineFacts().cores, timeoutMinutes = 5 } = options
    if (!Number.isInteger(workers) || workers < 1)
      throw new LabError('bad-workers', 'Strategies need at least one worker.', {
        ...{
          received: `workers = ${workers}`,
          expected: 'a whole number from 1',
          help: 'leave it out for one a core',
          exitCode: EXIT.usage,
        },
      })
    if (!(timeoutMinutes > 0 && timeoutMinutes < Infinity))
      throw new LabError('bad-timeout', 'The timeout of a strategy makes no sense.', {
        ...{
          received: `timeoutMinutes = ${timeoutMinutes}`,
          expected: 'a positive number of minutes',
          help: 'leave it out for 5',
          exitCode: EXIT.usage,
        },
      })
    this.#options = options
    this.#workers = workers
  }

  /**
   * @returns a result for each strategy in the order given, whatever became of it; it displays itself as a table
   * @throws LabError `no-strategies`, `duplicate-strategy`, `no-module`, `bad-strategy`; nothing was started then
   */
  async train(strategies: readonly StrategyTraining[]): Promise<StrategySummary> {
    checkStrategies(strategies)
    const { config, clock = systemClock, timeoutMinutes = 5 } = this.#options
    const started = clock.monotonic()
    const { max_memory_gb: limit } = config?.resources ?? { max_memory_gb: null }
    const maxBytes = limit === null ? undefined : limit * 2 ** 30
    const admission = new MemoryAdmission({ maxBytes, share: config?.monitoring.memory_warn_share ?? 0.8 })
    const results = new Map<StrategyTraining, StrategyResult>()
    const watch = setInterval(() => admission.sample(), SAMPLE_MS)
    const run = async (job: StrategyTraining, attempt: 1 | 2): Promise<boolean> => {
      const result = await runStrategy(job, { ...this.#options, clock, timeoutMinutes, admission, attempt })
      if (result !== 'retry') results.set(job, result)
      return result !== 'retry'
    }
    try {
      for (const job of await this.#inParallel(strategies, admission, run)) await run(job, 2)
    } finally {
      clearInterval(watch)
    }
    const seconds = (clock.monotonic() - started) / 1000
    return strategySummary(
      strategies.map((job) => results.get(job)!),
      { seconds, workers: this.#workers },
    )
  }

  /** @returns those to be tried once more, alone: killed for want of memory beside others */
  async #inParallel(
    strategies: readonly StrategyTraining[],
    admission: MemoryAdmission,
    run: (job: StrategyTraining, attempt: 1) => Promise<boolean>,
  ): Promise<StrategyTraining[]> {
    const queue = [...strategies]
    const again: StrategyTraining[] = []
    const running = new Set<Promise<void>>()
    while (queue.length > 0 || running.size > 0) {
      // The first that fits: a large one does not hold up small ones behind it, and comes at the latest when nothing else runs.
      const next = running.size < this.#workers ? queue.findIndex((job) => admission.mayStart(job)) : -1
      if (next < 0) {
        await Promise.race(running)
        continue
      }
      const [job] = queue.splice(next, 1) as [StrategyTraining]
      const work: Promise<void> = run(job, 1).then((done) => {
        running.delete(work)
        if (!done) again.push(job)
      })
      running.add(work)
    }
    return again
  }
}
