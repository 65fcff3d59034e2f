import { affineScaler, badScaler, finiteNumbers, type Scaler } from './affine-scaler.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { checkTrainingRows, missingValue } from './training-rows.js'

/** What a min-max scaler is on disk: least and greatest training value of each column, and the range they are brought to. */
export interface MinMaxScalerJson {
  readonly kind: 'minmax'
  readonly names: readonly string[]
  readonly range: readonly [number, number]
  readonly min: readonly number[]
  readonly max: readonly number[]
}

/**
 * Brings the least training value of each column to range[0] and the greatest to range[1]; other rows may leave the range. A constant column becomes range[0],
 * as scikit-learn's MinMaxScaler has it.
 * @throws LabError `missing-value`, `no-rows`, `bad-row`
 */
export function fitMinMaxScaler(X: FeatureMatrix, rows: Int32Array, range: readonly [number, number] = [-1, 1]): Scaler<MinMaxScalerJson> {
  checkTrainingRows(X, rows, 'A scaler')
  const width = X.names.length
  const min = new Array<number>(width).fill(Infinity)
  const max = new Array<number>(width).fill(-Infinity)
  for (const row of rows)
    for (let j = 0; j < width; j++) {
      // + 0 makes -0 the 0 that JSON can hold.
      const value = X.values[row * width + j]! + 0
      if (!Number.isFinite(value)) throw missingValue(X, row, j)
      if (value < min[j]!) min[j] = value
      if (value > max[j]!) max[j] = value
    }
  return makeMinMaxScaler({ kind: 'minmax', names: [...X.names], range: [range[0], range[1]], min, max })
}

/** @throws LabError `bad-scaler` */
export function minMaxScalerFromJson(json: MinMaxScalerJson): Scaler<MinMaxScalerJson> {
  const { names, range, min, max } = json
  const whole = finiteNumbers(range, 2) && finiteNumbers(min, names.length) && finiteNumbers(max, names.length)
  if (!whole || range[0] >= range[1] || min.some((low, j) => low > max[j]!))
    throw badScaler(json, 'kind "minmax" with a range, and a min and a max for each name')
  return makeMinMaxScaler(json)
}

function makeMinMaxScaler(json: MinMaxScalerJson): Scaler<MinMaxScalerJson> {
  const { names, range, min, max } = json
  const scale = Float64Array.from(max, (high, j) => scaleOf(high - min[j]!))
  const stretch = { factor: range[1] - range[0], shift: range[0] }
  return affineScaler({ kind: 'minmax', names, offset: Float64Array.from(min), scale, stretch, toJSON: () => json })
}

/** 1 for a spread within rounding error of 0: the bound with which scikit-learn takes a column for constant (10 times the machine epsilon, whatever its level). */
export const scaleOf = (spread: number): number => (spread < 10 * Number.EPSILON ? 1 : spread)
