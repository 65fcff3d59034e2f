import { LabError } from '../../core/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Fold } from '../../split/index.js'
import type { FitProblem } from '../fits/fit-options.js'

/** What the checks are made on: one fold of the real problem. */
export interface CheckedProblem extends Omit<FitProblem, 'symbol' | 'folds'> {
  /** The one fold to check on: the last is a good choice, it has most training rows. */
  readonly fold: Fold
  /** Most rows in all; default 6000, so that a check takes seconds. */
  readonly maxRows?: number
}

/** Rows before the first one that a sequence model may read. */
const HISTORY_ROWS = 512
const SHARES = { train: 0.6, validation: 0.1, test: 0.3 }

/** The latest training and validation rows and the first test rows of the fold, at most `maxRows`, as a problem of their own: the smaller matrix, the rows renumbered. */
export function cappedProblem({
  X,
  y,
  sampleWeight,
  labelEndTime,
  fold,
  maxRows = 6000,
}: CheckedProblem): FitProblem & { readonly folds: readonly [Fold] } {
  if (!Number.isInteger(maxRows) || maxRows < 100)
    throw new LabError('bad-check', 'A check needs more rows.', {
      received: `maxRows ${maxRows}`,
      expected: 'a whole number, 100 or more',
      help: 'leave it out for 6000',
    })
  const most = (share: number): number => Math.floor(share * maxRows)
  const train = fold.train.slice(-most(SHARES.train))
  const validation = fold.validation.length === 0 ? fold.validation : fold.validation.slice(-most(SHARES.validation))
  const test = fold.test.slice(0, most(SHARES.test))
  const all = [...train, ...validation, ...test]
  const from = Math.max(0, all.reduce((least, row) => Math.min(least, row), Infinity) - HISTORY_ROWS)
  const to = all.reduce((largest, row) => Math.max(largest, row), 0) + 1
  const cut = (values: Float64Array): Float64Array => values.slice(from, to)
  const renumbered = (rows: Int32Array): Int32Array => rows.map((row) => row - from)
  const width = X.names.length
  const matrix: FeatureMatrix = { names: X.names, rows: to - from, time: cut(X.time), values: X.values.slice(from * width, to * width) }
  return {
    ...{ X: matrix, y: cut(y) },
    ...(sampleWeight !== undefined && { sampleWeight: cut(sampleWeight) }),
    ...(labelEndTime !== undefined && { labelEndTime: cut(labelEndTime) }),
    folds: [{ ...fold, index: 0, train: renumbered(train), validation: renumbered(validation), test: renumbered(test) }],
  }
}

/** The matrix with one more column, last. */
export function withColumn(X: FeatureMatrix, name: string, values: Float64Array): FeatureMatrix {
  const width = X.names.length
  const joined = new Float64Array(X.rows * (width + 1))
  for (let row = 0; row < X.rows; row++) {
    joined.set(X.values.subarray(row * width, (row + 1) * width), row * (width + 1))
    joined[row * (width + 1) + width] = values[row]!
  }
  return { ...X, names: [...X.names, name], values: joined }
}
