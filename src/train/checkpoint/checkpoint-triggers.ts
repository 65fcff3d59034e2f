import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, isLabError, LabError, withFileLock, type Clock } from '../../core/index.js'
import { CheckpointStore, type CheckpointEvent } from './checkpoint-store.js'
import type { TrainingEnvironment, TrainingIdentity } from './training-identity.js'
import type { TrainingLoop } from '../training-loop.js'

/** Where checkpoints lie, when they are written, how many stay. */
export interface CheckpointOptions {
  /** Belongs to this purpose alone; checkpoints of several trainings may lie in it, one training at a time. Made where it is missing. */
  readonly folder: string
  /** Default 1. Infinity: never by epochs. */
  readonly everyEpochs?: number
  /** Default: never by time. Looked at after each batch. */
  readonly everyMinutes?: number
  /** How many of the newest are kept. Default 2: the one before is there should the newest turn out damaged. */
  readonly keep?: number
  /** Older ones are removed, the newest excepted. Default Infinity. */
  readonly keepDays?: number
  /** What else decides the bytes: versions of libraries, path in force, configuration of the network. A checkpoint from another one is not gone on from. */
  readonly environment?: TrainingEnvironment
  readonly onEvent?: (event: CheckpointEvent) => void
}

/** Ends after which the same call goes on: the state is written where it stopped. */
const RESUMABLE: readonly string[] = ['interrupted', 'memory-limit']

/** When a training's state is written: every so many epochs and minutes, when it is interrupted, and at its end. */
export class CheckpointTriggers {
  readonly #store: CheckpointStore
  readonly #everyEpochs: number
  readonly #everyMs: number
  readonly #clock: Clock
  #savedAt: number
  #savedPosition = '1/0'

  /** @throws LabError `bad-checkpoint-option` */
  constructor(identity: TrainingIdentity, options: CheckpointOptions, clock: Clock) {
    const { folder, everyEpochs = 1, everyMinutes = Infinity, keep = 2, keepDays = Infinity, onEvent } = options
    for (const [name, value] of Object.entries({ everyEpochs, keep }))
      if (!(value === Infinity || (Number.isInteger(value) && value >= 1))) throw badOption(`${name}: ${value}`, 'a whole number from 1')
    for (const [name, value] of Object.entries({ everyMinutes, keepDays }))
      if (!(value > 0)) throw badOption(`${name}: ${value}`, 'a positive number')
    this.#store = new CheckpointStore(identity, { folder, keep, keepDays, clock, ...(onEvent !== undefined && { onEvent }) })
    this.#everyEpochs = everyEpochs
    this.#everyMs = everyMinutes * 60_000
    this.#clock = clock
    this.#savedAt = clock.monotonic()
  }

  /**
   * Takes the loop to where the newest whole checkpoint was, runs `work`, and writes what is left to write, also where it was interrupted.
   * @throws LabError `lock-timeout` where another process trains into the folder; `disk-full`, `not-writable`
   */
  static async around(
    loop: TrainingLoop,
    identity: TrainingIdentity,
    options: CheckpointOptions,
    clock: Clock,
    work: (triggers: CheckpointTriggers) => Promise<void>,
  ): Promise<void> {
    const triggers = new CheckpointTriggers(identity, options, clock)
    await makeFolder(options.folder)
    await withFileLock(join(options.folder, 'training.lock'), async () => {
      await triggers.#resume(loop)
      try {
        await work(triggers)
      } catch (error) {
        // What stopped the training is the error, whatever comes of the last write.
        await (isLabError(error) && RESUMABLE.includes(error.code) ? triggers.#finish(loop) : triggers.#store.flush()).catch(
          (failure: unknown) => {
            const reason = failure instanceof Error ? failure.message : String(failure)
            options.onEvent?.({ type: 'checkpoint-failed', path: options.folder, reason })
          },
        )
        throw error
      }
      await triggers.#finish(loop)
    })
  }

  async afterBatch(loop: TrainingLoop): Promise<void> {
    await this.#store.advance()
    if (this.#clock.monotonic() - this.#savedAt >= this.#everyMs) await this.#save(loop)
  }

  async afterEpoch(loop: TrainingLoop): Promise<void> {
    if (loop.history.length % this.#everyEpochs === 0) await this.#save(loop)
  }

  async #resume(loop: TrainingLoop): Promise<void> {
    const state = await this.#store.latest()
    if (state === undefined) return
    loop.restore(state)
    this.#savedPosition = positionOf(loop)
  }

  async #finish(loop: TrainingLoop): Promise<void> {
    await this.#save(loop)
    await this.#store.flush()
  }

  async #save(loop: TrainingLoop): Promise<void> {
    const position = positionOf(loop)
    if (position === this.#savedPosition) return
    await this.#store.save(loop.state())
    this.#savedPosition = position
    this.#savedAt = this.#clock.monotonic()
  }
}

const positionOf = ({ position: { epoch, batch } }: TrainingLoop): string => `${epoch}/${batch}`

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === 'EEXIST' || code === 'ENOTDIR'
      ? badOption(`folder: ${folder}, a file or below one`, 'a folder')
      : fileError(error, folder)
  }
}

const badOption = (received: string, expected: string): LabError =>
  new LabError('bad-checkpoint-option', 'Checkpoints cannot be written with this setting.', { received, expected })
