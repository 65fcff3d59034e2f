import type { Column } from './column.js'
import { kernelColumn } from './kernel-operator.js'
import { add, scale, weightedSum } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { absoluteChange, change } from './operators/lags.js'
import { rollingMax, rollingMin } from './operators/rolling-extremes.js'
import { rollingLine } from './operators/rolling-line.js'
import { rollingSum, sma } from './operators/rolling-sum.js'
import { emaMix } from './operators/smoothing.js'

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

/** Double exponential average 2 EMA - EMA(EMA) (Mulloy 1994; TA-Lib DEMA). */
export const dema = (a: Column, period: number): Column => emaMix(a, [period, period], [2])

/** Triple exponential average 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)) (Mulloy 1994; TA-Lib TEMA). */
export const tema = (a: Column, period: number): Column => emaMix(a, [period, period, period], [3, -3])

/** Triangular average: a mean of means (TA-Lib TRIMA). */
export function trima(a: Column, period: number): Column {
  checkPeriod('trima', period, 2)
  const half = Math.floor(period / 2)
  return period % 2 === 0 ? sma(sma(a, half), half + 1) : sma(sma(a, half + 1), half + 1)
}

/** Tillson's T3 with volume factor `factor` (TA-Lib T3). */
export function t3(a: Column, period: number, factor = 0.7): Column {
  const f2 = factor * factor
  const f3 = f2 * factor
  const weights = [0, 0, 1 + 3 * factor + f3 + 3 * f2, -6 * f2 - 3 * (factor + f3), 3 * (f2 + f3)]
  return emaMix(a, Array<number>(6).fill(period), weights)
}

/** Hull's average: WMA of 2 WMA(period / 2) - WMA(period) over sqrt(period) (Hull 2005; TA-Lib HMA). */
export function hma(a: Column, period: number): Column {
  checkPeriod('hma', period, 4)
  return wma(weightedSum(wma(a, Math.floor(period / 2)), 2, wma(a, period), -1), Math.floor(Math.sqrt(period)))
}

/** Kaufman's adaptive average, from 2 to 30 bars by the efficiency of the move (TA-Lib KAMA): begins at the value before its first. */
export function kama(a: Column, period: number): Column {
  const path = rollingSum(absoluteChange(a), period)
  return kernelColumn({ kernel: 'kama', inputs: [a, change(a, period), path], params: [period], settings: [], reach: 1, state: 2 })
}

/** Middle between the extremes of the last `period` values of one column (TA-Lib MIDPOINT) or of two (MIDPRICE). */
export function middle(top: Column, bottom: Column, period: number): Column {
  return scale(add(rollingMax(top, period), rollingMin(bottom, period)), 0.5)
}
