import { LabError } from '../core/index.js'
import { columnMoments } from './column-moments.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { sortedQuantile } from './quantile.js'
import { checkTrainingRows, sortedColumnAt } from './training-rows.js'

/**
 * What to do where a value is missing (not finite).
 * - `reject`: nothing; a row that needs it is an error.
 * - `median`: the median of the column's training values.
 * - `forward-fill`: the column's last value in the rows before, at most `maxAgeRows` rows old. An older one is not used: the row stays incomplete.
 *
 * `indicators` adds a column `<name>_missing` (1 where the value was missing, else 0) for every column that lacks a value in a training row.
 */
export type MissingPolicy =
  | { readonly policy: 'reject' }
  | { readonly policy: 'median'; readonly indicators: boolean }
  | { readonly policy: 'forward-fill'; readonly maxAgeRows: number; readonly indicators: boolean }

/** A policy with what it learned. */
export interface MissingFill {
  readonly policy: MissingPolicy
  /** `median`: by column; else empty. */
  readonly medians: readonly number[]
  /** Columns with an indicator. */
  readonly indicators: readonly number[]
}

/** Learns the fill from the training rows. @throws LabError `no-values` where a median has nothing to be learned from, `no-rows`, `bad-row` */
export function fitMissing(X: FeatureMatrix, rows: Int32Array, policy: MissingPolicy): MissingFill {
  checkTrainingRows(X, rows, 'A fill for missing values')
  if (policy.policy === 'reject') return { policy, medians: [], indicators: [] }
  const { count } = columnMoments(X.names.length, { values: X.values, rows })
  const empty = count.indexOf(0)
  if (empty >= 0 && policy.policy === 'median')
    throw new LabError('no-values', 'A column has no value in any training row, so it has no median.', {
      received: X.names[empty]!,
      expected: 'at least one value in the training rows',
      help: 'leave the column out, or set preprocess.dropConstant: it also drops columns without values',
    })
  return {
    policy,
    medians: policy.policy === 'median' ? X.names.map((_, j) => sortedQuantile(sortedColumnAt(X, rows, j), 0.5)) : [],
    indicators: policy.indicators ? X.names.flatMap((_, j) => (count[j]! < rows.length ? [j] : [])) : [],
  }
}

/**
 * The value of a column at a row after filling; not finite where the policy has none. Reads no row after it.
 * @param at position of the column among those the fill was learned from; default: the same as in X
 */
export function filledValue(X: FeatureMatrix, row: number, column: number, { policy, medians }: MissingFill, at = column): number {
  const width = X.names.length
  const value = X.values[row * width + column]!
  if (Number.isFinite(value) || policy.policy === 'reject') return value
  if (policy.policy === 'median') return medians[at]!
  for (let age = 1; age <= policy.maxAgeRows && age <= row; age++) {
    const earlier = X.values[(row - age) * width + column]!
    if (Number.isFinite(earlier)) return earlier
  }
  return NaN
}
