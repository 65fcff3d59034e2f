import { address, fill, get, once, put, whole } from './memory'

// By blocks of `period` values: see rolling-sum.ts. State: whether it has begun, how many values of the next block there are, their sum, then
// tails [q]: sum of values q.. of the last full block; NaN before there is one.
export function sum(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), period = whole(args, 3)
  const tails = s + 24
  if (get(s, 0) == 0) fill(tails, period, NaN)
  put(s, 0, 1)
  let n = <i32>get(s, 1)
  let head = get(s, 2)
  for (let i = from; i < to; i++) {
    let v = get(x, i)
    // Up to the bar that fills the block.
    for (const end = min<i32>(to, i + period - 1 - n); i < end && v == v; v = get(x, ++i)) {
      head += v
      n += 1
      put(y, i, get(tails, n) + head)
    }
    if (i == to) break
    if (v != v) {
      fill(tails, period, NaN)
      n = 0
      head = 0
      put(y, i, NaN)
      continue
    }
    put(y, i, head + v)
    let tail = 0.0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail += get(x, k)
      put(tails, q, tail)
    }
    n = 0
    head = 0
  }
  put(s, 1, n)
  put(s, 2, head)
}

// State: whether it has begun, how many values of the next block there are, the first, the sum of distances from it, the last value of the block before, then
// tails [q]: sum of the distances of values q.. of the last full block from its last; NaN before there is one.
export function sma(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), period = whole(args, 3)
  const tails = s + 40
  const perBar = once(1.0 / <f64>period)
  if (get(s, 0) == 0) fill(tails, period, NaN)
  put(s, 0, 1)
  let n = <i32>get(s, 1)
  let centre = get(s, 2)
  let head = get(s, 3)
  let last = get(s, 4)
  for (let i = from; i < to; i++) {
    let v = get(x, i)
    if (n == 0) {
      centre = v
      head = 0
    }
    const gap = centre - last
    // Up to the bar that fills the block.
    for (const end = min<i32>(to, i + period - 1 - n); i < end && v == v; v = get(x, ++i)) {
      head += v - centre
      n += 1
      put(y, i, last + (get(tails, n) + head + <f64>n * gap) * perBar)
    }
    if (i == to) break
    if (v != v) {
      fill(tails, period, NaN)
      n = 0
      put(y, i, NaN)
      continue
    }
    put(y, i, centre + (head + (v - centre)) * perBar)
    last = v
    let tail = 0.0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail += get(x, k) - v
      put(tails, q, tail)
    }
    n = 0
  }
  put(s, 1, n)
  put(s, 2, centre)
  put(s, 3, head)
  put(s, 4, last)
}
