/** Mean Euclidean distance over all ordered pairs of rows, each row with itself included (FreqAI's rule: the sum is divided by n squared). */
export function meanDistance(values: Float64Array, width: number): number {
  const n = values.length / width
  let sum = 0
  for (let a = 0; a < n; a++)
    for (let b = a + 1; b < n; b++) {
      let squares = 0
      for (let j = 0, p = a * width, q = b * width; j < width; j++) {
        const difference = values[p + j]! - values[q + j]!
        squares += difference * difference
      }
      sum += Math.sqrt(squares)
    }
  return (2 * sum) / (n * n)
}

/** Euclidean distance from one row of `values` to the nearest row of `reference`. */
export function nearestDistance(values: Float64Array, row: number, reference: Float64Array, width: number): number {
  const from = row * width
  let best = Infinity
  for (let at = 0; at < reference.length; at += width) {
    let squares = 0
    // A row that is already farther than the nearest so far is left halfway: looked at every eight columns.
    for (let start = 0; start < width && squares < best; start += 8)
      for (let j = start, end = Math.min(start + 8, width); j < end; j++) {
        const difference = values[from + j]! - reference[at + j]!
        squares += difference * difference
      }
    if (squares < best) best = squares
  }
  return Math.sqrt(best)
}
