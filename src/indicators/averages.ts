import { column, type Column } from './column.js'
import { add, scale, weightedSum } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { absoluteChange, change } from './operators/lags.js'
import { map3 } from './operators/own-functions.js'
import { rollingMax, rollingMin } from './operators/rolling-extremes.js'
import { rollingLine } from './operators/rolling-line.js'
import { rollingSum, sma } from './operators/rolling-sum.js'
import { emaCascade } from './operators/smoothing-cascade.js'

/** Value of the rolling line at a place: `middle` 0, end of the window 1/2 (period - 1), ... */
function onLine(a: Column, period: number, fromMiddle: number): Column {
  const { mean, slope } = rollingLine(a, period)
  return weightedSum(mean, 1, slope, fromMiddle)
}

/** Weighted moving average, weights 1, 2, .. period (TA-Lib WMA). A weighted mean with linear weights is a point on the least-squares line. */
export function wma(a: Column, period: number): Column {
  return period === 1 ? a : onLine(a, period, (period - 1) / 6)
}

/** End of the least-squares line over `period` values (TA-Lib LINEARREG). */
export const linearRegression = (a: Column, period: number): Column => onLine(a, period, (period - 1) / 2)
/** Beginning of the same line (TA-Lib LINEARREG_INTERCEPT). */
export const linearRegressionIntercept = (a: Column, period: number): Column => onLine(a, period, -(period - 1) / 2)
/** The same line one bar further (TA-Lib TSF). */
export const timeSeriesForecast = (a: Column, period: number): Column => onLine(a, period, (period + 1) / 2)

const triple = (a: number, b: number, c: number): number => 3 * (a - b) + c

/** Double exponential average 2 EMA - EMA(EMA) (Mulloy 1994; TA-Lib DEMA). */
export function dema(a: Column, period: number): Column {
  const [first, second] = emaCascade(a, [period, period])
  return weightedSum(first!, 2, second!, -1)
}

/** Triple exponential average (Mulloy 1994; TA-Lib TEMA). */
export function tema(a: Column, period: number): Column {
  const [first, second, third] = emaCascade(a, [period, period, period])
  return map3(first!, second!, third!, triple)
}

/** Triangular average: a mean of means (TA-Lib TRIMA). */
export function trima(a: Column, period: number): Column {
  checkPeriod('trima', period, 2)
  const half = Math.floor(period / 2)
  return period % 2 === 0 ? sma(sma(a, half), half + 1) : sma(sma(a, half + 1), half + 1)
}

/** Tillson's T3 with volume factor `factor` (TA-Lib T3). */
export function t3(a: Column, period: number, factor = 0.7): Column {
  const stages = emaCascade(a, Array<number>(6).fill(period))
  const f2 = factor * factor
  const f3 = f2 * factor
  // The weights of the last four stages add up to 1: the last one is what the others are distances from.
  const weights = [1 + 3 * factor + f3 + 3 * f2, -6 * f2 - 3 * (factor + f3), 3 * (f2 + f3)]
  return column({
    name: 't3_mix',
    inputs: stages.slice(2),
    params: [factor],
    start:
      ([c, d, e, f], [y]) =>
      (from, to) =>
        mixT3(c!, d!, e!, f!, weights, y!, from, to),
  })
}

function mixT3(
  c: Float64Array,
  d: Float64Array,
  e: Float64Array,
  f: Float64Array,
  weights: readonly number[],
  y: Float64Array,
  from: number,
  to: number,
): void {
  const [p, q, r] = weights as [number, number, number]
  for (let i = from; i < to; i++) {
    const last = f[i]!
    y[i] = last + p * (c[i]! - last) + q * (d[i]! - last) + r * (e[i]! - last)
  }
}

/** Hull's average: WMA of 2 WMA(period / 2) - WMA(period) over sqrt(period) (Hull 2005; TA-Lib HMA). */
export function hma(a: Column, period: number): Column {
  checkPeriod('hma', period, 4)
  return wma(weightedSum(wma(a, Math.floor(period / 2)), 2, wma(a, period), -1), Math.floor(Math.sqrt(period)))
}

/** Kaufman's adaptive average, from 2 to 30 bars by the efficiency of the move (TA-Lib KAMA): begins at the value before its first. */
export function kama(a: Column, period: number): Column {
  return column({
    name: 'kama',
    inputs: [a, change(a, period), rollingSum(absoluteChange(a), period)],
    params: [period],
    reach: 1,
    start: ([x, move, path], [y]) => {
      const before = Float64Array.of(NaN)
      return (from, to) => adapt(x!, move!, path!, y!, before, from, to)
    },
  })
}

function adapt(
  x: Float64Array,
  move: Float64Array,
  path: Float64Array,
  y: Float64Array,
  before: Float64Array,
  from: number,
  to: number,
): void {
  const fast = 2 / 3
  const slow = 2 / 31
  let value = before[0]!
  for (let i = from; i < to; i++) {
    const total = path[i]!
    if (total !== total) {
      y[i] = value = NaN
      continue
    }
    if (value !== value) value = x[i - 1]!
    const moved = Math.abs(move[i]!)
    // A flat window has moved all of the nothing it could: efficiency 1, as TA-Lib has it.
    const efficiency = total <= moved ? 1 : moved / total
    const pace = efficiency * (fast - slow) + slow
    value += (x[i]! - value) * pace * pace
    y[i] = value
  }
  before[0] = value
}

/** Middle between the extremes of the last `period` values of one column (TA-Lib MIDPOINT) or of two (MIDPRICE). */
export function middle(top: Column, bottom: Column, period: number): Column {
  return scale(add(rollingMax(top, period), rollingMin(bottom, period)), 0.5)
}
