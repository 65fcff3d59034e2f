import { LabError } from '../core/index.js'
import type { FeatureMatrix } from './feature-matrix.js'
import type { ScalerJson, ScalerKind } from './scaler.js'
import { checkColumns } from './training-rows.js'

/** Numbers learned from training rows, then applied to any rows column by column. NaN stays NaN. */
export interface Scaler<Json extends ScalerJson = ScalerJson> {
  readonly kind: ScalerKind
  readonly names: readonly string[]
  /** What is subtracted from each column. */
  readonly offset: Float64Array
  /** What it is divided by; never 0. */
  readonly scale: Float64Array
  /** Scaled values of `rows` (default: all rows), row-major in their order. @throws LabError `feature-mismatch` */
  transform(X: FeatureMatrix, rows?: Int32Array): Float64Array
  /** The same, rounded to single precision at the very end: what a network reads. */
  transformFloat32(X: FeatureMatrix, rows?: Int32Array): Float32Array
  /** Scales row-major values of these columns where they are. */
  scaleInPlace(values: Float64Array): void
  toJSON(): Json
}

interface AffineParts<Json extends ScalerJson> {
  readonly kind: ScalerKind
  readonly names: readonly string[]
  readonly offset: Float64Array
  readonly scale: Float64Array
  /** (x - offset) / scale is then stretched by `factor` and moved by `shift`; undefined leaves it as it is, to the bit. */
  readonly stretch?: { readonly factor: number; readonly shift: number }
  readonly toJSON: () => Json
}

/** A scaler that does the same sum in every column. */
export function affineScaler<Json extends ScalerJson>(parts: AffineParts<Json>): Scaler<Json> {
  const { kind, names, offset, scale, stretch, toJSON } = parts
  const width = names.length
  const scaled = (value: number, j: number): number => {
    const unit = (value - offset[j]!) / scale[j]!
    return stretch === undefined ? unit : unit * stretch.factor + stretch.shift
  }
  const write = <T extends Float64Array | Float32Array>(X: FeatureMatrix, rows: Int32Array | undefined, make: (length: number) => T): T => {
    checkColumns(X, names, 'the scaler')
    const count = rows?.length ?? X.rows
    const out = make(count * width)
    for (let k = 0, to = 0; k < count; k++) {
      const at = (rows === undefined ? k : rows[k]!) * width
      for (let j = 0; j < width; j++) out[to++] = scaled(X.values[at + j]!, j)
    }
    return out
  }
  return {
    kind,
    names,
    offset,
    scale,
    transform: (X, rows) => write(X, rows, (length) => new Float64Array(length)),
    transformFloat32: (X, rows) => write(X, rows, (length) => new Float32Array(length)),
    scaleInPlace(values) {
      for (let at = 0; at < values.length; at += width) for (let j = 0; j < width; j++) values[at + j] = scaled(values[at + j]!, j)
    },
    toJSON,
  }
}

/** The error for anything but a scaler's JSON. */
export const badScaler = (json: unknown, expected: string): LabError =>
  new LabError('bad-scaler', 'This is not a saved scaler.', {
    received: (JSON.stringify(json) ?? String(json)).slice(0, 120),
    expected,
    help: 'the model folder is damaged: train the model again',
  })

/** True for an array of `length` finite numbers. */
export const finiteNumbers = (value: unknown, length: number): value is readonly number[] =>
  Array.isArray(value) && value.length === length && value.every((x) => typeof x === 'number' && Number.isFinite(x))
