import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { displayPath, stableJson } from '../core/index.js'
import type { RunSummary } from './list-runs.js'
import type { RunRecord } from './run-record.js'

/** The runs as an aligned plain-text table, one line each; a sentence where there are none. */
export function formatRunTable(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'No runs yet.\n  next: npm run pipeline -- notebooks/direction.ipynb'
  const rows = runs.map(({ id, name, status, startedAt, seconds, headline }) => [
    id,
    name,
    status,
    startedAt === undefined ? '-' : `${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)}`,
    seconds === undefined ? '-' : seconds.toFixed(1),
    oneLine(headline ?? ''),
  ])
  const header = ['id', 'name', 'status', 'started (UTC)', 'seconds', 'outcome']
  const table = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  const isNumber = (column: number): boolean => header[column] === 'seconds'
  return table
    .map((row) =>
      row
        .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 97)}...` : line
}

/** Sections in the order a person asks for them; the rest follow by name. */
const FIRST = ['id', 'name', 'kind', 'status', 'startedAt', 'finishedAt', 'resumedAt', 'outcome', 'error', 'notebook', 'parameters', 'seed']

/** One run for reading: all of run.json as YAML, then where the folder and the report are. */
export function formatRun(record: RunRecord, folder: string): string {
  const plain = JSON.parse(stableJson(record)) as Record<string, unknown>
  const keys = [...FIRST.filter((key) => key in plain), ...Object.keys(plain).filter((key) => !FIRST.includes(key))]
  const text = stringify(Object.fromEntries(keys.map((key) => [key, plain[key]])), { lineWidth: 120 })
  const report = join(folder, 'report.html')
  return `${text}\nfolder: ${displayPath(folder)}\nreport: ${existsSync(report) ? displayPath(report) : 'none'}`
}
