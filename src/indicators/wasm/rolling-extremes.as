import { address, fill, get, larger, number, put, smaller, whole } from './memory'

// By blocks of `period` values: see rolling-sum.ts. State: whether it has begun, how many values of the next block there are, their extreme, then
// tails [q]: extreme of values q.. of the last full block; NaN before there is one, and of a NaN nothing is larger or smaller.
export function max_of(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), period = whole(args, 3)
  const tails = s + 24
  if (get(s, 0) == 0) {
    fill(tails, period, NaN)
    put(s, 0, 1)
    put(s, 2, -Infinity)
  }
  let n = <i32>get(s, 1)
  let head = get(s, 2)
  for (let i = from; i < to; i++) {
    let v = get(x, i)
    // Up to the bar that fills the block.
    for (const end = min<i32>(to, i + period - 1 - n); i < end && v == v; v = get(x, ++i)) {
      head = larger(head, v)
      n += 1
      put(y, i, larger(get(tails, n), head))
    }
    if (i == to) break
    if (v != v) {
      fill(tails, period, NaN)
      n = 0
      head = -Infinity
      put(y, i, NaN)
      continue
    }
    put(y, i, larger(head, v))
    let tail = -Infinity
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail = larger(tail, get(x, k))
      put(tails, q, tail)
    }
    n = 0
    head = -Infinity
  }
  put(s, 1, n)
  put(s, 2, head)
}

export function min_of(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), period = whole(args, 3)
  const tails = s + 24
  if (get(s, 0) == 0) {
    fill(tails, period, NaN)
    put(s, 0, 1)
    put(s, 2, Infinity)
  }
  let n = <i32>get(s, 1)
  let head = get(s, 2)
  for (let i = from; i < to; i++) {
    let v = get(x, i)
    // Up to the bar that fills the block.
    for (const end = min<i32>(to, i + period - 1 - n); i < end && v == v; v = get(x, ++i)) {
      head = smaller(head, v)
      n += 1
      put(y, i, smaller(get(tails, n), head))
    }
    if (i == to) break
    if (v != v) {
      fill(tails, period, NaN)
      n = 0
      head = Infinity
      put(y, i, NaN)
      continue
    }
    put(y, i, smaller(head, v))
    let tail = Infinity
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail = smaller(tail, get(x, k))
      put(tails, q, tail)
    }
    n = 0
    head = Infinity
  }
  put(s, 1, n)
  put(s, 2, head)
}

// State: whether it has begun; of the next block how many values there are, the largest and its place among them; then for q..: largest of the last full
// block and how far from the block's end it stands. The smallest is looked for as the largest of the negative (sign -1).
export function bars_since_extreme(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), period = whole(args, 3)
  const sign = number(args, 4), late = whole(args, 5)
  const tails = s + 32
  const ages = tails + (<usize>period << 3)
  if (get(s, 0) == 0) fill(tails, 2 * period, NaN)
  put(s, 0, 1)
  let n = <i32>get(s, 1)
  let best = get(s, 2)
  let place = <i32>get(s, 3)
  // Sums instead of branches: whether a value is an extreme is anybody's guess.
  for (let i = from; i < to; i++) {
    let v = sign * get(x, i)
    if (n == 0) best = -Infinity
    // Up to the bar that fills the block.
    for (const end = min<i32>(to, i + period - 1 - n); i < end && v == v; v = sign * get(x, ++i)) {
      n += 1
      place += (<i32>(v > best) | (late & <i32>(v == best))) * (n - place)
      best = larger(best, v)
      const tail = get(tails, n)
      const older = <f64>n + get(ages, n)
      const inHead = <f64>(<i32>(best > tail) | (late & <i32>(best == tail)))
      // Before there is a full block the tail is NaN and so is its age.
      put(y, i, older + inHead * (<f64>(n - place) - older))
    }
    if (i == to) break
    if (v != v) {
      fill(tails, 2 * period, NaN)
      n = 0
      put(y, i, NaN)
      continue
    }
    put(y, i, v > best || (late == 1 && v == best) ? 0 : <f64>(period - place))
    let tail = v
    let age = 0
    for (let q = period - 1, k = i, back = 0; q > 0; q--, k--, back++) {
      const w = sign * get(x, k)
      age += (<i32>(w > tail) | ((1 - late) & <i32>(w == tail))) * (back - age)
      tail = larger(tail, w)
      put(tails, q, tail)
      put(ages, q, <f64>age)
    }
    n = 0
  }
  put(s, 1, n)
  put(s, 2, best)
  put(s, 3, place)
}
