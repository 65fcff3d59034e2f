import type { Column } from '../column.js'
import { kernelColumn } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

/** By blocks: see rolling-sum.ts. */
function extreme(kernel: string, a: Column, period: number): Column {
  checkPeriod(kernel, period, 1)
  return kernelColumn({ kernel, inputs: [a], params: [period], reach: period - 1, warmup: period - 1, state: period + 3 })
}

/** Largest of the last `period` values (TA-Lib MAX). */
export function rollingMax(a: Column, period: number): Column {
  return extreme('max_of', a, period)
}

/** Smallest of the last `period` values (TA-Lib MIN). */
export function rollingMin(a: Column, period: number): Column {
  return extreme('min_of', a, period)
}

/**
 * How many bars ago the largest (sign 1) or smallest (sign -1) of the last `period` values stood: 0 is now. Of equal ones the latest counts, or the earliest.
 * O(1) a bar, for any data.
 */
export function barsSinceExtreme(a: Column, period: number, sign: 1 | -1, ties: 'latest' | 'earliest' = 'latest'): Column {
  checkPeriod('barsSinceExtreme', period, 1)
  const params = [period, sign, ties === 'latest' ? 1 : 0]
  return kernelColumn({ kernel: 'bars_since_extreme', inputs: [a], params, reach: period - 1, warmup: period - 1, state: 2 * period + 4 })
}
