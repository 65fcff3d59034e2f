import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { displayPath, stableJson } from '../core/index.js'
import { summarizeRun, type RunSummary } from './list-runs.js'
import { readNotes, type RunNote } from './run-notes.js'
import type { RunRecord } from './run-record.js'

interface Column {
  readonly heading: string
  readonly text: (run: RunSummary) => string
  readonly right?: boolean
  /** Left out where no run has anything in it. */
  readonly optional?: boolean
}

const COLUMNS: readonly Column[] = [
  { heading: 'id', text: ({ id }) => id },
  { heading: 'name', text: ({ name }) => name },
  { heading: 'status', text: ({ status }) => status },
  {
    heading: 'started (UTC)',
    text: ({ startedAt }) => (startedAt === undefined ? '-' : `${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)}`),
  },
  { heading: 'seconds', text: ({ seconds }) => (seconds === undefined ? '-' : seconds.toFixed(1)), right: true },
  { heading: 'best AUC', text: ({ best }) => (best === undefined ? '' : `${best.auc.toFixed(4)} ${best.model}`), optional: true },
  { heading: 'verdict', text: ({ verdict }) => verdict ?? '', optional: true },
  { heading: 'tags', text: ({ tags }) => tags.join(' '), optional: true },
  { heading: 'latest note', text: ({ latestNote }) => oneLine(latestNote ?? '', 50), optional: true },
  {
    heading: 'outcome',
    text: ({ headline, status, problems }) => oneLine(headline ?? (status === 'unreadable' ? problems[0] : undefined) ?? '', 100),
  },
]

/** The runs as an aligned plain-text table, one line each, then what of them cannot be read; a sentence where there are none. */
export function formatRunTable(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'No runs yet.\n  next: npm run pipeline -- notebooks/direction.ipynb'
  const columns = COLUMNS.filter(({ optional, text }) => optional !== true || runs.some((run) => text(run) !== ''))
  const rows = [columns.map(({ heading }) => heading), ...runs.map((run) => columns.map(({ text }) => text(run)))]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (columns[column]!.right === true ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
  // Of an unreadable run the table says it.
  const problems = runs.flatMap(({ id, status, problems: of }) =>
    status === 'unreadable' ? [] : of.map((problem) => `  ${id}: ${problem}`),
  )
  return [...lines, ...(problems.length === 0 ? [] : ['', 'What cannot be read:', ...problems])].join('\n')
}

const oneLine = (text: string, length: number): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length - 3)}...` : line
}

/** Sections in the order a person asks for them; the rest follow by name. */
const FIRST = ['id', 'name', 'kind', 'status', 'startedAt', 'finishedAt', 'resumedAt', 'outcome', 'error', 'notebook', 'parameters', 'seed']

/** All about one run, for programs: its record, its tags and notes, what of it cannot be read. */
export interface RunView extends RunRecord {
  readonly tags: readonly string[]
  readonly notes: readonly RunNote[]
  readonly problems: readonly string[]
}

/** A run's record with its tags, its notes and what cannot be read, as `npm run runs -- show --json` gives it. */
export function viewRun(record: RunRecord, folder: string): RunView {
  const { tags, problems } = summarizeRun(folder)
  return { ...record, tags, notes: readNotes(folder), problems }
}

/** One run for reading: all of run.json as YAML, tags and notes, then where the folder and the report are. */
export function formatRun(record: RunRecord, folder: string): string {
  const plain = JSON.parse(stableJson(record)) as Record<string, unknown>
  const keys = [...FIRST.filter((key) => key in plain), ...Object.keys(plain).filter((key) => !FIRST.includes(key))]
  const text = stringify(Object.fromEntries(keys.map((key) => [key, plain[key]])), { lineWidth: 120 })
  const report = join(folder, 'report.html')
  const { tags, notes, problems } = viewRun(record, folder)
  return [
    text,
    ...(tags.length === 0 ? [] : [`tags:   ${tags.join(' ')}`]),
    ...notes.map((note) => `note:   ${note.time.slice(0, 16).replace('T', ' ')}  ${note.text}`),
    ...problems.map((problem) => `cannot be read: ${problem}`),
    `folder: ${displayPath(folder)}`,
    `report: ${existsSync(report) ? displayPath(report) : 'none'}`,
  ].join('\n')
}
