import { address, fill, get, larger, once, put, whole } from './memory'

// By blocks: see rolling-pair.ts. State: whether it has begun; of the next block how many pairs there are, the first one, five sums around it; the last pair of the block before; then six lists
// of `period`: 1 / n; for q.. of the last full block the distances of both means from the last pair, and three sums of products of distances from the means.
export function pair(args: usize, from: i32, to: i32): void {
  const xA = address(args, 0), xB = address(args, 1)
  const yAB = address(args, 2), yAA = address(args, 3), yBB = address(args, 4), s = address(args, 5)
  const period = whole(args, 6)
  const size = <usize>period << 3
  const inverse = s + 88
  const meanA = inverse + size, meanB = meanA + size
  const tailAB = meanB + size, tailAA = tailAB + size, tailBB = tailAA + size
  if (get(s, 0) == 0) {
    for (let n = 1; n < period; n++) put(inverse, n, 1.0 / <f64>n)
    fill(meanA, 5 * period, NaN)
    put(s, 0, 1)
  }
  const perBar = once(1.0 / <f64>period)
  let n = <i32>get(s, 1)
  let cA = get(s, 2), cB = get(s, 3)
  let a1 = get(s, 4), b1 = get(s, 5), ab = get(s, 6), aa = get(s, 7), bb = get(s, 8)
  let lastA = get(s, 9), lastB = get(s, 10)
  for (let i = from; i < to; i++) {
    const v = get(xA, i)
    const w = get(xB, i)
    if (v != v || w != w) {
      fill(meanA, 2 * period, NaN)
      n = 0
      put(yAB, i, NaN)
      put(yAA, i, NaN)
      put(yBB, i, NaN)
      continue
    }
    if (n == 0) {
      cA = v
      cB = w
      a1 = b1 = ab = aa = bb = 0
    }
    n += 1
    const d = v - cA
    const e = w - cB
    a1 += d
    b1 += e
    ab += d * e
    aa += d * d
    bb += e * e
    const each = n < period ? get(inverse, n) : perBar
    const shiftA = a1 * each
    const shiftB = b1 * each
    const sAB = ab - a1 * shiftB
    const sAA = larger(aa - a1 * shiftA, 0)
    const sBB = larger(bb - b1 * shiftB, 0)
    if (n < period) {
      const gapA = cA - lastA + shiftA - get(meanA, n)
      const gapB = cB - lastB + shiftB - get(meanB, n)
      const weight = <f64>n * perBar * <f64>(period - n)
      put(yAB, i, (sAB + get(tailAB, n) + gapA * gapB * weight) * perBar)
      put(yAA, i, (sAA + get(tailAA, n) + gapA * gapA * weight) * perBar)
      put(yBB, i, (sBB + get(tailBB, n) + gapB * gapB * weight) * perBar)
      continue
    }
    put(yAB, i, sAB * perBar)
    put(yAA, i, sAA * perBar)
    put(yBB, i, sBB * perBar)
    lastA = v
    lastB = w
    let t1 = 0.0, u1 = 0.0, tu = 0.0, tt = 0.0, uu = 0.0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      const f = get(xA, k) - v
      const g = get(xB, k) - w
      t1 += f
      u1 += g
      tu += f * g
      tt += f * f
      uu += g * g
      const tShift = t1 * get(inverse, period - q)
      const uShift = u1 * get(inverse, period - q)
      put(meanA, q, tShift)
      put(meanB, q, uShift)
      put(tailAB, q, tu - t1 * uShift)
      put(tailAA, q, larger(tt - t1 * tShift, 0))
      put(tailBB, q, larger(uu - u1 * uShift, 0))
    }
    n = 0
  }
  put(s, 1, n)
  put(s, 2, cA)
  put(s, 3, cB)
  put(s, 4, a1)
  put(s, 5, b1)
  put(s, 6, ab)
  put(s, 7, aa)
  put(s, 8, bb)
  put(s, 9, lastA)
  put(s, 10, lastB)
}
