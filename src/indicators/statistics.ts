import { column, type Column } from './column.js'
import { divide, scale } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { lag, logChange } from './operators/lags.js'
import { map, map3, mapAll } from './operators/own-functions.js'
import { rollingMoments } from './operators/rolling-moments.js'
import { rollingCorrelation } from './operators/rolling-pair.js'
import { sma } from './operators/rolling-sum.js'

/** (value - mean) / population standard deviation of the last `period` values, this one included; 0 in a flat window. */
export function zScore(a: Column, period: number): Column {
  const { mean, std } = rollingMoments(a, period)
  return map3(a, mean, std, score)
}
const score = (value: number, mean: number, std: number): number => (std === 0 ? 0 : (value - mean) / std)

/** Correlation of a column with itself `bars` earlier over `period` values, -1..1; NaN in a flat window. */
export function autocorrelation(a: Column, bars: number, period: number): Column {
  return rollingCorrelation(a, lag(a, bars), period)
}

/** Variance of `bars`-bar log changes / (bars x variance of one-bar changes), means taken as 0: 1 for a random walk, above for trends (Lo & MacKinlay 1988). */
export function varianceRatio(a: Column, bars: number, period: number): Column {
  return scale(divide(sma(map(logChange(a, bars), square), period), sma(map(logChange(a), square), period)), 1 / bars)
}
const square = (v: number): number => v * v

const HURST_LAGS = [1, 2, 4, 8, 16] as const

/**
 * Hurst exponent from the growth of moves with their length: least-squares slope of ln(root mean square of log changes over k bars) on ln k, k = 1, 2, 4, 8, 16, over
 * `period` moves each. 0.5 for a random walk, above for trends, below for mean reversion. (Generalised Hurst exponent, q = 2.) NaN where prices stood still.
 */
export function hurstExponent(a: Column, period: number): Column {
  return mapAll(
    HURST_LAGS.map((k) => sma(map(logChange(a, k), square), period)),
    hurstSlope,
  )
}
const logLags = HURST_LAGS.map((k) => Math.log(k))
const meanLogLag = logLags.reduce((a, b) => a + b) / logLags.length
const lagSpread = logLags.reduce((sum, v) => sum + (v - meanLogLag) ** 2, 0)
const hurstSlope = (meanSquares: readonly number[]): number => {
  let sum = 0
  for (let k = 0; k < meanSquares.length; k++) sum += (logLags[k]! - meanLogLag) * 0.5 * Math.log(meanSquares[k]!)
  return sum / lagSpread
}

/**
 * Permutation entropy of order 3 over the last `period` patterns, 0..1 (Bandt & Pompe 2002): how evenly the six orderings of three neighbouring values occur. 1: no
 * order at all. Of equal values the earlier counts as smaller. O(1) a bar: whole counts, so nothing drifts.
 */
export function permutationEntropy(a: Column, period: number): Column {
  checkPeriod('permutationEntropy', period, 2)
  return column({
    name: 'permutation_entropy',
    inputs: [a],
    params: [period],
    reach: period + 2,
    warmup: period + 1,
    start: ([x], [y]) => {
      const counts = new Int32Array(6)
      const terms = Float64Array.from({ length: period + 1 }, (_, n) =>
        n === 0 ? 0 : -(n / period) * (Math.log(n / period) / Math.log(6)),
      )
      const run = new Float64Array(1)
      return (from, to) => entropies(x!, y!, period, counts, terms, run, from, to)
    },
  })
}

/**
 * @param counts how often each of the six orderings occurs
 * @param terms [n]: share of the entropy of an ordering that occurs n times
 * @param run values since the last break
 */
function entropies(
  x: Float64Array,
  y: Float64Array,
  period: number,
  counts: Int32Array,
  terms: Float64Array,
  run: Float64Array,
  from: number,
  to: number,
): void {
  let known = run[0]!
  for (let i = from; i < to; i++) {
    if (x[i] !== x[i]) {
      known = 0
      counts.fill(0)
      y[i] = NaN
      continue
    }
    known += 1
    if (known >= 3) counts[ordering(x, i)]! += 1
    if (known > period + 2) counts[ordering(x, i - period)]! -= 1
    let sum = 0
    for (let k = 0; k < 6; k++) sum += terms[counts[k]!]!
    y[i] = known >= period + 2 ? sum : NaN
  }
  run[0] = known
}

/** Which of the six orderings the three values that end at `i` have. */
function ordering(x: Float64Array, i: number): number {
  const a = x[i - 2]!
  const b = x[i - 1]!
  const c = x[i]!
  if (b < a) return c < b ? 0 : c < a ? 1 : 2
  return c < a ? 3 : c < b ? 4 : 5
}

/**
 * Fractional difference of order `order` (0..1) with a fixed window (Hosking 1981; Lopez de Prado 2018, ch. 5): sum of w_k a[t - k], w_0 = 1, w_k = -w_(k-1) (order - k + 1) / k,
 * over `period` values. Keeps memory that whole differences throw away. O(period) a bar.
 */
export function fractionalDifference(a: Column, order: number, period: number): Column {
  checkPeriod('fractionalDifference', period, 2)
  const weights = new Float64Array(period)
  weights[0] = 1
  for (let k = 1; k < period; k++) weights[k] = (-weights[k - 1]! * (order - k + 1)) / k
  return column({
    name: 'fractional_difference',
    inputs: [a],
    params: [order, period],
    reach: period - 1,
    warmup: period - 1,
    start: ([x], [y]) => {
      const run = new Float64Array(1)
      return (from, to) => differences(x!, y!, weights, run, from, to)
    },
  })
}

/** @param run values since the last break */
function differences(x: Float64Array, y: Float64Array, weights: Float64Array, run: Float64Array, from: number, to: number): void {
  const period = weights.length
  let known = run[0]!
  for (let i = from; i < to; i++) {
    known = x[i] === x[i] ? known + 1 : 0
    let sum = 0
    if (known < period) sum = NaN
    else for (let k = 0; k < period; k++) sum += weights[k]! * x[i - k]!
    y[i] = sum
  }
  run[0] = known
}
