import { LabError } from '../core/index.js'
import { isPrice } from './known-price.js'

/**
 * The size of a usual one-bar move at each bar, as a share of the price: the exponentially weighted standard deviation of `span` bars, or a column of your own,
 * one positive number a bar, that must use nothing after its bar.
 */
export type VolatilityTarget = { readonly span: number } | Float64Array

/**
 * Exponentially weighted standard deviation of one-bar log returns: bar t uses closes up to and including t. Weights fall by 1 - 2 / (span + 1) a bar, the weighted mean
 * is taken off, and the bias of the weighted variance is corrected: pandas' `log_returns.ewm(span=span).std()`. Per bar, not annualised.
 *
 * NaN before there are `span` returns and where the close is missing. The two returns beside a missing close are left out while the older ones still age a bar; after
 * `span` bars in a row without a return it begins anew, as what it knew is too old.
 * @param close prices; @param span whole number, 2 or more. @throws LabError `bad-span`
 */
export function ewmVolatility(close: Float64Array, span: number): Float64Array {
  if (!Number.isInteger(span) || span < 2)
    throw new LabError('bad-span', 'The span of the volatility is not a number of bars.', {
      received: String(span),
      expected: 'a whole number, 2 or more',
      help: 'for example volatility: { span: 50 }',
    })
  const out = new Float64Array(close.length).fill(NaN)
  const keep = 1 - 2 / (span + 1)
  let [mean, variance, count] = [0, 0, 0]
  // Sums of the weights and of their squares.
  let [weights, squares] = [0, 0]
  let gap = 0
  for (let i = 1; i < close.length; i++) {
    const known = isPrice(close[i]!)
    weights *= keep
    squares *= keep * keep
    gap += 1
    if (gap === span + 1) [mean, variance, count, weights, squares] = [0, 0, 0, 0, 0]
    if (known && isPrice(close[i - 1]!)) {
      const change = Math.log(close[i]! / close[i - 1]!) - mean
      const share = 1 / (weights + 1)
      mean += share * change
      variance = (1 - share) * (variance + share * change * change)
      weights += 1
      squares += 1
      count += 1
      gap = 0
    }
    if (known && count >= span) out[i] = Math.sqrt((variance * weights * weights) / (weights * weights - squares))
  }
  return out
}

/** The volatility as a column. @throws LabError `bad-span`, `bad-volatility`, `too-few-bars` where it has no value at all */
export function volatilityColumn(close: Float64Array, target: VolatilityTarget): Float64Array {
  if (target instanceof Float64Array) return checkedColumn(close, target)
  const volatility = ewmVolatility(close, target.span)
  if (close.length <= target.span)
    throw new LabError('too-few-bars', 'The volatility of the labels has no value yet.', {
      received: `${close.length} bars`,
      expected: `more than its span of ${target.span} bars`,
      help: 'use more history or a shorter span',
    })
  return volatility
}

function checkedColumn(close: Float64Array, column: Float64Array): Float64Array {
  const bad = column.findIndex((value) => value < 0 || value === Infinity)
  if (column.length === close.length && bad < 0) return column
  throw new LabError('bad-volatility', 'The volatility does not fit the bars.', {
    received: bad < 0 ? `${column.length} values beside ${close.length} bars` : `${column[bad]} at bar ${bad}`,
    expected: 'one positive number a bar, NaN where it is not known',
    help: 'compute the column from the same bars, or give { span: 50 }',
  })
}
