/**
 * Rolling statistics over the last `period` values, in O(n) and without running sums.
 *
 * A running sum that adds the new value and subtracts the old one drifts, and after one bad tick stays wrong for ever. Here the series is cut into blocks
 * of `period` values: every window is the tail of one block joined to the head of the next, and both are accumulated by adding only (van Herk 1992,
 * Gil & Werman 1993, for any associative operation). So the error of a window comes from its own values alone, a NaN or a spike leaves with the
 * window, and the result at `t` never depends on anything after `t`.
 *
 * All functions return an array of the input's length; the first `period - 1` values are NaN, as is every window that holds a NaN.
 */

/** Sum of each window. */
export function rollingSum(x: Float64Array, period: number): Float64Array {
  return sweep(x, period, (a, b) => a + b)
}

/** Largest value of each window. */
export function rollingMax(x: Float64Array, period: number): Float64Array {
  return sweep(x, period, Math.max)
}

/** Smallest value of each window. */
export function rollingMin(x: Float64Array, period: number): Float64Array {
  return sweep(x, period, Math.min)
}

function sweep(x: Float64Array, period: number, join: (a: number, b: number) => number): Float64Array {
  const n = x.length
  const out = new Float64Array(n).fill(NaN)
  const tail = new Float64Array(period)
  for (let start = 0; start < n; start += period) {
    const end = Math.min(start + period, n)
    let head = NaN
    for (let i = start; i < end; i++) {
      head = i === start ? x[i]! : join(head, x[i]!)
      const inBlock = i - start
      if (inBlock === period - 1) out[i] = head
      else if (start > 0) out[i] = join(tail[inBlock + 1]!, head)
    }
    if (end - start < period) break
    tail[period - 1] = x[end - 1]!
    for (let i = period - 2; i >= 0; i--) tail[i] = join(x[start + i]!, tail[i + 1]!)
  }
  return out
}

export interface RollingMoments {
  readonly mean: Float64Array
  /** Population standard deviation (divided by `period`): exactly 0 for a flat window. */
  readonly std: Float64Array
}

/** Mean and population standard deviation of each window, joined by the update of Chan, Golub & LeVeque 1979: no cancellation at high price levels. */
export function rollingMoments(x: Float64Array, period: number): RollingMoments {
  const n = x.length
  const mean = new Float64Array(n).fill(NaN)
  const std = new Float64Array(n).fill(NaN)
  const tailMean = new Float64Array(period)
  const tailSquares = new Float64Array(period)
  for (let start = 0; start < n; start += period) {
    const end = Math.min(start + period, n)
    let headMean = 0
    let headSquares = 0
    for (let i = start; i < end; i++) {
      const count = i - start + 1
      const delta = x[i]! - headMean
      headMean += delta / count
      headSquares += delta * (x[i]! - headMean)
      if (count === period) {
        mean[i] = headMean
        std[i] = Math.sqrt(headSquares / period)
      } else if (start > 0) {
        const gap = headMean - tailMean[count]!
        mean[i] = tailMean[count]! + (gap * count) / period
        std[i] = Math.sqrt((tailSquares[count]! + headSquares + (gap * gap * count * (period - count)) / period) / period)
      }
    }
    if (end - start < period) break
    let blockMean = 0
    let blockSquares = 0
    for (let i = period - 1; i >= 0; i--) {
      const value = x[start + i]!
      const delta = value - blockMean
      blockMean += delta / (period - i)
      blockSquares += delta * (value - blockMean)
      tailMean[i] = blockMean
      tailSquares[i] = blockSquares
    }
  }
  return { mean, std }
}
