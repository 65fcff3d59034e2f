import { LabError } from '../core/index.js'
import { columnMoments, isConstant } from './column-moments.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { makeSelection, type ConstantColumn, type Selection } from './selection.js'
import { checkTrainingRows, inOrder, sortedColumnAt } from './training-rows.js'

/** When a column counts as constant. */
export interface DropConstantOptions {
  /** A column is dropped when its most frequent value fills more than this share of the training values. Default 1: only constant columns. */
  readonly maxShare?: number
  /** A column is dropped when its population variance is below this. Default 0: none. Mind that variances depend on units. */
  readonly minVariance?: number
}

/**
 * Drops columns that (almost) never change over `rows`, and those without any value there. A constant column is one whose values are equal, or differ by rounding
 * error only. Missing values do not count. The same for any order of `rows`.
 * @throws LabError `bad-selection-option`, `no-rows`, `bad-row`
 */
export function dropConstant(
  X: FeatureMatrix,
  rows: Int32Array,
  { maxShare = 1, minVariance = 0 }: DropConstantOptions = {},
): Selection<ConstantColumn> {
  if (!(maxShare > 0 && maxShare <= 1)) throw badSelectionOption('maxShare', maxShare, 'a share above 0, at most 1')
  if (!(minVariance >= 0 && minVariance < Infinity)) throw badSelectionOption('minVariance', minVariance, 'a number of at least 0')
  checkTrainingRows(X, rows, 'A selection')
  const { count, mean, variance } = columnMoments(X.names.length, { values: X.values, rows: inOrder(rows) })
  const dropped = new Map<number, ConstantColumn>()
  for (const [j, name] of X.names.entries()) {
    const constant = isConstant(variance[j]!, mean[j]!, count[j]!)
    // Sorting is the long part: only where the answer needs it.
    const share = count[j] === 0 ? 0 : constant || maxShare < 1 ? shareOfLongestRun(sortedColumnAt(X, rows, j)) : undefined
    if (count[j] === 0) dropped.set(j, { name, reason: 'no-values', share: 0 })
    else if (constant) dropped.set(j, { name, reason: 'constant', share: share! })
    else if (share !== undefined && share > maxShare) dropped.set(j, { name, reason: 'near-constant', share })
    else if (variance[j]! < minVariance)
      dropped.set(j, { name, reason: 'low-variance', share: share ?? shareOfLongestRun(sortedColumnAt(X, rows, j)) })
  }
  return makeSelection(X, dropped)
}

function shareOfLongestRun(sorted: Float64Array): number {
  let longest = 0
  for (let at = 1, run = 1; at <= sorted.length; at++) {
    if (at < sorted.length && sorted[at] === sorted[at - 1]) run += 1
    else {
      longest = Math.max(longest, run)
      run = 1
    }
  }
  return longest / sorted.length
}

/** The error of an option that a selection of columns does not take; its exit code is that of bad arguments. */
export const badSelectionOption = (name: string, value: unknown, expected: string): LabError =>
  new LabError('bad-selection-option', 'An option of the column selection has a value that is not allowed.', {
    received: `${name} = ${String(value)}`,
    expected,
    help: `change ${name}, or leave it out for its default`,
    exitCode: 2,
  })
