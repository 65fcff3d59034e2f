import { address, fill, get, once, put, whole } from './memory'

// By blocks: see rolling-line.ts. State: whether it has begun; of the next block how many values there are, the first, sums of the distances d from it and of
// d x place; the last value of the block before; then for q.. of the last full block the sums of the distances from its last value and of distance x place.
export function line(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), outSlope = address(args, 1), outMean = address(args, 2), s = address(args, 3), period = whole(args, 4)
  const tailSum = s + 48
  const tailPlace = tailSum + (<usize>period << 3)
  if (get(s, 0) == 0) fill(tailSum, 2 * period, NaN)
  put(s, 0, 1)
  const p = once(<f64>period)
  const perBar = once(1.0 / p)
  const perSpread = once(12.0 / (p * (p * p - 1)))
  const middle = once((p - 1) / 2)
  let n = <i32>get(s, 1)
  let c = get(s, 2)
  let h1 = get(s, 3)
  let hk = get(s, 4)
  let last = get(s, 5)
  for (let i = from; i < to; i++) {
    let v = get(x, i)
    if (n == 0) {
      c = v
      h1 = 0
      hk = 0
    }
    const shift = c - last
    // Up to the bar that fills the block.
    for (const end = min<i32>(to, i + period - 1 - n); i < end && v == v; v = get(x, ++i)) {
      const d = v - c
      h1 += d
      hk += <f64>n * d
      n += 1
      const m = <f64>n
      const t1 = get(tailSum, n)
      const before = p - m
      // Sums over the window around the last value of the block before; places count from 0 at the window's oldest value.
      const s1 = t1 + h1 + m * shift
      const sk = get(tailPlace, n) - m * t1 + hk + before * h1 + shift * m * (before + (m - 1) / 2)
      put(outSlope, i, (sk - middle * s1) * perSpread)
      put(outMean, i, last + s1 * perBar)
    }
    if (i == to) break
    if (v != v) {
      fill(tailSum, period, NaN)
      n = 0
      put(outSlope, i, NaN)
      put(outMean, i, NaN)
      continue
    }
    const d = v - c
    h1 += d
    hk += <f64>n * d
    put(outSlope, i, (hk - middle * h1) * perSpread)
    put(outMean, i, c + h1 * perBar)
    last = v
    let t1 = 0.0
    let tk = 0.0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      const e = get(x, k) - v
      t1 += e
      tk += <f64>q * e
      put(tailSum, q, t1)
      put(tailPlace, q, tk)
    }
    n = 0
  }
  put(s, 1, n)
  put(s, 2, c)
  put(s, 3, h1)
  put(s, 4, hk)
  put(s, 5, last)
}
