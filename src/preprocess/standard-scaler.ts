import { LabError } from '../core/index.js'
import type { FeatureMatrix } from './feature-matrix.js'

/** What a scaler is on disk. Numbers survive JSON exactly. */
export interface ScalerJson {
  readonly kind: 'standard'
  readonly names: readonly string[]
  readonly mean: readonly number[]
  readonly scale: readonly number[]
}

/** Column-wise (value - mean) / scale with numbers learned from training rows only. NaN stays NaN. */
export interface Scaler {
  readonly kind: 'standard'
  readonly names: readonly string[]
  readonly mean: Float64Array
  /** Population standard deviation of each column; 1 for a constant column, which so becomes 0. */
  readonly scale: Float64Array
  /** Scaled values of `rows` (default: all rows), row-major in their order. @throws LabError `feature-mismatch` */
  transform(X: FeatureMatrix, rows?: Int32Array): Float64Array
  /** The same, rounded to single precision at the very end: what a network reads. */
  transformFloat32(X: FeatureMatrix, rows?: Int32Array): Float32Array
  toJSON(): ScalerJson
}

/**
 * Learns mean and population standard deviation of each column from `rows` alone (one pass, Welford; the rule for constant columns is scikit-learn's:
 * a variance within rounding error of 0).
 * @throws LabError `missing-value` where a row has a value that is not finite, `no-rows`.
 */
export function fitStandardScaler(X: FeatureMatrix, rows: Int32Array): Scaler {
  const width = X.names.length
  if (rows.length === 0)
    throw new LabError('no-rows', 'A scaler cannot be learned from no rows.', {
      received: '0 rows',
      expected: 'at least one training row',
      help: 'check the folds: describeFolds() prints them',
    })
  const mean = new Float64Array(width)
  const squares = new Float64Array(width)
  for (let k = 0; k < rows.length; k++) {
    const at = rows[k]! * width
    for (let j = 0; j < width; j++) {
      const value = X.values[at + j]
      if (value === undefined || !Number.isFinite(value)) throw missingValue(X, rows[k]!, j)
      const delta = value - mean[j]!
      mean[j]! += delta / (k + 1)
      squares[j]! += delta * (value - mean[j]!)
    }
  }
  const n = rows.length
  const scale = squares.map((sum, j) => {
    const variance = sum / n
    const roundingError = n * Number.EPSILON * variance + (n * mean[j]! * Number.EPSILON) ** 2
    return variance <= roundingError ? 1 : Math.sqrt(variance)
  })
  return makeScaler([...X.names], mean, scale)
}

/** The scaler that `toJSON` wrote. @throws LabError `bad-scaler` */
export function scalerFromJson(json: ScalerJson): Scaler {
  const { kind, names, mean, scale } = json
  const whole = kind === 'standard' && names.length === mean.length && names.length === scale.length
  if (!whole || ![...mean, ...scale].every(Number.isFinite))
    throw new LabError('bad-scaler', 'This is not a saved scaler.', {
      received: JSON.stringify(json).slice(0, 120),
      expected: 'kind "standard" with a mean and a scale for each name',
      help: 'the model folder is damaged: train the model again',
    })
  return makeScaler([...names], Float64Array.from(mean), Float64Array.from(scale))
}

function makeScaler(names: string[], mean: Float64Array, scale: Float64Array): Scaler {
  const width = names.length
  const write = <T extends Float64Array | Float32Array>(X: FeatureMatrix, rows: Int32Array | undefined, make: (length: number) => T): T => {
    if (X.names.length !== width || X.names.some((name, j) => name !== names[j]))
      throw new LabError('feature-mismatch', 'The columns are not those the scaler was learned from.', {
        received: X.names.join(', '),
        expected: names.join(', '),
        help: 'compute the features with the same selection as in training',
      })
    const count = rows?.length ?? X.rows
    const out = make(count * width)
    for (let k = 0, to = 0; k < count; k++) {
      const at = (rows === undefined ? k : rows[k]!) * width
      for (let j = 0; j < width; j++) out[to++] = (X.values[at + j]! - mean[j]!) / scale[j]!
    }
    return out
  }
  return {
    kind: 'standard',
    names,
    mean,
    scale,
    transform: (X, rows) => write(X, rows, (length) => new Float64Array(length)),
    transformFloat32: (X, rows) => write(X, rows, (length) => new Float32Array(length)),
    toJSON: () => ({ kind: 'standard', names, mean: [...mean], scale: [...scale] }),
  }
}

function missingValue(X: FeatureMatrix, row: number, column: number): LabError {
  const outside = row < 0 || row >= X.rows
  return new LabError('missing-value', 'A training row has a feature without a value.', {
    received: outside
      ? `row ${row} of ${X.rows}`
      : `${X.names[column]} is ${String(X.values[row * X.names.length + column])} at row ${row} (${new Date(X.time[row]!).toISOString()})`,
    expected: 'finite values in every training row',
    help: 'train on the rows that completeRows(X) marks',
  })
}
