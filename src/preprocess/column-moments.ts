/** Rows of a row-major matrix. */
export interface RowSource {
  readonly values: Float64Array
  readonly rows: Int32Array
}

/** Of the finite values of each column. */
export interface ColumnMoments {
  readonly count: Int32Array
  readonly mean: Float64Array
  /** Population variance; NaN where there is no value. */
  readonly variance: Float64Array
}

/** Two passes over the rows: the second about the mean, so that a high level costs no digits. */
export function columnMoments(width: number, { values, rows }: RowSource): ColumnMoments {
  const count = new Int32Array(width)
  const mean = new Float64Array(width)
  const squares = new Float64Array(width)
  for (const row of rows)
    for (let j = 0, at = row * width; j < width; j++) {
      const value = values[at + j]!
      if (Number.isFinite(value)) mean[j]! += (value - mean[j]!) / ++count[j]!
    }
  for (const row of rows)
    for (let j = 0, at = row * width; j < width; j++) {
      const value = values[at + j]!
      if (Number.isFinite(value)) squares[j]! += (value - mean[j]!) ** 2
    }
  return { count, mean, variance: squares.map((sum, j) => sum / count[j]!) }
}

/** True where a variance of n values around this mean is no more than rounding error (scikit-learn's bound). */
export function isConstant(variance: number, mean: number, n: number): boolean {
  return variance <= n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2
}
