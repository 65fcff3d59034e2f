import type { Column } from '../column.js'
import { kernelOperator } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

export interface RollingShape {
  /** Skewness with the bias correction of pandas and Excel; NaN for a flat window. */
  readonly skewness: Column
  /** Excess kurtosis with the bias correction of pandas and Excel; NaN for a flat window. */
  readonly kurtosis: Column
}

/**
 * Skewness and excess kurtosis of the last `period` values (at least 4), by blocks (see rolling-sum.ts): central moments of head and tail are joined by the formulas
 * of Pebay (2008), so nothing is subtracted from running sums of fourth powers.
 */
export function rollingShape(a: Column, period: number): RollingShape {
  checkPeriod('rollingShape', period, 4)
  const warmup = [period - 1, period - 1]
  const [skewness, kurtosis] = kernelOperator({
    kernel: 'shape',
    inputs: [a],
    params: [period],
    reach: period - 1,
    warmup,
    state: 4 * period + 13,
  })
  return { skewness: skewness!, kurtosis: kurtosis! }
}
