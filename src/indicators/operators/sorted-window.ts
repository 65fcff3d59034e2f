import type { Column } from '../column.js'
import { kernelOperator } from '../kernel-operator.js'
import { LabError } from '../../core/index.js'
import { checkPeriod } from './check-period.js'

export interface SortedWindow {
  /** Rank of the newest of the last `period` values as a share, ties averaged: 1 / period .. 1 (pandas rank(pct=True)). */
  readonly rank: Column
  /** One column for each of the asked for quantiles, linear between neighbours (numpy's default). */
  readonly quantiles: readonly Column[]
}

/**
 * Keeps the last `period` values sorted: O(period) a bar, but only by moving what lies between the value that goes and the value that comes.
 * @throws LabError `bad-quantile` outside 0..1
 */
export function sortedWindow(a: Column, period: number, quantiles: readonly number[] = []): SortedWindow {
  checkPeriod('sortedWindow', period, 1)
  for (const quantile of quantiles)
    if (!(quantile >= 0 && quantile <= 1))
      throw new LabError('bad-quantile', 'This is not a quantile.', {
        received: String(quantile),
        expected: 'a number from 0 to 1',
        help: 'correct it',
      })
  const [rank, ...rest] = kernelOperator({
    kernel: 'sorted_window',
    inputs: [a],
    params: [period, ...quantiles],
    settings: [period, ...quantiles.map((q) => q * (period - 1))],
    counted: true,
    reach: period,
    warmup: [period - 1, ...quantiles.map(() => period - 1)],
    state: period + 1,
  })
  return { rank: rank!, quantiles: rest }
}
