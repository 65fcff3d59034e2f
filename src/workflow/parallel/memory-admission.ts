import { hostMemoryReader, processFamily } from '../../runtime/index.js'
import { FIRST_GUESS_MB, type StrategyTraining } from './strategy-training.js'

const MB = 2 ** 20

interface Running {
  readonly expectedBytes: number
  peakBytes: number
}

export interface AdmissionOptions {
  /** `resources.max_memory_gb` in bytes; undefined: what machine and container allow. */
  readonly maxBytes?: number | undefined
  /** Share of the limit that may be promised. */
  readonly share: number
  /** Default: the operating system. */
  readonly read?: ReturnType<typeof hostMemoryReader>
  /** A process and all that it started, for fits run in children of their own. Default: the operating system. */
  readonly family?: (pid: number) => readonly number[]
}

/**
 * Lets a job start only when what it is expected to hold fits beside what the running ones hold or are expected to. One job may always run: whether it fits is then
 * for the operating system to say.
 */
export class MemoryAdmission {
  readonly #share: number
  readonly #read: ReturnType<typeof hostMemoryReader>
  readonly #family: (pid: number) => readonly number[]
  readonly #running = new Map<number, Running>()
  /** Most that a finished job of a module held. */
  readonly #learned = new Map<string, number>()

  constructor({ maxBytes, share, read = hostMemoryReader({ maxBytes }), family = processFamily }: AdmissionOptions) {
    this.#share = share
    this.#read = read
    this.#family = family
  }

  expectedBytes({ module, memoryMb }: StrategyTraining): number {
    return memoryMb === undefined ? (this.#learned.get(module) ?? FIRST_GUESS_MB * MB) : memoryMb * MB
  }

  mayStart(job: StrategyTraining): boolean {
    if (this.#running.size === 0) return true
    const { limitBytes } = this.sample()
    const promised = [...this.#running.values()].reduce((sum, { expectedBytes, peakBytes }) => sum + Math.max(expectedBytes, peakBytes), 0)
    return this.#own() + promised + this.expectedBytes(job) <= this.#share * limitBytes
  }

  started(pid: number, job: StrategyTraining): void {
    this.#running.set(pid, { expectedBytes: this.expectedBytes(job), peakBytes: 0 })
  }

  /** @returns the most it was seen to hold; undefined where it never was */
  ended(pid: number, job: StrategyTraining): number | undefined {
    const peak = this.#running.get(pid)?.peakBytes ?? 0
    this.#running.delete(pid)
    if (peak === 0) return undefined
    this.#learned.set(job.module, Math.max(peak, this.#learned.get(job.module) ?? 0))
    return peak
  }

  /** Reads what the processes hold now. To be called every so often while jobs run. */
  sample(): { readonly limitBytes: number } {
    const trees = new Map(Array.from(this.#running.keys(), (pid) => [pid, this.#family(pid)]))
    const { processes, limitBytes } = this.#read([process.pid, ...[...trees.values()].flat()])
    const held = new Map(processes.map(({ pid, heldBytes }) => [pid, heldBytes]))
    for (const [pid, one] of this.#running)
      one.peakBytes = Math.max(
        one.peakBytes,
        trees.get(pid)!.reduce((sum, member) => sum + (held.get(member) ?? 0), 0),
      )
    return { limitBytes }
  }

  #own(): number {
    return this.#read([process.pid]).usedBytes
  }
}
