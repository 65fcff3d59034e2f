import { affineScaler, badScaler, finiteNumbers, type Scaler } from './affine-scaler.js'
import { isConstant } from './column-moments.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { checkTrainingRows, missingValue } from './training-rows.js'

/** What a standard scaler is on disk. Numbers survive JSON exactly. */
export interface StandardScalerJson {
  readonly kind: 'standard'
  readonly names: readonly string[]
  readonly mean: readonly number[]
  readonly scale: readonly number[]
}

/** Column-wise (value - mean) / scale. */
export interface StandardScaler extends Scaler<StandardScalerJson> {
  readonly kind: 'standard'
  readonly mean: Float64Array
  /** Population standard deviation of each column; 1 for a constant column, which so becomes 0. */
  readonly scale: Float64Array
}

/**
 * Learns mean and population standard deviation of each column from `rows` alone (one pass, Welford; the rule for constant columns is scikit-learn's:
 * a variance within rounding error of 0).
 * @throws LabError `missing-value` where a row has a value that is not finite, `no-rows`, `bad-row`
 */
export function fitStandardScaler(X: FeatureMatrix, rows: Int32Array): StandardScaler {
  checkTrainingRows(X, rows, 'A scaler')
  const width = X.names.length
  const mean = new Float64Array(width)
  const squares = new Float64Array(width)
  for (let k = 0; k < rows.length; k++) {
    const at = rows[k]! * width
    for (let j = 0; j < width; j++) {
      const value = X.values[at + j]!
      if (!Number.isFinite(value)) throw missingValue(X, rows[k]!, j)
      const delta = value - mean[j]!
      mean[j]! += delta / (k + 1)
      squares[j]! += delta * (value - mean[j]!)
    }
  }
  const n = rows.length
  const scale = squares.map((sum, j) => (isConstant(sum / n, mean[j]!, n) ? 1 : Math.sqrt(sum / n)))
  return makeStandardScaler([...X.names], mean, scale)
}

/** @throws LabError `bad-scaler` */
export function standardScalerFromJson(json: StandardScalerJson): StandardScaler {
  const { names, mean, scale } = json
  if (!finiteNumbers(mean, names.length) || !finiteNumbers(scale, names.length) || scale.includes(0))
    throw badScaler(json, 'kind "standard" with a mean and a scale for each name')
  return makeStandardScaler([...names], Float64Array.from(mean), Float64Array.from(scale))
}

function makeStandardScaler(names: readonly string[], mean: Float64Array, scale: Float64Array): StandardScaler {
  const toJSON = (): StandardScalerJson => ({ kind: 'standard', names, mean: [...mean], scale: [...scale] })
  return { ...affineScaler({ kind: 'standard', names, offset: mean, scale, toJSON }), kind: 'standard', mean }
}
