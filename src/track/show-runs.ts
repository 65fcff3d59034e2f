import { displayPath, escapeHtml, showTextTable, type MimeBundle } from '../core/index.js'
import type { LoadedRun } from './load-run.js'
import type { RunSummary } from './list-runs.js'
import type { RunRecord } from './run-record.js'

/** Runs shown; the others are counted. */
const SHOWN = 50

const minute = (iso: string | undefined): string => (iso === undefined ? '' : iso.slice(0, 16).replace('T', ' '))

/** What an array of runs shows where a notebook's cell ends with it: a line each, newest first. */
export function showRuns(runs: readonly RunSummary[]): MimeBundle {
  return showTextTable({
    title: `${runs.length} run${runs.length === 1 ? '' : 's'}`,
    headings: ['id', 'status', 'started (UTC)', 'best AUC', 'verdict', 'tags', 'outcome'],
    rows: runs
      .slice(0, SHOWN)
      .map(({ id, status, startedAt, best, verdict = '', tags, headline = '' }) => [
        ...[id, status, minute(startedAt), best === undefined ? '' : `${best.auc.toFixed(4)} ${best.model}`],
        ...[verdict, tags.join(' '), headline],
      ]),
    notes: runs.length > SHOWN ? [`${runs.length - SHOWN} more runs: npm run runs`] : [],
  })
}

/** What one run shows: what it is, how it stands and where it lies. */
export function showRun({ id, status, startedAt, parameters, seed }: RunRecord, folder: string, more: readonly string[] = []): MimeBundle {
  const given = Object.entries({ ...parameters, ...(seed !== undefined && { seed }) }).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  )
  const lines = [
    `${status}, begun ${minute(startedAt)} UTC`,
    ...(given.length === 0 ? [] : [given.join(', ')]),
    ...more,
    displayPath(folder),
  ]
  return {
    'text/plain': [`run ${id}`, ...lines.map((line) => `  ${line}`)].join('\n'),
    'text/html': `<div><b>run ${escapeHtml(id)}</b>${lines.map((line) => `<br>${escapeHtml(line)}`).join('')}</div>`,
  }
}

/** What a run that was read again shows: also what is in it. */
export function showLoadedRun({ record, folder, fits, predictions, metrics, tags, notes, problems }: LoadedRun): MimeBundle {
  return showRun(record, folder, [
    `${fits.length} fits, predictions of ${predictions.length} models, ${metrics === undefined ? 'no metrics' : 'metrics'}`,
    ...(tags.length === 0 ? [] : [`tags: ${tags.join(' ')}`]),
    ...notes.map(({ text }) => `note: ${text}`),
    ...problems.map((problem) => `cannot be read: ${problem}`),
  ])
}
