import { LabError } from '../core/index.js'
import { dropConstant } from './drop-constant.js'
import { dropCorrelated } from './drop-correlated.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { fitMissing } from './missing-values.js'
import { parsePreprocessSpec, type PreprocessInput, type PreprocessSpec } from './preprocess-spec.js'
import { filledRows, indicatorName, makePreprocessor, type Preprocessor } from './preprocessor.js'
import { fitScaler } from './scaler.js'
import { selectColumns, type DroppedColumn } from './selection.js'
import { checkTrainingRows, missingValue } from './training-rows.js'
import { fitWinsorLimits, winsoriseInPlace } from './winsorise.js'

/**
 * Learns the preprocessing from `rows` alone, step by step in this order; each step learns from what the steps before it leave.
 *
 * 1. `dropConstant`, 2. `dropCorrelated`: columns go. 3. `missing`: policy and medians. 4. `winsorise`: limits. 5. `scaler`.
 *
 * With forward-fill a training row's filled value comes from a row before it, as a feature with a memory would take it; no other row has any influence.
 * @param spec see {@link PreprocessSpec}; default: the standard scaler alone, and training rows must be complete
 * @throws LabError `unknown-parameter`, `bad-parameter`, `missing-value` where a training row stays without a value, `no-values`, `no-columns` where every column
 * is dropped, `duplicate-column` where an indicator would take the name of a column, `no-rows`, `bad-row`
 */
export function fitPreprocessor(X: FeatureMatrix, rows: Int32Array, spec: PreprocessInput = {}): Preprocessor {
  const parsed = parsePreprocessSpec(spec)
  checkTrainingRows(X, rows, 'A preprocessing')
  if (parsed.missing.policy === 'reject') checkComplete(X, rows)
  const { columns, dropped } = select(X, rows, parsed)
  const kept = columns.length === X.names.length ? X : selectColumns(X, columns)
  const fill = fitMissing(kept, rows, parsed.missing)
  for (const j of fill.indicators) refuseTaken(indicatorName(kept.names[j]!), X.names)
  const values = filledRows(X, rows, columns, fill, 'keep')
  const hole = values.findIndex((value) => Number.isNaN(value))
  if (hole >= 0) throw missingValue(X, rows[Math.floor(hole / columns.length)]!, columns[hole % columns.length]!)
  // The training rows as a matrix of their own, from here on without holes.
  const all = Int32Array.from(rows, (_, k) => k)
  const trained = { names: kept.names, time: Float64Array.from(rows, (row) => X.time[row]!), rows: rows.length, values }
  const limits = parsed.winsorise === null ? null : fitWinsorLimits(trained, all, parsed.winsorise)
  if (limits !== null) winsoriseInPlace(values, limits)
  const { kind, ...options } = parsed.scaler
  const scaler = fitScaler(kind, trained, all, options)
  return makePreprocessor({ spec: parsed, inputs: [...X.names], columns, dropped, fill, limits, scaler })
}

function select(X: FeatureMatrix, rows: Int32Array, spec: PreprocessSpec): { columns: Int32Array; dropped: DroppedColumn[] } {
  let columns: Int32Array = Int32Array.from(X.names, (_, j) => j)
  const dropped: DroppedColumn[] = []
  if (spec.dropConstant !== null) {
    const selection = dropConstant(X, rows, spec.dropConstant)
    columns = selection.columns
    dropped.push(...selection.dropped)
  }
  if (columns.length === 0) throw noColumns(X)
  if (spec.dropCorrelated !== null) {
    const { importance: byName, ...options } = spec.dropCorrelated
    const left = dropped.length === 0 ? X : selectColumns(X, columns)
    const importance = byName === undefined ? undefined : left.names.map((name) => byName[name] ?? NaN)
    const selection = dropCorrelated(left, rows, { ...options, ...(importance !== undefined && { importance }) })
    columns = selection.columns.map((j) => columns[j]!)
    dropped.push(...selection.dropped)
  }
  const place = (column: DroppedColumn): number => X.names.indexOf(column.name)
  return { columns, dropped: dropped.sort((a, b) => place(a) - place(b)) }
}

function checkComplete(X: FeatureMatrix, rows: Int32Array): void {
  const width = X.names.length
  for (const row of rows) for (let j = 0; j < width; j++) if (!Number.isFinite(X.values[row * width + j])) throw missingValue(X, row, j)
}

const noColumns = (X: FeatureMatrix): LabError =>
  new LabError('no-columns', 'Every column is constant or without values in the training rows.', {
    received: X.names.join(', '),
    expected: 'at least one column that changes',
    help: 'check the features and the training rows',
  })

function refuseTaken(name: string, taken: readonly string[]): void {
  if (!taken.includes(name)) return
  throw new LabError('duplicate-column', 'An indicator of missing values would have the name of a column.', {
    received: name,
    expected: 'a name that is free',
    help: 'rename that column, or set preprocess.missing.indicators: false',
  })
}
