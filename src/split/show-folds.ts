import { showTextTable, withDisplay, type MimeBundle } from '../core/index.js'
import type { FoldDescription, FoldRow } from './describe-folds.js'

/** Rows that are shown; the others are counted. */
const SHOWN = 50

/** Gives the rows a [DISPLAY]: a table with a line a fold, parts to the minute, and the notes below it. Serialising is as of a plain array. */
export function showFolds(rows: FoldRow[], notes: readonly string[]): FoldDescription {
  return withDisplay(rows, () => bundle(rows, notes)) as unknown as FoldDescription
}

function bundle(rows: readonly FoldRow[], below: readonly string[]): MimeBundle {
  const lines = rows.slice(0, SHOWN).map(lineOf)
  const headings = Object.keys(lines[0] ?? { fold: '' })
  const cells = lines.map((line) => headings.map((heading) => line[heading] ?? ''))
  const notes = [...(rows.length > SHOWN ? [`${rows.length - SHOWN} more folds`] : []), ...below]
  return showTextTable({ headings, rows: cells, notes })
}

function lineOf(row: FoldRow): Record<string, string> {
  const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ')
  const part = (rows: number, from: string, to: string): string => (rows === 0 ? '0' : `${rows}, ${minute(from)} to ${minute(to)}`)
  const gap = (minutes: number | null): string => (minutes === null ? '' : `${minutes} min`)
  return {
    fold: String(row.fold),
    ...(row.testGroups !== undefined && { groups: row.testGroups }),
    'train (UTC)': part(row.trainRows, row.trainFrom, row.trainTo),
    validation: part(row.validationRows, row.validationFrom, row.validationTo),
    test: part(row.testRows, row.testFrom, row.testTo),
    ...(row.laterTrainRows !== undefined && { 'train later than test': String(row.laterTrainRows) }),
    purged: String(row.purged),
    embargoed: String(row.embargoed),
    embargo: row.embargo,
    gap: gap(row.gapMinutes),
    ...(row.gapAfterMinutes !== undefined && { 'gap after': gap(row.gapAfterMinutes) }),
  }
}
