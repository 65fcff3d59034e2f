import { LabError } from '../../core/index.js'
import { walkForward, type Fold, type WalkForwardOptions } from '../../split/index.js'

export interface FoldsByTimeOptions extends Omit<WalkForwardOptions, 'time' | 'labelEndTime' | 'usable' | 'horizonMs'> {
  /** Rows to cut, in any order: of each its time and when its label is known, by row number. Several rows may have one time. */
  readonly rows: Int32Array
  readonly time: Float64Array
  readonly labelEndTime: Float64Array
  /** Nominal length of a label, the least embargo; default the median of these rows' labels. */
  readonly horizonMs?: number
}

/**
 * Walk-forward folds of any rows by their times alone: rows of one time stand in one part, and where their labels end at different times the latest counts for all of them.
 * So no part knows anything of a later one, whichever symbol a row belongs to. `minTrainRows` counts times. See {@link walkForward} for purge and embargo.
 * @throws LabError `bad-label-end` for a row whose label has no end, or one before its time; those of `walkForward`
 */
export function foldsByTime({ rows, time, labelEndTime, horizonMs, ...options }: FoldsByTimeOptions): Fold[] {
  const ordered = rows.slice().sort((a, b) => time[a]! - time[b]! || a - b)
  for (const row of ordered)
    if (!(labelEndTime[row]! >= time[row]!))
      throw new LabError('bad-label-end', 'A row cannot be split: when its label is known is not.', {
        received: `row ${row}, time ${time[row]}, label end ${labelEndTime[row]}`,
        expected: 'an end of the label at or after the time of each row',
        help: 'give labels.endTime, and only rows that have a label',
      })
  const starts = Array.from(ordered.keys()).filter((k) => k === 0 || time[ordered[k]!] !== time[ordered[k - 1]!])
  const groups = starts.map((from, k) => ordered.subarray(from, starts[k + 1] ?? ordered.length))
  const folds = walkForward({
    ...options,
    time: Float64Array.from(groups, (members) => time[members[0]!]!),
    labelEndTime: Float64Array.from(groups, (members) => members.reduce((latest, row) => Math.max(latest, labelEndTime[row]!), -Infinity)),
    horizonMs: horizonMs ?? medianSpan(ordered, time, labelEndTime),
  })
  const rowsOf = (times: Int32Array): Int32Array => Int32Array.from([...times].flatMap((k) => [...groups[k]!]))
  return folds.map((fold) => ({ ...fold, train: rowsOf(fold.train), validation: rowsOf(fold.validation), test: rowsOf(fold.test) }))
}

function medianSpan(rows: Int32Array, time: Float64Array, labelEndTime: Float64Array): number {
  const spans = Float64Array.from(rows, (row) => labelEndTime[row]! - time[row]!).sort()
  return spans[Math.floor(spans.length / 2)] ?? 0
}
