import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileError, LabError, sha256, stableJson, systemClock, writeFileAtomicSync, type Clock } from '../../core/index.js'
import { DAY_MS } from '../../data/index.js'
import type { FitCheckpoint, FitNotice, FitProgress } from '../model.js'

/** How many of the newest are kept: the one before is there should the newest turn out damaged. */
const KEEP = 2
/** Where neither rounds nor minutes are said. */
const EVERY_ROUNDS = 25
const FORMAT = 1

export interface BoostingState {
  readonly history: readonly FitProgress[]
  readonly model: Uint8Array
}

interface Manifest {
  readonly format: typeof FORMAT
  readonly savedAt: number
  readonly history: readonly FitProgress[]
}

/**
 * Checkpoints of one boosted fit: files `<fit>-<round>.checkpoint` in the folder, each a line with the SHA-256 of the rest, a line of JSON, and the model's bytes.
 * A file is whole or not there. `<fit>` is the hash of all that decides the bytes, so checkpoints of another fit are not seen. The caller holds the folder's lock.
 */
export class BoostingCheckpoints {
  readonly #options: FitCheckpoint
  readonly #fit: string
  readonly #clock: Clock
  readonly #onNotice: (notice: FitNotice) => void
  #savedAt: number
  #savedRounds = 0

  /** @param identity hash of everything that decides the bytes of the fit. @throws LabError `bad-checkpoint-option`, `not-writable` */
  constructor(options: FitCheckpoint, identity: string, onNotice: (notice: FitNotice) => void = () => undefined, clock = systemClock) {
    const { folder, everyEpochs = 1, everyMinutes = 1, keepDays = 1 } = options
    if (!(everyEpochs === Infinity || (Number.isInteger(everyEpochs) && everyEpochs >= 1)))
      throw badOption(`everyEpochs: ${everyEpochs}`, 'a whole number from 1')
    for (const [name, value] of Object.entries({ everyMinutes, keepDays }))
      if (!(value > 0)) throw badOption(`${name}: ${value}`, 'a positive number')
    this.#options = options
    this.#fit = identity.slice(0, 12)
    this.#clock = clock
    this.#onNotice = onNotice
    this.#savedAt = clock.monotonic()
    try {
      mkdirSync(folder, { recursive: true })
    } catch (error) {
      throw fileError(error, folder)
    }
  }

  /** The newest whole one; a damaged one is reported and passed over. */
  latestSync(): BoostingState | undefined {
    for (const path of this.#pathsSync()) {
      const state = readCheckpoint(path)
      if (typeof state === 'string') this.#onNotice({ type: 'checkpoint-skipped', path, reason: state })
      else {
        this.#savedRounds = state.history.length
        this.#onNotice({ type: 'checkpoint-resumed', path, epoch: state.history.length, batch: 0 })
        return state
      }
    }
    return undefined
  }

  /** Whether a checkpoint is due after these rounds. */
  isDue(rounds: number): boolean {
    const { everyMinutes = Infinity } = this.#options
    const { everyEpochs = everyMinutes === Infinity ? EVERY_ROUNDS : Infinity } = this.#options
    return rounds % everyEpochs === 0 || this.#clock.monotonic() - this.#savedAt >= everyMinutes * 60_000
  }

  /** Writes the state, unless it is written already. @throws LabError `disk-full`, `not-writable` */
  saveSync(history: readonly FitProgress[], model: () => Uint8Array): void {
    if (history.length === this.#savedRounds) return
    const path = join(this.#options.folder, `${this.#fit}-${String(history.length).padStart(8, '0')}.checkpoint`)
    const manifest: Manifest = { format: FORMAT, savedAt: this.#clock.now(), history }
    const rest = Buffer.concat([Buffer.from(`${stableJson(manifest)}\n`), model()])
    writeFileAtomicSync(path, Buffer.concat([Buffer.from(`${sha256(rest)}\n`), rest]))
    this.#savedRounds = history.length
    this.#savedAt = this.#clock.monotonic()
    this.#onNotice({ type: 'checkpoint-saved', path, epoch: history.length, batch: 0 })
    this.#rotateSync()
  }

  #rotateSync(): void {
    const oldest = this.#clock.now() - (this.#options.keepDays ?? Infinity) * DAY_MS
    for (const [i, path] of this.#pathsSync().entries()) {
      const state = i > 0 && i < KEEP ? readCheckpoint(path) : undefined
      const isOld = typeof state === 'object' && state.savedAt < oldest
      if (i >= KEEP || isOld) rmSync(path, { force: true })
    }
  }

  /** Of this fit, newest first. */
  #pathsSync(): string[] {
    const { folder } = this.#options
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${this.#fit}-`) && /-\d{8,}\.checkpoint$/.test(name))
      .sort((a, b) => Number(/-(\d+)\./.exec(b)![1]) - Number(/-(\d+)\./.exec(a)![1]))
      .map((name) => join(folder, name))
  }
}

/** The state, or why it cannot be trusted. */
function readCheckpoint(path: string): (BoostingState & { readonly savedAt: number }) | string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  const first = bytes.indexOf('\n')
  const rest = bytes.subarray(first + 1)
  if (first < 0 || bytes.toString('latin1', 0, first) !== sha256(rest)) return 'its checksum does not fit: cut short or changed'
  const second = rest.indexOf('\n')
  const { format, history, savedAt } = JSON.parse(rest.toString('utf8', 0, second)) as Manifest
  if ((format as unknown) !== FORMAT) return `its format is ${String(format)}, not ${FORMAT}`
  return { history, savedAt, model: Uint8Array.from(rest.subarray(second + 1)) }
}

const badOption = (received: string, expected: string): LabError =>
  new LabError('bad-checkpoint-option', 'Checkpoints cannot be written with this setting.', { received, expected })
