import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { displayPath, isLabError, processIdentity, runsFolder, stableJson } from '../core/index.js'
import { runIds } from './list-runs.js'
import { metricsFile, readRun, type RunRecord } from './run-record.js'

/** What makes a notebook's run the same as an earlier one. */
export interface NotebookInputs {
  readonly name: string
  /** Path of the notebook. */
  readonly notebook: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly seed?: number
}

export interface UnfinishedRun {
  readonly folder: string
  readonly record: RunRecord
  /** True where this very process began it: the cell that opens the run was run again. */
  readonly own: boolean
}

/**
 * The run that the same notebook began last with the same name, parameters and seed, if it did not come to its end: no metrics were written, and the kernel that owned it
 * is gone or is this one. Undefined where that run came to its end, another kernel is at it, or there is none.
 */
export function findUnfinishedRun({ name, notebook, parameters, seed }: NotebookInputs): UnfinishedRun | undefined {
  const path = displayPath(notebook)
  const inputs = stableJson({ parameters, seed })
  const same = (record: RunRecord): boolean =>
    record.kind === 'notebook' &&
    record.name === name &&
    record.notebook === path &&
    stableJson({ parameters: record.parameters, seed: record.seed }) === inputs
  const [record] = runIds()
    .flatMap((id) => readable(join(runsFolder(), id)) ?? [])
    .filter(same)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  if (record === undefined) return undefined
  const folder = join(runsFolder(), record.id)
  const own = record.status === 'running' && stableJson(record.owner) === stableJson(processIdentity())
  return (own || record.status === 'interrupted') && !existsSync(metricsFile(folder)) ? { folder, record, own } : undefined
}

function readable(folder: string): RunRecord | undefined {
  try {
    return readRun(folder)
  } catch (error) {
    if (isLabError(error)) return undefined
    throw error
  }
}
