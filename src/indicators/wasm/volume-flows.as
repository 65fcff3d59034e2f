import { address, get, larger, number, put, smaller, whole } from './memory'

export function cumulative(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  let total = get(s, 0)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    if (v == v) {
      total += v
      put(y, i, total)
    } else {
      total = 0
      put(y, i, NaN)
    }
  }
  put(s, 0, total)
}

export function signed_volume(args: usize, from: i32, to: i32): void {
  const move = address(args, 0), volume = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) {
    const m = get(move, i), v = get(volume, i)
    put(y, i, m > 0 ? v : m < 0 ? -v : m == m && v == v ? 0 : NaN)
  }
}

// State: whether there is a bar before, its close, the balance.
export function on_balance_volume(args: usize, from: i32, to: i32): void {
  const c = address(args, 0), v = address(args, 1), y = address(args, 2), s = address(args, 3)
  let known = get(s, 0) == 1
  let before = get(s, 1)
  let sum = get(s, 2)
  for (let i = from; i < to; i++) {
    const last = get(c, i)
    const size = get(v, i)
    if (last != last || size != size) {
      known = false
      put(y, i, NaN)
      continue
    }
    if (!known) sum = size
    else sum += last > before ? size : last < before ? -size : 0
    known = true
    before = last
    put(y, i, sum)
  }
  put(s, 0, known ? 1 : 0)
  put(s, 1, before)
  put(s, 2, sum)
}

// @ts-ignore
@inline function location(high: f64, low: f64, close: f64): f64 {
  const range = high - low
  const place = close - low - (high - close)
  return range > 0 ? place / range : place + range != place + range ? NaN : 0
}

export function close_location(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) put(y, i, location(get(h, i), get(l, i), get(c, i)))
}

export function money_flow_volume(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2), v = address(args, 3), y = address(args, 4)
  for (let i = from; i < to; i++) put(y, i, location(get(h, i), get(l, i), get(c, i)) * get(v, i))
}

// Fast minus slow average of a line, both begun at its first value. State: values since the last break, up to the first that counts; both averages.
// Params: factors of the averages, how many values to leave out.
export function chaikin(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2)
  const p = number(args, 3), q = number(args, 4), first = whole(args, 5)
  let known = <i32>get(s, 0)
  let fast = get(s, 1), slow = get(s, 2)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    if (v != v) {
      known = 0
      put(y, i, NaN)
      continue
    }
    if (known == 0) fast = slow = v
    fast += (v - fast) * p
    slow += (v - slow) * q
    if (known < first) {
      known += 1
      put(y, i, NaN)
    } else put(y, i, fast - slow)
  }
  put(s, 0, known)
  put(s, 1, fast)
  put(s, 2, slow)
}

// Typical price x volume with the sign of the move. Outputs: flow, its size.
export function money_flow(args: usize, from: i32, to: i32): void {
  const move = address(args, 0), typical = address(args, 1), volume = address(args, 2), y = address(args, 3), size = address(args, 4)
  // A mean of three prices that is the same may differ in its last digits: that is no move.
  const rounding = 4 * f64.EPSILON
  for (let i = from; i < to; i++) {
    const m = get(move, i), price = get(typical, i)
    const moved = abs<f64>(m) > rounding * abs<f64>(price) ? (m > 0 ? 1.0 : -1.0) : m == m ? 0 : NaN
    const flow = moved * price * get(volume, i)
    put(y, i, flow)
    put(size, i, abs<f64>(flow))
  }
}

// From the difference of both flows and their sum.
export function flow_share(args: usize, from: i32, to: i32): void {
  const net = address(args, 0), all = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) {
    const w = get(all, i), n = get(net, i)
    put(y, i, w == 0 ? 50 : larger(smaller(50 + (50 * n) / w, 100), 0))
  }
}

export function ease(args: usize, from: i32, to: i32): void {
  const move = address(args, 0), range = address(args, 1), volume = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) {
    const v = get(volume, i), product = get(move, i) * get(range, i)
    put(y, i, v == 0 ? (product == product ? 0 : NaN) : product / v)
  }
}
