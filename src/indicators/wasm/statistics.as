import { address, get, number, put, whole } from './memory'

// Which of the six orderings the three values that end at `i` have.
// @ts-ignore
@inline function ordering(x: usize, i: i32): i32 {
  const a = get(x, i - 2)
  const b = get(x, i - 1)
  const c = get(x, i)
  if (b < a) return c < b ? 0 : c < a ? 1 : 2
  return c < a ? 3 : c < b ? 4 : 5
}

// State: values since the last break; how often each of the six orderings occurs; [n] share of the entropy of an ordering that occurs n times.
export function permutation_entropy(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), period = whole(args, 3)
  const counts = s + 8
  const terms = s + 56
  let known = <i32>get(s, 0)
  if (get(terms, 1) == 0)
    for (let n = 1; n < period; n++) {
      const share = <f64>n / <f64>period
      put(terms, n, -share * (Math.log(share) / Math.log(6)))
    }
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    if (v != v) {
      known = 0
      for (let k = 0; k < 6; k++) put(counts, k, 0)
      put(y, i, NaN)
      continue
    }
    known = min<i32>(known + 1, period + 3)
    if (known >= 3) {
      const now = ordering(x, i)
      put(counts, now, get(counts, now) + 1)
    }
    if (known > period + 2) {
      const gone = ordering(x, i - period)
      put(counts, gone, get(counts, gone) - 1)
    }
    let sum = 0.0
    for (let k = 0; k < 6; k++) sum += get(terms, <i32>get(counts, k))
    put(y, i, known >= period + 2 ? sum : NaN)
  }
  put(s, 0, known)
}

// State: values since the last break; the weights.
export function fractional_difference(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), period = whole(args, 3), order = number(args, 4)
  const weights = s + 8
  let known = <i32>get(s, 0)
  if (get(weights, 0) == 0) {
    put(weights, 0, 1)
    for (let k = 1; k < period; k++) put(weights, k, (-get(weights, k - 1) * (order - <f64>k + 1)) / <f64>k)
  }
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    known = v == v ? min<i32>(known + 1, period) : 0
    if (known < period) {
      put(y, i, NaN)
      continue
    }
    let even = 0.0
    let odd = 0.0
    let k = 0
    for (; k + 1 < period; k += 2) {
      even += get(weights, k) * get(x, i - k)
      odd += get(weights, k + 1) * get(x, i - k - 1)
    }
    if (k < period) even += get(weights, k) * get(x, i - k)
    put(y, i, even + odd)
  }
  put(s, 0, known)
}

// Least-squares slope of half the logarithm of five mean squares on the logarithm of 1, 2, 4, 8, 16.
export function hurst_slope(args: usize, from: i32, to: i32): void {
  const a = address(args, 0), b = address(args, 1), d = address(args, 3), e = address(args, 4), c = address(args, 2), y = address(args, 5)
  // In steps of ln 2 around ln 4 the logarithms are -2 .. 2, their squares add up to 10: the middle one has no weight but must be known.
  for (let i = from; i < to; i++) {
    const middle = get(c, i)
    const slope = (2 * Math.log(get(e, i) / get(a, i)) + Math.log(get(d, i) / get(b, i))) / (20 * Math.LN2)
    put(y, i, middle > 0 && slope - slope == 0 ? slope : NaN)
  }
}
