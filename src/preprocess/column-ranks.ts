/** Ranks from 1 among the finite values, equal ones sharing the mean of their ranks; NaN where there is no value. */
export function columnRanks(column: Float64Array): Float64Array {
  const sorted = column.filter((value) => Number.isFinite(value)).sort()
  // Rank at the first place of each run of equal values.
  const rankAt = new Float64Array(sorted.length)
  for (let from = 0; from < sorted.length;) {
    let to = from + 1
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1
    rankAt[from] = (from + 1 + to) / 2
    from = to
  }
  return column.map((value) => (Number.isFinite(value) ? rankAt[firstAtLeast(sorted, value)]! : NaN))
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
