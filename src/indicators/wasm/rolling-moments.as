import { address, fill, get, larger, once, put, whole } from './memory'

// By blocks: see rolling-moments.ts. State: whether it has begun; of the next block how many values there are, the first, sums of distances from it and of their
// squares; the last value of the block before; then three lists of `period`: 1 / n; for q.. of the last full block the distance of the mean from its last value, and the
// sum of squared distances from the mean. Means are never subtracted: at high prices too few of their digits would be left.
export function moments(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), outMean = address(args, 1), outVariance = address(args, 2), outStd = address(args, 3), s = address(args, 4)
  const period = whole(args, 5)
  const inverse = s + 48
  const tailMean = inverse + (<usize>period << 3)
  const tailSquares = tailMean + (<usize>period << 3)
  if (get(s, 0) == 0) {
    for (let n = 1; n < period; n++) put(inverse, n, 1.0 / <f64>n)
    fill(tailMean, 2 * period, NaN)
    put(s, 0, 1)
  }
  const perBar = once(1.0 / <f64>period)
  let n = <i32>get(s, 1)
  let c = get(s, 2)
  let s1 = get(s, 3)
  let s2 = get(s, 4)
  let last = get(s, 5)
  for (let i = from; i < to; i++) {
    let v = get(x, i)
    if (n == 0) {
      c = v
      s1 = 0
      s2 = 0
    }
    const apart = c - last
    // Up to the bar that fills the block.
    for (const end = min<i32>(to, i + period - 1 - n); i < end && v == v; v = get(x, ++i)) {
      const d = v - c
      s1 += d
      s2 += d * d
      n += 1
      const shift = s1 * get(inverse, n)
      const tail = get(tailMean, n)
      const gap = apart + shift - tail
      const weight = <f64>n * perBar
      const spread = (larger(s2 - s1 * shift, 0) + get(tailSquares, n) + gap * gap * weight * <f64>(period - n)) * perBar
      put(outMean, i, last + (tail + gap * weight))
      put(outVariance, i, spread)
      put(outStd, i, sqrt<f64>(spread))
    }
    if (i == to) break
    if (v != v) {
      fill(tailMean, period, NaN)
      n = 0
      put(outMean, i, NaN)
      put(outVariance, i, NaN)
      put(outStd, i, NaN)
      continue
    }
    const d = v - c
    s1 += d
    s2 += d * d
    const shift = s1 * perBar
    const spread = larger(s2 - s1 * shift, 0) * perBar
    put(outMean, i, c + shift)
    put(outVariance, i, spread)
    put(outStd, i, sqrt<f64>(spread))
    last = v
    let t1 = 0.0
    let t2 = 0.0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      const e = get(x, k) - v
      t1 += e
      t2 += e * e
      const tailShift = t1 * get(inverse, period - q)
      put(tailMean, q, tailShift)
      put(tailSquares, q, larger(t2 - t1 * tailShift, 0))
    }
    n = 0
  }
  put(s, 1, n)
  put(s, 2, c)
  put(s, 3, s1)
  put(s, 4, s2)
  put(s, 5, last)
}
