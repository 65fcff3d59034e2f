import type { Column } from '../column.js'
import { kernelColumn } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

/**
 * Mean absolute deviation of the last `period` values from their mean (TA-Lib AVGDEV). O(period) a bar: no way to join blocks keeps it exact.
 * @param mean `sma(a, period)`, which others need too
 */
export function meanDeviation(a: Column, mean: Column, period: number): Column {
  checkPeriod('meanDeviation', period, 1)
  return kernelColumn({ kernel: 'mean_deviation', inputs: [a, mean], params: [period], reach: period - 1 })
}
