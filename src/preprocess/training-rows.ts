import { LabError } from '../core/index.js'
import type { FeatureMatrix } from './feature-matrix.js'

/** @throws LabError `no-rows` for none, `bad-row` for one outside of the matrix */
export function checkTrainingRows(X: FeatureMatrix, rows: Int32Array, what: string): void {
  if (rows.length === 0)
    throw new LabError('no-rows', `${what} cannot be learned from no rows.`, {
      received: '0 rows',
      expected: 'at least one training row',
      help: 'check the folds: describeFolds() prints them',
    })
  checkRowsInside(X, rows)
}

/** @throws LabError `bad-row` */
export function checkRowsInside(X: FeatureMatrix, rows: Int32Array): void {
  const outside = rows.find((row) => row < 0 || row >= X.rows)
  if (outside === undefined) return
  throw new LabError('bad-row', 'A row outside the feature matrix was asked for.', {
    received: String(outside),
    expected: `0 to ${X.rows - 1}`,
    help: 'give row numbers of this matrix',
  })
}

/** The error for a training row without a value. */
export function missingValue(X: FeatureMatrix, row: number, column: number): LabError {
  const outside = row < 0 || row >= X.rows
  return new LabError('missing-value', 'A training row has a feature without a value.', {
    received: outside ? `row ${row} of ${X.rows}` : describeCell(X, row, column),
    expected: 'finite values in every training row',
    help: 'train on the rows that completeRows(X) marks, or fill missing values: preprocess.missing',
  })
}

/** The error for a row that is asked for and lacks a value that nothing fills. */
export function notFinite(X: FeatureMatrix, row: number, column: number): LabError {
  return new LabError('not-finite', 'A feature value needed by the model is missing.', {
    received: `${X.names[column]} = ${X.values[row * X.names.length + column]!} in row ${row} (${new Date(X.time[row]!).toISOString()})`,
    expected: 'finite values in every row that is fitted or predicted',
    help: 'use the rows that completeRows(X) marks',
  })
}

/** 'rsi_14 is NaN at row 3 (2024-01-01T00:00:00.000Z)' */
export function describeCell(X: FeatureMatrix, row: number, column: number): string {
  return `${X.names[column]} is ${String(X.values[row * X.names.length + column])} at row ${row} (${new Date(X.time[row]!).toISOString()})`
}

/** @throws LabError `feature-mismatch` where the columns are not the learned ones in the learned order */
export function checkColumns(X: FeatureMatrix, names: readonly string[], what: string): void {
  if (X.names.length === names.length && X.names.every((name, j) => name === names[j])) return
  throw new LabError('feature-mismatch', `The columns are not those ${what} was learned from.`, {
    received: X.names.join(', '),
    expected: names.join(', '),
    help: 'compute the features with the same selection as in training',
  })
}

/** In increasing order: sums over rows then do not depend on the order in which the rows were given. */
export const inOrder = (rows: Int32Array): Int32Array => rows.slice().sort()

/** Values of one column at the given rows. */
export function columnAt(X: FeatureMatrix, rows: Int32Array, column: number): Float64Array {
  const width = X.names.length
  const out = new Float64Array(rows.length)
  for (let k = 0; k < rows.length; k++) out[k] = X.values[rows[k]! * width + column]!
  return out
}

/** The finite values of one column at the given rows, in increasing order. */
export function sortedColumnAt(X: FeatureMatrix, rows: Int32Array, column: number): Float64Array {
  return columnAt(X, rows, column)
    .filter((value) => Number.isFinite(value))
    .sort()
}
