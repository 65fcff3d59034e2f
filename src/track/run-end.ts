import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorJson } from '../core/index.js'
import type { RunEvent } from './event-log.js'
import type { RunRecord, RunStatus } from './run-record.js'

/** A cell of the executed notebook. */
export interface RunStep {
  /** Among the code cells that are not empty, from 1, as the runner counts. */
  readonly cell: number
  /** Heading above it; undefined where it has none or the executed notebook cannot be read. */
  readonly title?: string
  readonly source?: string
}

/** How far a run came and why it is not `ok`. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, 'ok'>
  readonly error?: ErrorJson
  /** The last cell that began; undefined outside a notebook. */
  readonly step?: RunStep
  /** Fits that had begun and not finished. */
  readonly unfinishedFits: readonly { readonly model: string; readonly fold: number }[]
  /** Last lines of run.log. */
  readonly log: readonly string[]
}

/** The status of a run that has not ended well, as the verb of a sentence. */
export const END_WORDS: Readonly<Record<RunEnd['status'], string>> = {
  running: 'is running',
  failed: 'failed',
  interrupted: 'was interrupted',
  skipped: 'was skipped',
}

const LOG_LINES = 30

/** Where a run stopped: undefined for one that ended well. */
export function runEnd(folder: string, record: RunRecord, events: readonly RunEvent[]): RunEnd | undefined {
  if (record.status === 'ok') return undefined
  // Earlier attempts of a resumed run are in the same log: what counts follows the last start of the first cell.
  const from = events.findLastIndex(({ type, cell }) => type === 'cell-started' && cell === 1)
  const last = events.slice(Math.max(0, from))
  const cell = last.findLast(({ type }) => type === 'cell-started')?.cell
  return {
    status: record.status,
    ...(record.error !== undefined && { error: record.error }),
    ...(typeof cell === 'number' && { step: { cell, ...describeCell(folder, cell) } }),
    unfinishedFits: unfinishedFits(last),
    log: lastLines(join(folder, 'run.log')),
  }
}

function unfinishedFits(events: readonly RunEvent[]): { model: string; fold: number }[] {
  const open = new Map<string, { model: string; fold: number }>()
  for (const { type, model, fold } of events) {
    if (typeof model !== 'string' || typeof fold !== 'number') continue
    if (type === 'fit-started') open.set(`${model} ${fold}`, { model, fold })
    if (type === 'fit-finished') open.delete(`${model} ${fold}`)
  }
  return [...open.values()]
}

interface NotebookCell {
  readonly cell_type?: string
  readonly source?: string | readonly string[]
}

function describeCell(folder: string, cell: number): { title?: string; source?: string } {
  const path = join(folder, 'notebook.ipynb')
  if (!existsSync(path)) return {}
  try {
    const { cells = [] } = JSON.parse(readFileSync(path, 'utf8')) as { cells?: NotebookCell[] }
    const text = ({ source = '' }: NotebookCell): string => (typeof source === 'string' ? source : source.join(''))
    const code = cells.filter((entry) => entry.cell_type === 'code' && text(entry).trim() !== '')[cell - 1]
    if (code === undefined) return {}
    const above = cells.slice(0, cells.indexOf(code)).filter((entry) => entry.cell_type === 'markdown')
    const title = above.flatMap((entry) => [...text(entry).matchAll(/^#+\s+(.*)$/gm)].map(([, words]) => words!)).at(-1)
    return { source: text(code), ...(title !== undefined && { title }) }
  } catch {
    // The executed notebook is a help for the reader; where it is torn the number of the cell still says where the run stopped.
    return {}
  }
}

function lastLines(path: string): string[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES)
}
