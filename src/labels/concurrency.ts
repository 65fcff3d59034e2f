import { LabError } from '../core/index.js'
import type { Labels } from './labels.js'

/**
 * Which bars' returns each label uses, as intervals; entry k belongs to bar `rows[k]`. Two labels whose intervals have a bar in common share information.
 * Memory is 12 bytes a label, whatever its length.
 */
export interface LabelSpans {
  /** Bars that have the labels, increasing. */
  readonly rows: Int32Array
  /** First and last bar whose return the label uses, both included. `first` does not decrease. */
  readonly first: Int32Array
  readonly last: Int32Array
  /** How many bars there are in all. */
  readonly bars: number
}

export interface RowsOption {
  /** Bars to look at, increasing, each with a label: the training rows. Default: every bar with a label. */
  readonly rows?: Int32Array
}

/**
 * The bars that each label spans. The label of bar t that ends with bar e is made of the returns of bars t + 1 to e (from close t to close e), so labels over one bar never
 * overlap; a label that ends with its own bar spans that bar. An end time between two bars counts for the earlier one.
 *
 * Give the training rows as `rows`: labels that no model sees must not count. O(labels log length) time, O(labels) memory.
 * @param time open time of every bar. @throws LabError `bad-labels`, `bad-rows`
 */
export function labelSpans({ endTime }: Pick<Labels, 'endTime'>, time: Float64Array, { rows }: RowsOption = {}): LabelSpans {
  if (endTime.length !== time.length)
    throw new LabError('bad-labels', 'The labels do not fit the bars.', {
      received: `${endTime.length} labels beside ${time.length} times`,
      expected: 'one label a bar',
      help: 'take the labels and the times from the same bars',
    })
  const used = rows === undefined ? labelledRows(endTime) : checkedRows(rows, time.length)
  const first = new Int32Array(used.length)
  const last = new Int32Array(used.length)
  for (let k = 0; k < used.length; k++) {
    const row = used[k]!
    if (!(endTime[row]! >= time[row]!)) throw noSpan(row, endTime[row]!, time[row]!)
    last[k] = lastBarBy(time, endTime[row]!, row)
    first[k] = Math.min(row + 1, last[k]!)
  }
  return { rows: used, first, last, bars: time.length }
}

/**
 * How many labels use each bar's return; with `times` label k counts `times[k]` times. One pass over differences: O(labels + bars).
 */
export function labelConcurrency({ first, last, bars }: LabelSpans, times?: Int32Array): Int32Array {
  const count = new Int32Array(bars + 1)
  for (let k = 0; k < first.length; k++) {
    const weight = times === undefined ? 1 : times[k]!
    count[first[k]!]! += weight
    count[last[k]! + 1]! -= weight
  }
  for (let bar = 1; bar <= bars; bar++) count[bar]! += count[bar - 1]!
  return count.subarray(0, bars)
}

/**
 * Average uniqueness of each label, by position in `spans.rows`: the mean of 1 / concurrency over its bars, above 0 and, but for rounding, at most 1. With `times` it
 * is that among a sample that holds label k `times[k]` times. O(labels + bars) through running sums.
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 4.4
 */
export function averageUniqueness(spans: LabelSpans, times?: Int32Array): Float64Array {
  const shares = labelConcurrency(spans, times)
  const before = runningSums(spans.bars, (bar) => (shares[bar] === 0 ? 0 : 1 / shares[bar]!))
  return Float64Array.from(spans.rows, (_, k) => {
    const [from, to] = [spans.first[k]!, spans.last[k]! + 1]
    return (before[to]! - before[from]!) / (to - from)
  })
}

/** Entry i is the sum of the values of bars 0 to i - 1. */
export function runningSums(bars: number, valueOf: (bar: number) => number): Float64Array {
  const before = new Float64Array(bars + 1)
  for (let bar = 0; bar < bars; bar++) before[bar + 1] = before[bar]! + valueOf(bar)
  return before
}

/** @throws LabError `bad-rows` unless the rows are increasing bar numbers */
export function checkedRows(rows: Int32Array, bars: number): Int32Array {
  for (let k = 0; k < rows.length; k++)
    if (!(rows[k]! >= 0 && rows[k]! < bars) || (k > 0 && rows[k]! <= rows[k - 1]!))
      throw new LabError('bad-rows', 'These are not rows in order of time.', {
        received: `${rows[k]} at position ${k}${k > 0 ? `, after ${rows[k - 1]}` : ''}`,
        expected: `increasing bar numbers${bars === Infinity ? '' : ` from 0 to ${bars - 1}`}`,
        help: 'sort the rows and drop duplicates',
      })
  return rows
}

function labelledRows(endTime: Float64Array): Int32Array {
  const rows = new Int32Array(endTime.length)
  let count = 0
  for (let i = 0; i < endTime.length; i++) if (!Number.isNaN(endTime[i])) rows[count++] = i
  return rows.slice(0, count)
}

function noSpan(row: number, endTime: number, time: number): LabError {
  const missing = Number.isNaN(endTime)
  return new LabError(
    missing ? 'bad-rows' : 'bad-labels',
    missing ? 'A row without a label was asked for.' : 'A label ends before its bar.',
    {
      received: `bar ${row} with end time ${endTime}${missing ? '' : `, which opens at ${time}`}`,
      expected: 'rows with a label, which ends at the bar or later',
      help: missing ? 'leave the rows out whose y is NaN' : "take the labels' own end times",
    },
  )
}

/** Number of the last bar that opens by `limit`, searched from `from` on, which does: doubling steps, then halving. */
function lastBarBy(time: Float64Array, limit: number, from: number): number {
  let [low, step] = [from, 1]
  while (low + step < time.length && time[low + step]! <= limit) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, time.length)
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (time[middle]! <= limit) low = middle
    else high = middle
  }
  return low
}
