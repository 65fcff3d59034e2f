import { DISPLAY, type Displayable } from '../core/index.js'
import type { Scaler } from './affine-scaler.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { filledValue, type MissingFill } from './missing-values.js'
import type { PreprocessSpec } from './preprocess-spec.js'
import type { ScalerJson } from './scaler.js'
import { describeDropped, type DroppedColumn } from './selection.js'
import { checkColumns, checkRowsInside, notFinite } from './training-rows.js'
import { winsoriseInPlace, type WinsorLimits } from './winsorise.js'

export interface TransformOptions {
  /** What to do where a value is missing and not filled: an error (default), or NaN in its place, for a caller that checks later. */
  readonly incomplete?: 'error' | 'keep'
}

/** What was learned from the training rows, ready to be applied to any rows of a matrix with the same columns. Shows itself. */
export interface Preprocessor extends Displayable {
  readonly spec: PreprocessSpec
  /** Columns it was learned from. */
  readonly inputs: readonly string[]
  /** Columns that come out: the kept ones in their order, then the indicators `<name>_missing`. */
  readonly names: readonly string[]
  /** In the order of `inputs`. */
  readonly dropped: readonly DroppedColumn[]
  /**
   * Row-major values of `names` for `rows` (default: all) in their order. X is always the whole matrix: forward-fill reads the rows before a given one, none after.
   * @throws LabError `feature-mismatch`, `bad-row`, `not-finite` where a value is missing and not filled
   */
  transform(X: FeatureMatrix, rows?: Int32Array, options?: TransformOptions): Float64Array
  /** The same, rounded to single precision at the very end: what a network reads. */
  transformFloat32(X: FeatureMatrix, rows?: Int32Array, options?: TransformOptions): Float32Array
  /** Numbers by column of `names` as numbers by column of `inputs`: 0 for dropped ones, an indicator's added to its column's. */
  toInputs(values: ArrayLike<number>): Float64Array
  /** One line a step, then one a dropped column. */
  describe(): string
  toJSON(): PreprocessorJson
}

/** What a preprocessor is on disk. Numbers survive JSON exactly. */
export interface PreprocessorJson {
  readonly format: 1
  readonly spec: PreprocessSpec
  readonly inputs: readonly string[]
  /** Names of the kept columns. */
  readonly kept: readonly string[]
  readonly dropped: readonly DroppedColumn[]
  /** By kept column, where missing values become medians; else empty. */
  readonly medians: readonly number[]
  /** Names of the columns with an indicator. */
  readonly indicators: readonly string[]
  readonly limits: WinsorLimits | null
  readonly scaler: ScalerJson
}

/** What was learned, in memory. */
export interface LearnedPreprocessor {
  readonly spec: PreprocessSpec
  readonly inputs: readonly string[]
  /** Positions of the kept columns in `inputs`. */
  readonly columns: Int32Array
  readonly dropped: readonly DroppedColumn[]
  /** By kept column. */
  readonly fill: MissingFill
  readonly limits: WinsorLimits | null
  readonly scaler: Scaler
}

export function makePreprocessor(learned: LearnedPreprocessor): Preprocessor {
  const { spec, inputs, columns, dropped, fill, limits, scaler } = learned
  const kept = Array.from(columns, (column) => inputs[column]!)
  const names = [...kept, ...fill.indicators.map((j) => indicatorName(kept[j]!))]
  const transform: Preprocessor['transform'] = (X, rows, { incomplete = 'error' } = {}) => {
    checkColumns(X, inputs, 'the preprocessing')
    if (rows !== undefined) checkRowsInside(X, rows)
    const values = filledRows(X, rows, columns, fill, incomplete)
    if (limits !== null) winsoriseInPlace(values, limits)
    scaler.scaleInPlace(values)
    return fill.indicators.length === 0 ? values : withIndicators(values, X, rows, columns, fill.indicators)
  }
  const json: PreprocessorJson = {
    format: 1,
    spec,
    inputs,
    kept,
    dropped,
    medians: fill.medians,
    indicators: fill.indicators.map((j) => kept[j]!),
    limits,
    scaler: scaler.toJSON(),
  }
  const describe = (): string => describePreprocessor(json)
  return {
    spec,
    inputs,
    names,
    dropped,
    transform,
    transformFloat32: (X, rows, options) => Float32Array.from(transform(X, rows, options)),
    toInputs(values) {
      const out = new Float64Array(inputs.length)
      for (const [j, column] of columns.entries()) out[column]! += values[j]!
      for (const [i, j] of fill.indicators.entries()) out[columns[j]!]! += values[columns.length + i]!
      return out
    },
    describe,
    [DISPLAY]: () => ({ 'text/plain': describe() }),
    toJSON: () => json,
  }
}

export const indicatorName = (name: string): string => `${name}_missing`

/** Kept columns of the rows, filled, before clipping and scaling. */
export function filledRows(
  X: FeatureMatrix,
  rows: Int32Array | undefined,
  columns: Int32Array,
  fill: MissingFill,
  incomplete: 'error' | 'keep',
): Float64Array {
  const count = rows?.length ?? X.rows
  const out = new Float64Array(count * columns.length)
  const width = X.names.length
  for (let k = 0, to = 0; k < count; k++) {
    const row = rows === undefined ? k : rows[k]!
    for (let j = 0; j < columns.length; j++, to++) {
      const column = columns[j]!
      const value = X.values[row * width + column]!
      out[to] = Number.isFinite(value) ? value : filledValue(X, row, column, fill, j)
      if (Number.isFinite(out[to])) continue
      if (incomplete === 'error') throw notFinite(X, row, column)
      // An infinite value is as missing as NaN; scaling would otherwise carry it on, and clipping hide it.
      out[to] = NaN
    }
  }
  return out
}

/** Indicators stay 0 and 1: they are neither clipped nor scaled. */
function withIndicators(
  values: Float64Array,
  X: FeatureMatrix,
  rows: Int32Array | undefined,
  columns: Int32Array,
  indicators: readonly number[],
): Float64Array {
  const width = columns.length
  const count = rows?.length ?? X.rows
  const out = new Float64Array(count * (width + indicators.length))
  for (let k = 0, to = 0; k < count; k++, to += width + indicators.length) {
    out.set(values.subarray(k * width, (k + 1) * width), to)
    const at = (rows === undefined ? k : rows[k]!) * X.names.length
    for (const [i, j] of indicators.entries()) out[to + width + i] = Number.isFinite(X.values[at + columns[j]!]) ? 0 : 1
  }
  return out
}

function describePreprocessor({ spec, inputs, kept, dropped, indicators, scaler }: PreprocessorJson): string {
  const { missing, winsorise } = spec
  const age = missing.policy === 'forward-fill' ? ` (at most ${missing.maxAgeRows} rows old)` : ''
  const flags = indicators.length === 0 ? '' : `, ${indicators.length} with an indicator`
  const clipped = winsorise === null ? '' : `; clipped at the ${winsorise.lower} and ${winsorise.upper} quantiles`
  const steps = `missing values: ${missing.policy}${age}${flags}${clipped}; scaler: ${scaler.kind}`
  return [`${kept.length} of ${inputs.length} columns kept; ${steps}`, ...dropped.map(describeDropped)].join('\n')
}
