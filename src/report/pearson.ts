import type { FeatureMatrix } from '../preprocess/index.js'

/**
 * Pearson correlation of every pair of features over the rows where both are finite; all rows, or only `rows`.
 * A pair with fewer than two such rows, or with a constant side, is NaN. The matrix is symmetric with 1 on the diagonal of varying features.
 */
export function pearsonCorrelation(X: FeatureMatrix, rows?: Int32Array): Float64Array[] {
  const width = X.names.length
  const matrix = X.names.map(() => new Float64Array(width))
  for (let i = 0; i < width; i++)
    for (let j = i; j < width; j++) {
      const value = correlation(X, rows, i, j)
      matrix[i]![j] = value
      matrix[j]![i] = value
    }
  return matrix
}

/** Running means and co-moments (Welford 1962), so that large prices do not cancel. */
function correlation(X: FeatureMatrix, rows: Int32Array | undefined, i: number, j: number): number {
  const width = X.names.length
  const count = rows?.length ?? X.rows
  let n = 0
  let meanA = 0
  let meanB = 0
  let squareA = 0
  let squareB = 0
  let product = 0
  for (let k = 0; k < count; k++) {
    const start = (rows === undefined ? k : rows[k]!) * width
    const a = X.values[start + i]!
    const b = X.values[start + j]!
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue
    n++
    const deltaA = a - meanA
    const deltaB = b - meanB
    meanA += deltaA / n
    meanB += deltaB / n
    squareA += deltaA * (a - meanA)
    squareB += deltaB * (b - meanB)
    product += deltaA * (b - meanB)
  }
  if (n < 2 || squareA === 0 || squareB === 0) return NaN
  return i === j ? 1 : product / Math.sqrt(squareA * squareB)
}
