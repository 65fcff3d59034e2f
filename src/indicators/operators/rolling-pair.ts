import type { Column } from '../column.js'
import { kernelColumn, kernelOperator } from '../kernel-operator.js'
import { divide } from './arithmetic.js'
import { checkPeriod } from './check-period.js'

export interface RollingPair {
  /** Population covariance. */
  readonly covariance: Column
  readonly varianceA: Column
  readonly varianceB: Column
}

/** Covariance and variances of the last `period` values of two columns, by blocks and joined as in rolling-moments.ts. A break in either is a break. */
export function rollingPair(a: Column, b: Column, period: number): RollingPair {
  checkPeriod('rollingPair', period, 2)
  const warmup = [period - 1, period - 1, period - 1]
  const [covariance, varianceA, varianceB] = kernelOperator({
    kernel: 'pair',
    inputs: [a, b],
    params: [period],
    reach: period - 1,
    warmup,
    state: 6 * period + 11,
  })
  return { covariance: covariance!, varianceA: varianceA!, varianceB: varianceB! }
}

/** Pearson correlation of the last `period` values, -1..1 (TA-Lib CORREL); NaN where either is flat. */
export function rollingCorrelation(a: Column, b: Column, period: number): Column {
  const { covariance, varianceA, varianceB } = rollingPair(a, b, period)
  return kernelColumn({ kernel: 'correlation', inputs: [covariance, varianceA, varianceB] })
}

/** Slope of `a` on `b` over the last `period` values: covariance / variance of `b`; NaN where `b` is flat. */
export function rollingSlopeOn(a: Column, b: Column, period: number): Column {
  const { covariance, varianceB } = rollingPair(a, b, period)
  return divide(covariance, varianceB)
}
