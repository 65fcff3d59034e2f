/** Columns of standardised values, one after the other: value of column j at row k is values[j * stride + k]; NaN is missing. */
export interface ColumnBlock {
  readonly values: Float64Array
  readonly stride: number
  readonly rows: number
}

/**
 * Adds, for every two of `columns` (increasing, none with a missing value in the block), the sum of their products to products[a * width + b], a <= b.
 * Two columns meet four others in one pass, so that each number loaded serves several products and all sums stay in registers.
 */
export function addProducts(products: Float64Array, width: number, block: ColumnBlock, columns: readonly number[]): void {
  const n = columns.length
  for (let i = 0; i < n; i += 2)
    for (let j = i; j < n; j += 4) {
      if (i + 2 <= n && j + 4 <= n) addTile(products, width, block, columns, i, j)
      else
        for (let a = i; a < Math.min(i + 2, n); a++)
          for (let b = Math.max(j, a); b < Math.min(j + 4, n); b++)
            products[columns[a]! * width + columns[b]!]! += product(block, columns[a]!, columns[b]!)
    }
}

function product({ values, stride, rows }: ColumnBlock, a: number, b: number): number {
  let sum = 0
  for (let k = 0, p = a * stride, q = b * stride; k < rows; k++) sum += values[p + k]! * values[q + k]!
  return sum
}

/** Where the tile lies on the diagonal it also sums a pair below it; that half is never read. */
function addTile(products: Float64Array, width: number, block: ColumnBlock, columns: readonly number[], i: number, j: number): void {
  const { values, stride, rows } = block
  const a0 = columns[i]! * stride
  const a1 = columns[i + 1]! * stride
  const b0 = columns[j]! * stride
  const b1 = columns[j + 1]! * stride
  const b2 = columns[j + 2]! * stride
  const b3 = columns[j + 3]! * stride
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  for (let k = 0; k < rows; k++) {
    const x0 = values[a0 + k]!
    const x1 = values[a1 + k]!
    const y0 = values[b0 + k]!
    const y1 = values[b1 + k]!
    const y2 = values[b2 + k]!
    const y3 = values[b3 + k]!
    s00 += x0 * y0
    s01 += x0 * y1
    s02 += x0 * y2
    s03 += x0 * y3
    s10 += x1 * y0
    s11 += x1 * y1
    s12 += x1 * y2
    s13 += x1 * y3
  }
  const first = columns[i]! * width
  const second = columns[i + 1]! * width
  products[first + columns[j]!]! += s00
  products[first + columns[j + 1]!]! += s01
  products[first + columns[j + 2]!]! += s02
  products[first + columns[j + 3]!]! += s03
  products[second + columns[j]!]! += s10
  products[second + columns[j + 1]!]! += s11
  products[second + columns[j + 2]!]! += s12
  products[second + columns[j + 3]!]! += s13
}

/** Per pair a <= b at (a * width + b) * 5: rows that have both, sum a, sum b, sum aa, sum bb. The sum ab stands in the products. */
export type PairSums = Float64Array
export const PAIR_SUMS = 5

/** Adds one pair, over the rows of the block that have both. */
export function addPair(products: Float64Array, sums: PairSums, width: number, block: ColumnBlock, a: number, b: number): void {
  const { values, stride, rows } = block
  let n = 0
  let sa = 0
  let sb = 0
  let saa = 0
  let sbb = 0
  let sab = 0
  for (let k = 0, p = a * stride, q = b * stride; k < rows; k++) {
    const x = values[p + k]!
    const y = values[q + k]!
    const xy = x * y
    // Standardised values are never infinite, so this is NaN where one of them is missing.
    if (xy !== xy) continue
    n += 1
    sa += x
    sb += y
    saa += x * x
    sbb += y * y
    sab += xy
  }
  products[a * width + b]! += sab
  const at = (a * width + b) * PAIR_SUMS
  sums[at]! += n
  sums[at + 1]! += sa
  sums[at + 2]! += sb
  sums[at + 3]! += saa
  sums[at + 4]! += sbb
}
