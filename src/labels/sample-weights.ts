import { DISPLAY, LabError, type Displayable } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { averageUniqueness, checkedRows, labelConcurrency, labelSpans, runningSums, type RowsOption } from './concurrency.js'
import { isPrice } from './known-price.js'
import type { Labels } from './labels.js'

/** How much each row counts when a model is fitted: `model.fit({ train: rows, sampleWeight: weights, ... })`. Shows itself as one line. */
export interface SampleWeights extends Displayable {
  readonly name: string
  /** Bar numbers, increasing. */
  readonly rows: Int32Array
  /** By position in `rows`, none negative, mean 1. */
  readonly weights: Float64Array
  /** (sum of weights)^2 / sum of squared weights: how many rows of equal weight would average as steadily (Kish). */
  readonly effectiveRows: number
}

type Spanned = Pick<Labels, 'endTime'>

/**
 * Weight by average uniqueness: a label that shares its bars with nine others counts a tenth. All weights are positive.
 * @throws LabError `bad-labels`, `bad-rows`, `bad-weight` where there is no row
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 4.4
 */
export function uniquenessWeights(labels: Spanned, time: Float64Array, options: RowsOption = {}): SampleWeights {
  const spans = labelSpans(labels, time, options)
  return sampleWeights('uniqueness', spans.rows, averageUniqueness(spans))
}

/**
 * Weight by the size of the return that is a label's own: each bar's log return is divided among the labels that use it, and the parts of one label are added up.
 * Large moves that few labels share count most; the weight is 0 where the parts cancel. A bar with a missing close has no return, and the bar after it the return since the last known close.
 * @throws LabError `bad-labels`, `bad-rows`, `bad-weight` where there is no row or the price never moves
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 4.6
 */
export function returnAttributionWeights(labels: Spanned, { time, close }: Bars, options: RowsOption = {}): SampleWeights {
  const spans = labelSpans(labels, time, options)
  const shares = labelConcurrency(spans)
  let known = NaN
  const before = runningSums(spans.bars, (bar) => {
    if (!isPrice(close[bar]!)) return 0
    const change = Number.isNaN(known) ? 0 : Math.log(close[bar]! / known)
    known = close[bar]!
    return shares[bar] === 0 ? 0 : change / shares[bar]!
  })
  const own = Float64Array.from(spans.rows, (_, k) => Math.abs(before[spans.last[k]! + 1]! - before[spans.first[k]!]!))
  return sampleWeights('return attribution', spans.rows, own)
}

export interface TimeDecayOptions extends RowsOption {
  /**
   * Weight at the beginning, where the newest row has 1: above -1, at most 1. 1: no decay; 0 to 1: a line that starts there before the oldest row; below 0: the
   * oldest share -c of the cumulative uniqueness has weight 0.
   */
  readonly c: number
}

/**
 * Weight that falls with age, where age is counted in cumulative average uniqueness and not in days: many labels of the same bars age little. Piecewise linear;
 * scaled to mean 1 at the end.
 * @throws LabError `bad-decay`, `bad-labels`, `bad-rows`, `bad-weight`
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 4.7
 */
export function timeDecayWeights(labels: Spanned, time: Float64Array, { c, ...options }: TimeDecayOptions): SampleWeights {
  if (!(c > -1 && c <= 1))
    throw new LabError('bad-decay', 'The decay makes no sense.', {
      received: `c ${c}`,
      expected: 'above -1 and at most 1',
      help: 'c: 0.5 halves the weight of the oldest row; c: 1 is no decay',
    })
  const spans = labelSpans(labels, time, options)
  const age = averageUniqueness(spans)
  for (let k = 1; k < age.length; k++) age[k]! += age[k - 1]!
  const total = age.at(-1) ?? NaN
  const slope = c >= 0 ? (1 - c) / total : 1 / ((1 + c) * total)
  return sampleWeights(
    'time decay',
    spans.rows,
    age.map((value) => Math.max(0, 1 - slope * (total - value))),
  )
}

/**
 * Weight that grows (or falls) evenly with the bar number, from `from` at the first of the rows to `to` at the last; scaled to mean 1, so that only their ratio counts.
 * @param rows bar numbers, increasing. @throws LabError `bad-rows`, `bad-weight`
 */
export function linearRampWeights(rows: Int32Array, { from, to }: { readonly from: number; readonly to: number }): SampleWeights {
  checkedRows(rows, Infinity)
  const length = rows.length > 1 ? rows.at(-1)! - rows[0]! : 1
  return sampleWeights(
    'linear ramp',
    rows,
    Float64Array.from(rows, (row) => from + ((to - from) * (row - rows[0]!)) / length),
  )
}

/** Product of weights of the same rows, scaled to mean 1: return attribution with time decay, for example. @throws LabError `bad-rows`, `bad-weight` */
export function combineWeights(...parts: readonly [SampleWeights, ...SampleWeights[]]): SampleWeights {
  const { rows } = parts[0]
  const other = parts.find((part) => part.rows.length !== rows.length || part.rows.some((row, k) => row !== rows[k]))
  if (other !== undefined)
    throw new LabError('bad-rows', 'The weights are of different rows.', {
      received: `${parts[0].name} of ${rows.length} rows, ${other.name} of ${other.rows.length}`,
      expected: 'the same rows',
      help: 'give each of them the training rows: { rows }',
    })
  const product = Float64Array.from(rows, (_, k) => parts.reduce((value, { weights }) => value * weights[k]!, 1))
  return sampleWeights(parts.map(({ name }) => name).join(' x '), rows, product)
}

/** Scales to mean 1. */
function sampleWeights(name: string, rows: Int32Array, raw: Float64Array): SampleWeights {
  const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length
  const wrong = raw.findIndex((value) => !(value >= 0 && value < Infinity))
  if (wrong >= 0 || !(mean > 0))
    throw new LabError('bad-weight', 'There are no weights to be had.', {
      received:
        rows.length === 0
          ? 'no row with a label'
          : wrong < 0
            ? `${name} of ${rows.length} rows, all 0`
            : `${name} ${raw[wrong]} in row ${rows[wrong]}`,
      expected: 'rows whose weights are not negative and not all 0',
      help: 'look at the labels and the settings: display(labels)',
    })
  const weights = raw.map((value) => value / mean)
  let [low, high, squares] = [Infinity, 0, 0]
  for (const value of weights) {
    low = Math.min(low, value)
    high = Math.max(high, value)
    squares += value * value
  }
  const effectiveRows = rows.length ** 2 / squares
  const text = `${name}: ${rows.length} rows, weights ${low.toPrecision(3)} to ${high.toPrecision(3)}, mean 1; as steady as ${Math.round(effectiveRows)} rows of equal weight`
  return { name, rows, weights, effectiveRows, [DISPLAY]: () => ({ 'text/plain': text }) }
}
