import { checkSeries } from './check-series.js'
import { midranks } from './ranks.js'

/** Values less their mean, divided by their standard deviation (ddof 0); undefined where they do not vary. */
export function standardised(values: ArrayLike<number>): Float64Array | undefined {
  const n = values.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += values[i]! / n
  let [squares, largest] = [0, 0]
  for (let i = 0; i < n; i++) {
    squares += (values[i]! - mean) ** 2 / n
    largest = Math.max(largest, Math.abs(values[i]!))
  }
  const deviation = Math.sqrt(squares)
  // Equal numbers leave rounding, not 0.
  if (n < 2 || !(deviation > 1e-14 * largest)) return undefined
  return Float64Array.from({ length: n }, (_, i) => (values[i]! - mean) / deviation)
}

/** Pearson's correlation, -1..1; NaN where one of the two does not vary or there are fewer than two values. @throws LabError `bad-series` */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  checkSeries({ a, b })
  const [left, right] = [standardised(a), standardised(b)]
  if (left === undefined || right === undefined) return NaN
  let sum = 0
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!
  return Math.max(-1, Math.min(1, sum / left.length))
}

/** Spearman's correlation: Pearson's of the ranks, equal values sharing their mean rank. NaN and errors as of {@link pearson}. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  checkSeries({ a, b })
  return pearson(midranks(a), midranks(b))
}
