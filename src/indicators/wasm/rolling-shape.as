import { address, fill, get, once, put, whole } from './memory'

// A set of moments: mean, central sums of powers 2, 3, 4, number of values.
// Takes one more value in.
function include(m: usize, value: f64): void {
  const before = get(m, 4)
  const n = before + 1
  const m2 = get(m, 1)
  const m3 = get(m, 2)
  const step = (value - get(m, 0)) / n
  const share = step * step * n * before
  put(m, 3, get(m, 3) + share * step * step * (n * n - 3 * n + 3) + 6 * step * step * m2 - 4 * step * m3)
  put(m, 2, m3 + share * step * (n - 2) - 3 * step * m2)
  put(m, 1, m2 + share)
  put(m, 0, get(m, 0) + step)
  put(m, 4, n)
}

// By blocks: see rolling-shape.ts. State: whether it has begun; the first value of the next block and the last of the block before; moments of the next block's values so far, as
// distances from its first; moments for the tails; then mean, second, third and fourth sum of values q.. of the last full block, as distances from its last.
export function shape(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), outSkew = address(args, 1), outKurt = address(args, 2), s = address(args, 3), period = whole(args, 4)
  const size = <usize>period << 3
  const head = s + 24, part = s + 64
  const tailMean = s + 104, tail2 = tailMean + size, tail3 = tail2 + size, tail4 = tail3 + size
  if (get(s, 0) == 0) fill(tailMean, period, NaN)
  put(s, 0, 1)
  const p = once(<f64>period)
  const forSkew = once((p * sqrt<f64>(p - 1)) / (p - 2))
  const forKurt = once((p - 1) / ((p - 2) * (p - 3)))
  let first = get(s, 1)
  let last = get(s, 2)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    if (v != v) {
      fill(tailMean, period, NaN)
      fill(head, 5, 0)
      put(outSkew, i, NaN)
      put(outKurt, i, NaN)
      continue
    }
    if (get(head, 4) == 0) first = v
    include(head, v - first)
    const n = <i32>get(head, 4)
    let m2 = get(head, 1), m3 = get(head, 2), m4 = get(head, 3)
    if (n < period) {
      // Moments of two parts together (Pebay 2008, eq. 2.1).
      const a = <f64>n, rest = p - a
      const t2 = get(tail2, n), t3 = get(tail3, n)
      const step = (first - last + get(head, 0) - get(tailMean, n)) / p
      const step2 = step * step
      const share = step2 * p * rest * a
      m4 +=
        get(tail4, n) +
        share * step2 * (rest * rest - rest * a + a * a) +
        6 * step2 * (rest * rest * m2 + a * a * t2) +
        4 * step * (rest * m3 - a * t3)
      m3 += t3 + share * step * (rest - a) + 3 * step * (rest * m2 - a * t2)
      m2 += t2 + share
    }
    if (m2 > 0) {
      put(outSkew, i, forSkew * (m3 / (m2 * sqrt<f64>(m2))))
      put(outKurt, i, forKurt * ((p * (p + 1) * m4) / (m2 * m2) - 3 * (p - 1)))
    } else {
      put(outSkew, i, NaN)
      put(outKurt, i, NaN)
    }
    if (n < period) continue
    last = v
    fill(part, 5, 0)
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      include(part, get(x, k) - v)
      put(tailMean, q, get(part, 0))
      put(tail2, q, get(part, 1))
      put(tail3, q, get(part, 2))
      put(tail4, q, get(part, 3))
    }
    fill(head, 5, 0)
  }
  put(s, 1, first)
  put(s, 2, last)
}
