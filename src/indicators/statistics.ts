import type { Column } from './column.js'
import { kernelColumn } from './kernel-operator.js'
import { divide, scale, squared } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { lag, logChange } from './operators/lags.js'
import { rollingMoments } from './operators/rolling-moments.js'
import { rollingCorrelation } from './operators/rolling-pair.js'
import { sma } from './operators/rolling-sum.js'

/** (value - mean) / population standard deviation of the last `period` values, this one included; 0 in a flat window. */
export function zScore(a: Column, period: number): Column {
  const { mean, std } = rollingMoments(a, period)
  return kernelColumn({ kernel: 'z_score', inputs: [a, mean, std] })
}

/** Correlation of a column with itself `bars` earlier over `period` values, -1..1; NaN in a flat window. */
export function autocorrelation(a: Column, bars: number, period: number): Column {
  return rollingCorrelation(a, lag(a, bars), period)
}

/** Variance of `bars`-bar log changes / (bars x variance of one-bar changes), means taken as 0: 1 for a random walk, above for trends (Lo & MacKinlay 1988). */
export function varianceRatio(a: Column, bars: number, period: number): Column {
  return scale(divide(sma(squared(logChange(a, bars)), period), sma(squared(logChange(a)), period)), 1 / bars)
}

/**
 * Hurst exponent from the growth of moves with their length: least-squares slope of ln(root mean square of log changes over k bars) on ln k, k = 1, 2, 4, 8, 16, over
 * `period` moves each. 0.5 for a random walk, above for trends, below for mean reversion. (Generalised Hurst exponent, q = 2.) NaN where prices stood still.
 */
export function hurstExponent(a: Column, period: number): Column {
  const meanSquares = [1, 2, 4, 8, 16].map((bars) => sma(squared(logChange(a, bars)), period))
  return kernelColumn({ kernel: 'hurst_slope', inputs: meanSquares })
}

/**
 * Permutation entropy of order 3 over the last `period` patterns, 0..1 (Bandt & Pompe 2002): how evenly the six orderings of three neighbouring values occur. 1: no
 * order at all. Of equal values the earlier counts as smaller. O(1) a bar: whole counts, so nothing drifts.
 */
export function permutationEntropy(a: Column, period: number): Column {
  checkPeriod('permutationEntropy', period, 2)
  const needs = { reach: period + 2, warmup: period + 1, state: period + 8 }
  return kernelColumn({ kernel: 'permutation_entropy', inputs: [a], params: [period], ...needs })
}

/**
 * Fractional difference of order `order` (0..1) with a fixed window (Hosking 1981; Lopez de Prado 2018, ch. 5): sum of w_k a[t - k], w_0 = 1, w_k = -w_(k-1) (order - k + 1) / k,
 * over `period` values. Keeps memory that whole differences throw away. O(period) a bar.
 */
export function fractionalDifference(a: Column, order: number, period: number): Column {
  checkPeriod('fractionalDifference', period, 2)
  const needs = { reach: period - 1, warmup: period - 1, state: period + 1 }
  return kernelColumn({ kernel: 'fractional_difference', inputs: [a], params: [order, period], settings: [period, order], ...needs })
}
