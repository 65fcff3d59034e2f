import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { displayPath, LabError, stableJson, writeFileAtomicSync } from '../core/index.js'
import type { MemoryColumns } from '../runtime/index.js'

const FOLDER = 'resources'

/** Columns of the file and their units. */
const UNITS: Readonly<Record<keyof MemoryColumns, string>> = {
  time: 'ms since the epoch, UTC',
  hostUsed: 'bytes held by the run and its children on the host: the highest since this time, before the next',
  hostLimit: 'bytes: the lowest limit in force',
  gpuUsed: 'bytes held on the card nearest to its limit, null where there is none',
  gpuLimit: 'bytes',
  cpuShare: 'share of all processors that was busy, 0 to 1',
}
const COLUMNS = Object.keys(UNITS) as (keyof MemoryColumns)[]

/**
 * Keeps what a memory monitor saw as `resources/<start>.json` of the run folder, whole or not at all: one file a training, so that resuming a run adds to what is there.
 * @param history columns of one length; NaN is kept as null. A monitor's own are at most 1,000 points with all peaks
 */
export function writeResources(run: { readonly folder: string }, history: MemoryColumns): void {
  if (history.time.length === 0) return
  const start = new Date(history.time[0]!).toISOString().replace(/[:.]/g, '-')
  const columns = COLUMNS.map((name) => [name, Array.from(history[name], (value) => rounded(name, value))])
  writeFileAtomicSync(join(run.folder, FOLDER, `${start}.json`), `${stableJson({ units: UNITS, ...Object.fromEntries(columns) })}\n`)
}

/**
 * Memory and processor load of a run over time: bytes, shares and ms since the epoch as a `MemoryMonitor`'s history has them, NaN where not known. Trainings of the run follow one
 * another; between two of them stands a point of NaN, so that no line is drawn over the pause. Undefined where the run kept none.
 * @throws LabError `resources-unreadable`
 */
export function readResources(run: { readonly folder: string }): MemoryColumns | undefined {
  const folder = join(run.folder, FOLDER)
  // Named by their start: their order is that of time.
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  const parts = names.sort().map((name) => readPart(join(folder, name)))
  if (parts.length === 0) return undefined
  const column = (name: keyof MemoryColumns): Float64Array =>
    Float64Array.from(
      parts.flatMap((part, k) => [
        ...(k === 0 ? [] : [name === 'time' ? parts[k - 1]!.time.at(-1)! : NaN]),
        ...part[name].map((value) => value ?? NaN),
      ]),
    )
  return Object.fromEntries(COLUMNS.map((name) => [name, column(name)])) as MemoryColumns
}

type StoredColumns = Readonly<Record<keyof MemoryColumns, readonly (number | null)[]>>

function readPart(path: string): StoredColumns {
  let cause: unknown
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as StoredColumns | null
    if (value !== null && COLUMNS.every((name) => Array.isArray(value[name]) && value[name].length === value.time.length)) return value
  } catch (error) {
    cause = error
  }
  throw new LabError('resources-unreadable', 'The resource use of a run cannot be read.', {
    received: displayPath(path),
    expected: 'columns of one length, as written by this project',
    help: 'delete the file: nothing but the figure of resources needs it',
    ...(cause !== undefined && { cause }),
  })
}

/** Whole bytes, and shares to a hundredth of a percent. */
function rounded(name: keyof MemoryColumns, value: number): number | null {
  if (!Number.isFinite(value)) return null
  return name === 'cpuShare' ? Math.round(value * 1e4) / 1e4 : Math.round(value)
}
