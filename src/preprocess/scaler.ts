import { LabError, nearestName } from '../core/index.js'
import { affineScaler, badScaler, type Scaler } from './affine-scaler.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { fitMinMaxScaler, minMaxScalerFromJson, type MinMaxScalerJson } from './minmax-scaler.js'
import { fitRobustScaler, robustScalerFromJson, type RobustScalerJson } from './robust-scaler.js'
import { fitStandardScaler, standardScalerFromJson, type StandardScalerJson } from './standard-scaler.js'
import { checkTrainingRows, missingValue } from './training-rows.js'

/** Kinds of scaling. */
export const scalerKinds = ['standard', 'minmax', 'robust', 'none'] as const
/** Kinds of scaling. */
export type ScalerKind = (typeof scalerKinds)[number]

export interface NoScalerJson {
  readonly kind: 'none'
  readonly names: readonly string[]
}

/** What a scaler is on disk. Numbers survive JSON exactly. */
export type ScalerJson = StandardScalerJson | MinMaxScalerJson | RobustScalerJson | NoScalerJson

/** Range of `minmax`, quantiles of `robust`. */
export interface ScalerOptions {
  /** `minmax`: what the training rows' extremes become; default [-1, 1]. */
  readonly range?: readonly [number, number]
  /** `robust`: shares of the two quantiles whose distance is the scale; default [0.25, 0.75]. */
  readonly quantiles?: readonly [number, number]
}

/**
 * A scaler learned from `rows` alone.
 *
 * | kind | value becomes | constant column becomes |
 * | --- | --- | --- |
 * | standard | (x - mean) / population standard deviation | 0 |
 * | minmax | from the training rows' [min, max] to `range` | range[0] |
 * | robust | (x - median) / interquartile range | 0 |
 * | none | x | x |
 *
 * Rules and edges are scikit-learn's (StandardScaler, MinMaxScaler, RobustScaler).
 * @throws LabError `unknown-scaler`, `bad-scaler-option`, `missing-value`, `no-rows`, `bad-row`
 */
export function fitScaler(kind: ScalerKind, X: FeatureMatrix, rows: Int32Array, options: ScalerOptions = {}): Scaler {
  const { range = [-1, 1], quantiles = [0.25, 0.75] } = options
  if (!range.every(Number.isFinite) || range[0] >= range[1]) throw badOption('range', range, 'two numbers, the lower first')
  if (!(quantiles[0] >= 0 && quantiles[0] < quantiles[1] && quantiles[1] <= 1))
    throw badOption('quantiles', quantiles, 'two shares from 0 to 1, the lower first')
  switch (kind) {
    case 'standard':
      return fitStandardScaler(X, rows)
    case 'minmax':
      return fitMinMaxScaler(X, rows, range)
    case 'robust':
      return fitRobustScaler(X, rows, quantiles)
    case 'none':
      return fitNoScaler(X, rows)
    default:
      throw unknownScaler(kind)
  }
}

/** The scaler that `toJSON` wrote. @throws LabError `bad-scaler` */
export function scalerFromJson(json: ScalerJson): Scaler {
  const { kind, names } = (json ?? {}) as Partial<ScalerJson>
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) throw badScaler(json, 'a kind and names')
  switch (kind) {
    case 'standard':
      return standardScalerFromJson(json as StandardScalerJson)
    case 'minmax':
      return minMaxScalerFromJson(json as MinMaxScalerJson)
    case 'robust':
      return robustScalerFromJson(json as RobustScalerJson)
    case 'none':
      return makeNoScaler(names)
    case undefined:
    default:
      throw badScaler(json, `a kind of ${scalerKinds.join(', ')}`)
  }
}

/** Leaves values as they are, to the bit; training rows must be complete all the same. */
function fitNoScaler(X: FeatureMatrix, rows: Int32Array): Scaler<NoScalerJson> {
  checkTrainingRows(X, rows, 'A scaler')
  const width = X.names.length
  for (const row of rows) for (let j = 0; j < width; j++) if (!Number.isFinite(X.values[row * width + j])) throw missingValue(X, row, j)
  return makeNoScaler([...X.names])
}

function makeNoScaler(names: readonly string[]): Scaler<NoScalerJson> {
  const offset = new Float64Array(names.length)
  const scale = new Float64Array(names.length).fill(1)
  return { ...affineScaler({ kind: 'none', names, offset, scale, toJSON: () => ({ kind: 'none', names }) as const }), scaleInPlace() {} }
}

const badOption = (name: string, value: readonly number[], expected: string): LabError =>
  new LabError('bad-scaler-option', 'A scaler option has a value that is not allowed.', {
    received: `${name} = [${value.join(', ')}]`,
    expected,
    help: `change ${name}, or leave it out for its default`,
    exitCode: 2,
  })

function unknownScaler(kind: never): LabError {
  const near = nearestName(String(kind), scalerKinds)
  return new LabError('unknown-scaler', 'There is no such scaler.', {
    received: String(kind),
    expected: scalerKinds.join(', '),
    help: near === undefined ? 'choose one of these' : `did you mean ${near}?`,
    exitCode: 2,
  })
}
