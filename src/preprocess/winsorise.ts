import type { FeatureMatrix } from './feature-matrix.js'
import { sortedQuantile } from './quantile.js'
import { badSelectionOption } from './drop-constant.js'
import { checkTrainingRows, sortedColumnAt } from './training-rows.js'

/** Learned limits of each column. */
export interface WinsorLimits {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

/** Quantiles to clip at, as shares: 0.01 and 0.99 move the outer 2 % of the training values to where the rest ends. */
export interface WinsoriseOptions {
  readonly lower: number
  readonly upper: number
}

/** The two quantiles of each column over the training rows; missing values do not count. @throws LabError `bad-selection-option`, `no-rows`, `bad-row` */
export function fitWinsorLimits(X: FeatureMatrix, rows: Int32Array, { lower, upper }: WinsoriseOptions): WinsorLimits {
  if (!(lower >= 0 && lower < upper && upper <= 1))
    throw badSelectionOption('winsorise', `[${lower}, ${upper}]`, 'two shares from 0 to 1, the lower first')
  checkTrainingRows(X, rows, 'Limits')
  const sorted = X.names.map((_, j) => sortedColumnAt(X, rows, j))
  return {
    lower: sorted.map((values) => sortedQuantile(values, lower)),
    upper: sorted.map((values) => sortedQuantile(values, upper)),
  }
}

/** Brings row-major values into their columns' limits, where they are. NaN stays NaN. */
export function winsoriseInPlace(values: Float64Array, { lower, upper }: WinsorLimits): void {
  const width = lower.length
  for (let at = 0; at < values.length; at += width)
    for (let j = 0; j < width; j++) {
      const value = values[at + j]!
      if (value < lower[j]!) values[at + j] = lower[j]!
      else if (value > upper[j]!) values[at + j] = upper[j]!
    }
}
