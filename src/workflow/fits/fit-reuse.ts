import { join } from 'node:path'
import type { Child } from '../../runtime/index.js'
import { hashFitInputs, writeFitInputs, type FitInputs } from './fit-inputs.js'
import { openWorkFolder, type WorkFolder } from './fit-work-folder.js'

interface SharedInputs {
  readonly of: FitInputs
  readonly hash: string
  file?: string
}

/**
 * What many calls of fitFolds on the same data can share, so that a small fit does not cost a new process and a copy of its inputs: idle workers, and the inputs' hash and
 * file. Results do not depend on it. The arrays given must not change while it is open.
 */
export class FitReuse {
  readonly #work: WorkFolder
  readonly #idle: Child[] = []
  readonly #inputs: SharedInputs[] = []
  #closed = false

  private constructor(work: WorkFolder) {
    this.#work = work
  }

  /** @param runFolder that of the calls */
  static open(runFolder: string): FitReuse {
    return new FitReuse(openWorkFolder(join(runFolder, 'fits')))
  }

  inputsHash(of: FitInputs): string {
    return this.#entry(of).hash
  }

  inputsFile(of: FitInputs): string {
    const entry = this.#entry(of)
    if (entry.file === undefined) {
      const file = join(this.#work.path, `inputs-${this.#inputs.indexOf(entry)}.bin`)
      writeFitInputs(file, of)
      entry.file = file
    }
    return entry.file
  }

  /** A worker without a job; the caller gives it back or closes it. */
  takeWorker(): Child | undefined {
    return this.#idle.pop()
  }

  async giveBack(worker: Child): Promise<void> {
    if (worker.alive && !this.#closed) {
      if (worker.pid !== undefined) this.#work.addWorker(worker.pid)
      this.#idle.push(worker)
    } else await worker.close()
  }

  /** Ends the workers and removes the files. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#idle.splice(0).map((worker) => worker.close()))
    this.#work.remove()
  }

  #entry(of: FitInputs): SharedInputs {
    const known = this.#inputs.find(
      (entry) =>
        entry.of.X.values === of.X.values &&
        entry.of.y === of.y &&
        entry.of.sampleWeight === of.sampleWeight &&
        entry.of.labelEndTime === of.labelEndTime,
    )
    if (known !== undefined) return known
    const entry = { of, hash: hashFitInputs(of) }
    this.#inputs.push(entry)
    return entry
  }
}
