import type { Column } from '../column.js'
import { kernelColumn, kernelOperator } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'
import { rollingMoments } from './rolling-moments.js'

export interface RollingLine {
  /** Change a bar of the least-squares line (TA-Lib LINEARREG_SLOPE). */
  readonly slope: Column
  /** Mean of the window. */
  readonly mean: Column
  /** Share of the variance that the line explains, 0..1; 0 for a flat window. */
  readonly rSquare: Column
}

/**
 * Least-squares line through the last `period` values, by blocks (see rolling-sum.ts): for head and tail the sums of d and k d (k the place in
 * the window, d the distance from a value of the block) are enough to join them. Other lines follow from mean and slope: the line's end is mean + slope (period - 1) / 2.
 */
export function rollingLine(a: Column, period: number): RollingLine {
  checkPeriod('rollingLine', period, 2)
  const warmup = [period - 1, period - 1]
  const [slope, mean] = kernelOperator({
    kernel: 'line',
    inputs: [a],
    params: [period],
    reach: period - 1,
    warmup,
    state: 2 * period + 6,
  })
  const { variance } = rollingMoments(a, period)
  const rSquare = kernelColumn({ kernel: 'explained', inputs: [slope!, variance], params: [(period * period - 1) / 12] })
  return { slope: slope!, mean: mean!, rSquare }
}
