import { column, type Column } from './column.js'
import { add, map2, mapAll, scale } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { change } from './operators/lags.js'
import { rollingMax, rollingMin } from './operators/rolling-extremes.js'
import { rollingLine } from './operators/rolling-line.js'
import { rollingSum, sma } from './operators/rolling-sum.js'
import { ema } from './operators/smoothing.js'

/** Value of the rolling line at a place: `middle` 0, end of the window 1/2 (period - 1), ... */
function onLine(a: Column, period: number, fromMiddle: number): Column {
  const { mean, slope } = rollingLine(a, period)
  return column({
    name: 'on_line',
    inputs: [mean, slope],
    params: [fromMiddle],
    start: ([m, b], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = m![i]! + fromMiddle * b![i]!
      }
    },
  })
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

const twice = (a: number, b: number): number => 2 * a - b
const triple = ([a, b, c]: readonly number[]): number => 3 * a! - 3 * b! + c!

/** Double exponential average 2 EMA - EMA(EMA) (Mulloy 1994; TA-Lib DEMA). */
export function dema(a: Column, period: number): Column {
  const first = ema(a, period)
  return map2(first, ema(first, period), twice)
}

/** Triple exponential average (Mulloy 1994; TA-Lib TEMA). */
export function tema(a: Column, period: number): Column {
  const first = ema(a, period)
  const second = ema(first, period)
  return mapAll([first, second, ema(second, period)], triple)
}

/** Triangular average: a mean of means (TA-Lib TRIMA). */
export function trima(a: Column, period: number): Column {
  const half = Math.floor(period / 2)
  return period % 2 === 0 ? sma(sma(a, half), half + 1) : sma(sma(a, half + 1), half + 1)
}

/** Tillson's T3 with volume factor `factor` (TA-Lib T3). */
export function t3(a: Column, period: number, factor = 0.7): Column {
  const cascade = [a]
  for (let k = 0; k < 6; k++) cascade.push(ema(cascade[k]!, period))
  const f2 = factor * factor
  const f3 = f2 * factor
  const parts: [number, Column][] = [
    [-f3, cascade[6]!],
    [3 * (f2 + f3), cascade[5]!],
    [-6 * f2 - 3 * (factor + f3), cascade[4]!],
    [1 + 3 * factor + f3 + 3 * f2, cascade[3]!],
  ]
  return column({
    name: 't3_mix',
    inputs: parts.map(([, part]) => part),
    params: [factor],
    start: ([w, x, y, z], [out]) => {
      const [a0, a1, a2, a3] = parts.map(([weight]) => weight) as [number, number, number, number]
      return (from, to) => {
        for (let i = from; i < to; i++) out![i] = a0 * w![i]! + a1 * x![i]! + a2 * y![i]! + a3 * z![i]!
      }
    },
  })
}

/** Hull's average: WMA of 2 WMA(period / 2) - WMA(period) over sqrt(period) (Hull 2005). */
export function hma(a: Column, period: number): Column {
  checkPeriod('hma', period, 4)
  return wma(map2(wma(a, Math.floor(period / 2)), wma(a, period), twice), Math.floor(Math.sqrt(period)))
}

/** Kaufman's adaptive average, from 2 to 30 bars by the efficiency of the move (TA-Lib KAMA): begins at the value before its first. */
export function kama(a: Column, period: number): Column {
  const move = change(a, period)
  const path = rollingSum(absoluteChange(a), period)
  return column({
    name: 'kama',
    inputs: [a, move, path],
    params: [period],
    reach: 1,
    start: ([x, m, p], [y]) => {
      const [fast, slow] = [2 / 3, 2 / 31]
      let before = NaN
      return (from, to) => {
        let value = before
        for (let i = from; i < to; i++) {
          const total = p![i]!
          if (total !== total) {
            y![i] = value = NaN
            continue
          }
          if (value !== value) value = x![i - 1]!
          // A flat window has moved all of the nothing it could: efficiency 1, as TA-Lib has it.
          const efficiency = total <= 0 || total <= Math.abs(m![i]!) ? 1 : Math.abs(m![i]!) / total
          const pace = efficiency * (fast - slow) + slow
          y![i] = value += (x![i]! - value) * pace * pace
        }
        before = value
      }
    },
  })
}

export function absoluteChange(a: Column, bars = 1): Column {
  const moved = change(a, bars)
  return column({
    name: 'absolute',
    inputs: [moved],
    start: ([x], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = Math.abs(x![i]!)
      }
    },
  })
}

/** Middle between the extremes of the last `period` values of one column (TA-Lib MIDPOINT) or of two (MIDPRICE). */
export function middle(top: Column, bottom: Column, period: number): Column {
  return scale(add(rollingMax(top, period), rollingMin(bottom, period)), 0.5)
}
