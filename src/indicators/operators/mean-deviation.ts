import { column, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

/**
 * Mean absolute deviation of the last `period` values from their mean (TA-Lib AVGDEV). O(period) a bar: no way to join blocks keeps it exact.
 * @param mean `sma(a, period)`, which others need too
 */
export function meanDeviation(a: Column, mean: Column, period: number): Column {
  checkPeriod('meanDeviation', period, 1)
  return column({
    name: 'mean_deviation',
    inputs: [a, mean],
    params: [period],
    reach: period - 1,
    start:
      ([x, m], [y]) =>
      (from, to) =>
        deviations(x!, m!, y!, period, from, to),
  })
}

function deviations(x: Float64Array, mean: Float64Array, y: Float64Array, period: number, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const centre = mean[i]!
    let sum = 0
    if (centre !== centre) sum = NaN
    else for (let k = i - period + 1; k <= i; k++) sum += Math.abs(x[k]! - centre)
    y[i] = sum / period
  }
}
