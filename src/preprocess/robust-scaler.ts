import { affineScaler, badScaler, finiteNumbers, type Scaler } from './affine-scaler.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { scaleOf } from './minmax-scaler.js'
import { sortedQuantile } from './quantile.js'
import { checkTrainingRows, columnAt, missingValue } from './training-rows.js'

/** What a robust scaler is on disk. */
export interface RobustScalerJson {
  readonly kind: 'robust'
  readonly names: readonly string[]
  readonly quantiles: readonly [number, number]
  readonly center: readonly number[]
  readonly scale: readonly number[]
}

/**
 * (value - median) / (upper - lower quantile), so that a few wild training values move nothing. A column whose two quantiles are equal is only centred,
 * as scikit-learn's RobustScaler has it.
 * @param quantiles shares; default 0.25 and 0.75, the interquartile range
 * @throws LabError `missing-value`, `no-rows`, `bad-row`
 */
export function fitRobustScaler(
  X: FeatureMatrix,
  rows: Int32Array,
  quantiles: readonly [number, number] = [0.25, 0.75],
): Scaler<RobustScalerJson> {
  checkTrainingRows(X, rows, 'A scaler')
  const learned = X.names.map((_, j) => {
    const column = columnAt(X, rows, j)
    const hole = column.findIndex((value) => !Number.isFinite(value))
    if (hole >= 0) throw missingValue(X, rows[hole]!, j)
    column.sort()
    const [low, high] = [sortedQuantile(column, quantiles[0]), sortedQuantile(column, quantiles[1])]
    return { center: sortedQuantile(column, 0.5), scale: scaleOf(high - low) }
  })
  return makeRobustScaler({
    kind: 'robust',
    names: [...X.names],
    quantiles: [quantiles[0], quantiles[1]],
    center: learned.map(({ center }) => center),
    scale: learned.map(({ scale }) => scale),
  })
}

/** @throws LabError `bad-scaler` */
export function robustScalerFromJson(json: RobustScalerJson): Scaler<RobustScalerJson> {
  const { names, quantiles, center, scale } = json
  const whole = finiteNumbers(quantiles, 2) && finiteNumbers(center, names.length) && finiteNumbers(scale, names.length)
  if (!whole || scale.some((value) => value <= 0))
    throw badScaler(json, 'kind "robust" with two quantiles, and a center and a scale for each name')
  return makeRobustScaler(json)
}

function makeRobustScaler(json: RobustScalerJson): Scaler<RobustScalerJson> {
  const { names, center, scale } = json
  return affineScaler({ kind: 'robust', names, offset: Float64Array.from(center), scale: Float64Array.from(scale), toJSON: () => json })
}
