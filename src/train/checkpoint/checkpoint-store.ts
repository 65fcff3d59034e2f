import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileError, type Clock } from '../../core/index.js'
import { DAY_MS } from '../../data/index.js'
import { decodeCheckpoint, encodeCheckpoint, readManifest, type CheckpointFiles } from './checkpoint-file.js'
import { removeFolder, syncFolder, writeDurably } from './durable-files.js'
import { identityHash, type TrainingIdentity } from './training-identity.js'
import type { TrainingState } from '../training-state.js'

export type CheckpointEvent =
  | { readonly type: 'checkpoint-saved'; readonly path: string; readonly epoch: number; readonly batch: number }
  | { readonly type: 'checkpoint-resumed'; readonly path: string; readonly epoch: number; readonly batch: number }
  /** Damaged, or of another training: the one before it is tried. */
  | { readonly type: 'checkpoint-skipped'; readonly path: string; readonly reason: string }
  /** An interrupted training could not be written any more; the checkpoint before it stays. A training that was not interrupted ends with the error. */
  | { readonly type: 'checkpoint-failed'; readonly path: string; readonly reason: string }

export interface CheckpointStoreOptions {
  readonly folder: string
  /** Newest of this training that are kept. */
  readonly keep: number
  /** Older ones go, the newest excepted. */
  readonly keepDays: number
  readonly clock: Clock
  readonly onEvent?: (event: CheckpointEvent) => void
}

const MANIFEST = 'manifest.json'
const ARRAYS = 'arrays.bin'
/** Some tenths of a millisecond: enough for calls that do not wait for the disk. */
const TURNS = 50

/**
 * Checkpoints of one training in a folder, each a folder of its own: `<training>-<epoch>-<batch>/` with `arrays.bin` and `manifest.json`.
 * One is written under a temporary name, synced and, whole, renamed, beside the training: a kill at any moment leaves either the whole checkpoint or none.
 * Expects the folder to be there, and to be the only one that writes in it (the caller holds a lock).
 */
export class CheckpointStore {
  readonly #options: CheckpointStoreOptions
  readonly #identity: TrainingIdentity
  readonly #prefix: string
  #writing: Promise<void> = Promise.resolve()
  #busy = false
  #failure: { readonly error: unknown } | undefined

  constructor(identity: TrainingIdentity, options: CheckpointStoreOptions) {
    this.#identity = identity
    this.#options = options
    this.#prefix = identityHash(identity).slice(0, 12)
  }

  /** The newest whole checkpoint of this training. Every newer one and every foreign one is reported and passed over. */
  async latest(): Promise<TrainingState | undefined> {
    const { folder, onEvent } = this.#options
    for (const name of await readdir(folder))
      if (name.endsWith('.tmp') && placeOf(name.slice(0, -4)) !== undefined) await rm(join(folder, name), { recursive: true, force: true })
    for (const name of [...(await this.#names(true)), ...(await this.#names(false))]) {
      const path = join(folder, name)
      const state = await this.#read(path)
      if (typeof state !== 'string') {
        onEvent?.({ type: 'checkpoint-resumed', path, epoch: state.epoch, batch: state.batch })
        return state
      }
      onEvent?.({ type: 'checkpoint-skipped', path, reason: state })
    }
    return undefined
  }

  /**
   * Starts to write a state; returns once the write before it has ended.
   * @throws LabError `disk-full`, `not-writable` of that one
   */
  async save(state: TrainingState): Promise<void> {
    await this.flush()
    this.#busy = true
    this.#writing = this.#write(state)
      .catch((error: unknown) => {
        this.#failure = { error }
      })
      .finally(() => (this.#busy = false))
  }

  /**
   * Between two batches: gives a write in progress a few turns of the event loop. A batch blocks it, and with one turn a batch a write of twenty calls would
   * outlast an epoch of few long batches and hold up the next one.
   */
  async advance(): Promise<void> {
    for (let turn = 0; turn < TURNS && this.#busy; turn++) await setImmediate()
  }

  /** Waits for what is being written. @throws LabError `disk-full`, `not-writable` */
  async flush(): Promise<void> {
    await this.#writing
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure.error
  }

  async #read(path: string): Promise<TrainingState | string> {
    let files: CheckpointFiles
    try {
      files = { manifest: await readFile(join(path, MANIFEST), 'utf8'), arrays: await readFile(join(path, ARRAYS)) }
    } catch (error) {
      return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`
    }
    return decodeCheckpoint(files, this.#identity)
  }

  async #write(state: TrainingState): Promise<void> {
    const { folder, clock, onEvent } = this.#options
    const { epoch, batch } = state
    const path = join(folder, `${this.#prefix}-${String(epoch).padStart(6, '0')}-${String(batch).padStart(8, '0')}`)
    const temporary = `${path}.tmp`
    try {
      const [{ manifest, arrays }] = await Promise.all([
        encodeCheckpoint(state, this.#identity, clock.now()),
        mkdir(temporary, { recursive: true }),
      ])
      await allWritten([writeDurably(join(temporary, ARRAYS), arrays), writeDurably(join(temporary, MANIFEST), [Buffer.from(manifest)])])
      await syncFolder(temporary)
      // One of this name is there only where it was damaged: whole, it would have been gone on from.
      if (existsSync(path)) await rm(path, { recursive: true, force: true })
      await rename(temporary, path)
      await syncFolder(folder)
      await this.#rotate()
    } catch (error) {
      await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
      throw fileError(error, path)
    }
    onEvent?.({ type: 'checkpoint-saved', path, epoch, batch })
  }

  /** Other trainings' checkpoints are left alone. */
  async #rotate(): Promise<void> {
    const { folder, keep, keepDays, clock } = this.#options
    const [, ...older] = await this.#names(true)
    for (const [i, name] of older.entries()) {
      const path = join(folder, name)
      if (i + 1 < keep && !(await isOlderThan(path, clock.now() - keepDays * DAY_MS))) continue
      // Renamed first: a kill amid the removal must not leave a torn one under its name.
      await rename(path, `${path}.tmp`)
      await removeFolder(`${path}.tmp`)
    }
  }

  /** Of this training, or of others; newest first. */
  async #names(own: boolean): Promise<string[]> {
    return (await readdir(this.#options.folder))
      .map((name) => ({ name, place: placeOf(name) }))
      .filter(({ name, place }) => place !== undefined && name.startsWith(`${this.#prefix}-`) === own)
      .sort((a, b) => b.place!.epoch - a.place!.epoch || b.place!.batch - a.place!.batch)
      .map(({ name }) => name)
  }
}

/** Where in a training a checkpoint of this name is; undefined for other names. */
function placeOf(name: string): { readonly epoch: number; readonly batch: number } | undefined {
  const match = /^[0-9a-f]{12}-(\d{6,})-(\d{8,})$/.exec(name)
  return match === null ? undefined : { epoch: Number(match[1]), batch: Number(match[2]) }
}

/** By the time in its manifest; one without a readable manifest has no age. */
async function isOlderThan(path: string, timeMs: number): Promise<boolean> {
  if (timeMs === -Infinity) return false
  const manifest = readManifest(await readFile(join(path, MANIFEST), 'utf8').catch(() => ''))
  return typeof manifest !== 'string' && manifest.savedAt < timeMs
}

/** Waits for all before it fails, so that what is removed afterwards is not being written. */
async function allWritten(writes: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(writes)) if (result.status === 'rejected') throw result.reason
}
