import { randomUUID } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sha256File, systemClock, writeJsonAtomicSync, type Clock } from '../../core/index.js'
import type { RunEvent } from '../../track/index.js'
import type { NotebookOutput } from '../batch/cell-outputs.js'
import { changedInput, stepsFolder, type InputFiles } from './input-files.js'
import { jsonWithRun } from './run-names.js'

/** A finished step as it is kept: everything that running it again would give. */
export interface KeptStep {
  readonly version: number
  readonly step: string
  /** Id of the run that ran it. */
  readonly run: string
  readonly seconds: number
  readonly inputs: InputFiles
  readonly outputs: readonly NotebookOutput[]
  readonly sections: Readonly<Record<string, unknown>>
  readonly events: readonly RunEvent[]
  /** Path in the run folder -> SHA-256. */
  readonly files: Readonly<Record<string, string>>
  /** SHA-256 of the file of variables. */
  readonly values: string
  /** Names in it. */
  readonly names: readonly string[]
  /** Names of values of other cells that shared objects with them when the step ran. */
  readonly shared: readonly string[]
}

/** A kept step and where it lies. */
export interface StoredStep extends KeptStep {
  readonly folder: string
}

export const STORE_VERSION = 3
const VALUES = 'values.bin'
/** Of one key there are several where a step read other files; the oldest go. */
const MAX_PER_KEY = 4
/** Begins the names of entries that are being written. */
const UNFINISHED = '.new-'
const UNFINISHED_AGE_MS = 86_400_000

export const valuesFile = ({ folder }: { readonly folder: string }): string => join(folder, VALUES)

/**
 * The kept step of this key whose input files are what they were.
 * @param runFolder of the run that would take it over
 * @param needed names that it must hold
 * @returns the step, or why there is none: the input that has changed, or nothing where the key is new
 */
export async function findStep(
  key: string,
  runFolder: string,
  needed: readonly string[] = [],
): Promise<StoredStep | { readonly changed?: string }> {
  let changed: string | undefined
  for (const folder of entriesOf(key)) {
    const kept = readEntry(folder)
    if (kept === undefined || !(await isWhole(folder, kept))) rmSync(folder, { recursive: true, force: true })
    else {
      const lacking = needed.find((name) => !kept.names.includes(name))
      const other = lacking === undefined ? await changedInput(kept.inputs, runFolder) : `what later cells use (${lacking})`
      if (other === undefined)
        return { ...kept, ...jsonWithRun({ outputs: kept.outputs, sections: kept.sections, events: kept.events }, runFolder), folder }
      changed ??= other
    }
  }
  return changed === undefined ? {} : { changed }
}

/** A folder to prepare an entry in: put {@link VALUES} there, then {@link storeStep}. Nothing finds it before. */
export function newEntry(): { readonly folder: string } {
  const folder = join(stepsFolder(), `${UNFINISHED}${randomUUID()}`)
  mkdirSync(folder, { recursive: true })
  return { folder }
}

/** Removes what was prepared; nothing where it has been put in its place. */
export const dropEntry = ({ folder }: { readonly folder: string }): void => rmSync(folder, { recursive: true, force: true })

/** Copies the files of the run into the entry and puts it in its place, whole. @returns that place */
export async function storeStep(
  key: string,
  { folder }: { readonly folder: string },
  kept: Omit<KeptStep, 'files' | 'values' | 'version'> & { readonly files: readonly string[] },
  runFolder: string,
): Promise<string> {
  const files: Record<string, string> = {}
  for (const file of kept.files) {
    const copy = join(folder, 'files', file)
    copyFile(join(runFolder, file), copy)
    files[file] = await sha256File(copy)
  }
  const values = await sha256File(valuesFile({ folder }))
  writeJsonAtomicSync(join(folder, 'step.json'), { ...kept, version: STORE_VERSION, files, values } satisfies KeptStep)
  const place = join(stepsFolder(), key)
  mkdirSync(place, { recursive: true })
  const entry = join(place, randomUUID())
  renameSync(folder, entry)
  for (const old of entriesOf(key).slice(MAX_PER_KEY)) rmSync(old, { recursive: true, force: true })
  return entry
}

/** Copies the files of a kept step into a run folder and marks it as used now. */
export function copyProducts({ folder, files }: StoredStep, runFolder: string, clock: Clock = systemClock): void {
  for (const file of Object.keys(files)) copyFile(join(folder, 'files', file), join(runFolder, file))
  const now = clock.now() / 1000
  utimesSync(join(folder, 'step.json'), now, now)
}

/** @param maxBytes the steps that were not used for longest go until the rest is not larger */
export function pruneSteps({ maxBytes, maxAgeMs, clock = systemClock }: { maxBytes: number; maxAgeMs: number; clock?: Clock }): void {
  if (!existsSync(stepsFolder())) return
  const entries = readdirSync(stepsFolder())
    .flatMap((name) => (name.startsWith(UNFINISHED) ? [join(stepsFolder(), name)] : entriesOf(name)))
    .map((folder) => ({ folder, used: usedAt(folder), bytes: bytesOf(folder), unfinished: basename(folder).startsWith(UNFINISHED) }))
    .sort((a, b) => b.used - a.used)
  let total = 0
  for (const { folder, used, bytes, unfinished } of entries) {
    total += bytes
    // What a kill left half-written is of no use to anybody.
    const limit = unfinished ? Math.min(maxAgeMs, UNFINISHED_AGE_MS) : maxAgeMs
    if (total > maxBytes || clock.now() - used > limit) rmSync(folder, { recursive: true, force: true })
  }
  for (const name of readdirSync(stepsFolder())) removeIfEmpty(join(stepsFolder(), name))
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // ENOTEMPTY: a key that has entries, which is the usual case.
  }
}

/** Entries of a key, the one used last first. */
function entriesOf(key: string): string[] {
  const place = join(stepsFolder(), key)
  try {
    return readdirSync(place)
      .map((name) => join(place, name))
      .sort((a, b) => usedAt(b) - usedAt(a))
  } catch {
    return [] // there is none, or another process has just removed the last one
  }
}

const usedAt = (folder: string): number =>
  (statSync(join(folder, 'step.json'), { throwIfNoEntry: false }) ?? statSync(folder, { throwIfNoEntry: false }))?.mtimeMs ?? 0

function readEntry(folder: string): KeptStep | undefined {
  try {
    const kept = JSON.parse(readFileSync(join(folder, 'step.json'), 'utf8')) as KeptStep
    return kept.version === STORE_VERSION ? kept : undefined
  } catch {
    return undefined // torn, or removed by another process
  }
}

/** A copy that was changed or lost is none: the step runs again. */
async function isWhole(folder: string, { files, values }: KeptStep): Promise<boolean> {
  const expected = [[VALUES, values], ...Object.entries(files).map(([file, hash]) => [join('files', file), hash])] as [string, string][]
  for (const [file, hash] of expected) if ((await sha256File(join(folder, file)).catch(() => undefined)) !== hash) return false
  return true
}

function copyFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to, constants.COPYFILE_FICLONE)
}

function bytesOf(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0)
  } catch {
    return 0 // another process has just put it in its place, or removed it
  }
}
