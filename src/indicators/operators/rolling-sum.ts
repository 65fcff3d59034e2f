import type { Column } from '../column.js'
import { kernelColumn } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

/**
 * Rolling statistics over the last `period` values without running sums.
 *
 * A running sum that adds the new value and subtracts the old one drifts, and after one bad tick stays wrong for ever. Here the series is cut into blocks
 * of `period` values: every window is the tail of one block joined to the head of the next, and both are accumulated by adding only (van Herk 1992,
 * Gil & Werman 1993). So the error of a window comes from its own values alone, and a spike leaves with the window. O(1) a bar: the tails of a
 * block are summed once, when it is full.
 */

/** Sum of the last `period` values (TA-Lib SUM). */
export function rollingSum(a: Column, period: number): Column {
  checkPeriod('rollingSum', period, 1)
  return kernelColumn({ kernel: 'sum', inputs: [a], params: [period], reach: period - 1, warmup: period - 1, state: period + 3 })
}

/** Mean of the last `period` values (TA-Lib SMA). Summed as distances from one of them: of equal values it is exactly that value. */
export function sma(a: Column, period: number): Column {
  checkPeriod('sma', period, 1)
  return kernelColumn({ kernel: 'sma', inputs: [a], params: [period], reach: period - 1, warmup: period - 1, state: period + 5 })
}
