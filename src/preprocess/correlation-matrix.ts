import { columnRanks } from './column-ranks.js'
import { addPair, addProducts, PAIR_SUMS, type ColumnBlock, type PairSums } from './correlation-blocks.js'
import { columnMoments, isConstant, type RowSource } from './column-moments.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { checkTrainingRows, columnAt, inOrder } from './training-rows.js'

/** Correlation of values or of ranks. */
export const correlationMethods = ['pearson', 'spearman'] as const
/** Correlation of values or of ranks. */
export type CorrelationMethod = (typeof correlationMethods)[number]

/** Rows worked on at once: 256 columns of a block fit a processor's second cache. */
const BLOCK_ROWS = 512
/** From one column of a block to the next: not a power of two, or columns would push each other out of the first cache. */
const STRIDE = BLOCK_ROWS + 8

/**
 * Correlation of every two columns over `rows`, row-major, width x width, the same to the bit for any order of `rows`. A row that lacks one of two values is
 * left out of that pair. NaN where one of the two is constant, or fewer than 3 rows have both.
 *
 * Spearman is Pearson's correlation of ranks. Each column is ranked once, among all its values (pandas ranks anew for each pair, which differs only where values
 * are missing). Summed up in blocks of rows: beside the result it needs little memory, Spearman a copy of the rows.
 * @throws LabError `no-rows`, `bad-row`
 */
export function correlationMatrix(X: FeatureMatrix, rows: Int32Array, method: CorrelationMethod = 'pearson'): Float64Array {
  checkTrainingRows(X, rows, 'A correlation')
  const width = X.names.length
  const source = method === 'spearman' ? ranked(X, inOrder(rows)) : { values: X.values, rows: inOrder(rows) }
  const n = rows.length
  const { count, mean, variance } = columnMoments(width, source)
  // NaN for a column that is constant or has no value: what is divided by it has no correlation.
  const deviation = variance.map((value, j) => (count[j] === 0 || isConstant(value, mean[j]!, count[j]!) ? NaN : Math.sqrt(value)))
  const holed = count.some((values) => values < n)
  const products = new Float64Array(width * width)
  const sums = new Float64Array(holed ? width * width * PAIR_SUMS : 0)
  const values = new Float64Array(width * STRIDE)
  for (let from = 0; from < n; from += BLOCK_ROWS) {
    const block = { values, stride: STRIDE, rows: Math.min(BLOCK_ROWS, n - from) }
    for (let k = 0; k < block.rows; k++) {
      const at = source.rows[from + k]! * width
      for (let j = 0; j < width; j++) {
        const z = (source.values[at + j]! - mean[j]!) / deviation[j]!
        // Nothing is asked of a column without deviation: 0 keeps it on the short way.
        values[j * STRIDE + k] = Number.isNaN(deviation[j]) ? 0 : Number.isFinite(z) ? z : NaN
      }
    }
    const whole = X.names.flatMap((_, j) => (isWhole(block, j) ? [j] : []))
    addProducts(products, width, block, whole)
    if (holed) addSums(products, sums, width, block, whole)
  }
  const out = new Float64Array(width * width)
  for (let a = 0; a < width; a++)
    for (let b = a; b < width; b++) {
      const at = a * width + b
      const r = Number.isNaN(deviation[a]! + deviation[b]!) ? NaN : holed ? fromSums(sums, at, products[at]!, n) : products[at]! / n
      out[at] = out[b * width + a] = a === b && !Number.isNaN(r) ? 1 : Math.max(-1, Math.min(1, r))
    }
  return out
}

function ranked(X: FeatureMatrix, rows: Int32Array): RowSource {
  const width = X.names.length
  const values = new Float64Array(rows.length * width)
  for (let j = 0; j < width; j++) for (const [k, rank] of columnRanks(columnAt(X, rows, j)).entries()) values[k * width + j] = rank
  return { values, rows: Int32Array.from(rows, (_, k) => k) }
}

function isWhole({ values, stride, rows }: ColumnBlock, column: number): boolean {
  for (let at = column * stride, end = at + rows; at < end; at++) if (Number.isNaN(values[at])) return false
  return true
}

/** The sums that a pair needs because values are missing somewhere; pairs whose columns are whole in this block take them from each column alone. */
function addSums(products: Float64Array, sums: PairSums, width: number, block: ColumnBlock, whole: readonly number[]): void {
  const { values, stride, rows } = block
  const isIn = new Uint8Array(width)
  const sum = new Float64Array(width)
  const squares = new Float64Array(width)
  for (const j of whole) {
    isIn[j] = 1
    for (let at = j * stride, end = at + rows; at < end; at++) {
      sum[j]! += values[at]!
      squares[j]! += values[at]! ** 2
    }
  }
  for (let a = 0; a < width; a++)
    for (let b = a; b < width; b++) {
      if (isIn[a] === 0 || isIn[b] === 0) {
        addPair(products, sums, width, block, a, b)
        continue
      }
      const at = (a * width + b) * PAIR_SUMS
      sums[at]! += rows
      sums[at + 1]! += sum[a]!
      sums[at + 2]! += sum[b]!
      sums[at + 3]! += squares[a]!
      sums[at + 4]! += squares[b]!
    }
}

function fromSums(sums: PairSums, pair: number, sab: number, rows: number): number {
  const at = pair * PAIR_SUMS
  const n = sums[at]!
  // Both columns are standardised over all rows: as without any missing value.
  if (n === rows) return sab / n
  if (n < 3) return NaN
  const meanA = sums[at + 1]! / n
  const meanB = sums[at + 2]! / n
  const varianceA = sums[at + 3]! / n - meanA ** 2
  const varianceB = sums[at + 4]! / n - meanB ** 2
  // Of standardised columns: this small is rounding error.
  if (varianceA <= 1e-12 || varianceB <= 1e-12) return NaN
  return (sab / n - meanA * meanB) / Math.sqrt(varianceA * varianceB)
}
