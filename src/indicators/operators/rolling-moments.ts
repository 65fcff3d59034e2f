import type { Column } from '../column.js'
import { kernelOperator } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

export interface Moments {
  readonly mean: Column
  /** Population variance (divided by `period`): exactly 0 for a flat window. */
  readonly variance: Column
  /** Its root (TA-Lib STDDEV with 1 deviation). */
  readonly std: Column
}

/**
 * Mean, variance and standard deviation of the last `period` values, by blocks (see rolling-sum.ts). Head and tail are each summed around a value of
 * their own and joined by the formula of Chan, Golub & LeVeque (1979): no cancellation at high price levels, where sums of squares lose half their digits.
 */
export function rollingMoments(a: Column, period: number): Moments {
  checkPeriod('rollingMoments', period, 2)
  const warmup = [period - 1, period - 1, period - 1]
  const [mean, variance, std] = kernelOperator({
    kernel: 'moments',
    inputs: [a],
    params: [period],
    reach: period - 1,
    warmup,
    state: 3 * period + 6,
  })
  return { mean: mean!, variance: variance!, std: std! }
}
