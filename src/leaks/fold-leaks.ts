import { LabError } from '../core/index.js'
import type { Fold } from '../split/index.js'
import { isoTime, type Leak, type LeakCheck } from './leak.js'

/** Folds, and when the labels of their rows end. */
export interface FoldSubject {
  /** Open time of every bar. */
  readonly time: Float64Array
  readonly labelEndTime: Float64Array
  readonly folds: readonly Fold[]
}

/**
 * Tests folds of any origin from their rows alone: no label of a training or validation row has an instant in common with the label of a test row, none of a training row with one
 * of a validation row; no row stands in two parts or without a label; and walk-forward folds train on earlier bars only.
 * @throws LabError `bad-split` for rows that are no bars, or columns of different length
 */
export function checkFolds({ time, labelEndTime, folds }: FoldSubject): LeakCheck {
  if (time.length !== labelEndTime.length) throw badFolds(`${time.length} times, ${labelEndTime.length} label ends`, 'one of each a bar')
  const leaks: Leak[] = []
  let compared = 0
  for (const fold of folds) {
    const { train, validation, test, index, kind = 'walk-forward' } = fold
    for (const row of [...train, ...validation, ...test])
      if (!(Number.isInteger(row) && row >= 0 && row < time.length))
        throw badFolds(`row ${row} in fold ${index}`, `rows 0 to ${time.length - 1}`)
    compared += train.length + validation.length
    const note = (row: number | undefined, detail: string): void => {
      if (row === undefined) return
      const name = `fold ${index + 1}`
      leaks.push({ column: name, bar: row, time: isoTime(time[row]), evidence: 'read off', detail, nearestBars: null, reachBars: null })
    }
    const columns = { time, labelEndTime }
    note(
      [...train, ...validation, ...test].find((row) => Number.isNaN(labelEndTime[row])),
      'a row without a label',
    )
    note(inBoth(train, test) ?? inBoth(validation, test), 'a row that is also a test row')
    note(inBoth(train, validation), 'a training row that is also a validation row')
    note(meeting(train, test, columns), 'the label of a training row reaches into the test part')
    note(meeting(validation, test, columns), 'the label of a validation row reaches into the test part')
    note(meeting(train, validation, columns), 'the label of a training row reaches into the validation part')
    if (kind === 'walk-forward') {
      const first = test.reduce((least, row) => Math.min(least, time[row]!), Infinity)
      note(
        [...train, ...validation].find((row) => time[row]! >= first),
        'trains on bars later than the first test bar',
      )
    }
  }
  const methods = [{ name: 'label spans compared', points: folds.length, everyBar: true, comparedValues: compared }]
  return { kind: 'folds', subject: `${folds.length} folds`, columns: folds.map(({ index }) => `fold ${index + 1}`), methods, leaks }
}

const inBoth = (rows: Int32Array, others: Int32Array): number | undefined => {
  const known = new Set(others)
  return rows.find((row) => known.has(row))
}

/** The first of `rows` whose label span (open time to end, both included) meets that of one of `others`. */
function meeting(
  rows: Int32Array,
  others: Int32Array,
  { time, labelEndTime }: Pick<FoldSubject, 'time' | 'labelEndTime'>,
): number | undefined {
  const sorted = [...others].filter((row) => !Number.isNaN(labelEndTime[row])).sort((a, b) => time[a]! - time[b]!)
  const begins = Float64Array.from(sorted, (row) => time[row]!)
  // Latest end of the first k spans.
  const latest = new Float64Array(sorted.length + 1).fill(-Infinity)
  for (const [k, row] of sorted.entries()) latest[k + 1] = Math.max(latest[k]!, labelEndTime[row]!)
  return rows.find((row) => latest[countUpTo(begins, labelEndTime[row]!)]! >= time[row]!)
}

function countUpTo(increasing: Float64Array, limit: number): number {
  let [low, high] = [0, increasing.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (increasing[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}

const badFolds = (received: string, expected: string): LabError =>
  new LabError('bad-split', 'The folds do not belong to these bars.', {
    received,
    expected,
    help: 'take times and label ends from the bars the folds were cut from',
  })
