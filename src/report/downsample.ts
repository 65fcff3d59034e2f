/**
 * Rows of a line that draw the same picture with at most `maxPoints` points: the line is cut into equal stretches of rows and of each stretch
 * the lowest and the highest value are kept, in their order, with the first and the last row. Extremes (the depth of a drawdown) therefore
 * survive exactly, unlike with averages. A missing value (NaN, null) in a stretch keeps one of its rows, so that gaps stay visible.
 * @returns increasing row numbers; all rows where there are no more than `maxPoints`.
 */
export function downsampleRows(values: ArrayLike<number | null>, maxPoints: number): number[] {
  const rows = values.length
  if (rows <= maxPoints) return Array.from({ length: rows }, (_, row) => row)
  const stretches = Math.max(1, Math.floor((maxPoints - 2) / 3))
  const kept = new Set([0, rows - 1])
  for (let stretch = 0; stretch < stretches; stretch++) {
    const begin = Math.floor((stretch * rows) / stretches)
    const end = Math.floor(((stretch + 1) * rows) / stretches)
    let lowest = -1
    let highest = -1
    let missing = -1
    for (let row = begin; row < end; row++) {
      const value = values[row]
      if (typeof value !== 'number' || Number.isNaN(value)) {
        missing = row
        continue
      }
      if (lowest < 0 || value < values[lowest]!) lowest = row
      if (highest < 0 || value > values[highest]!) highest = row
    }
    for (const row of [lowest, highest, missing]) if (row >= 0) kept.add(row)
  }
  return [...kept].sort((a, b) => a - b)
}
