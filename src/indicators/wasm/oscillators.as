import { address, finite, get, larger, number, put, smaller } from './memory'

export function gain_share(args: usize, from: i32, to: i32): void {
  const up = address(args, 0), down = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) {
    const gain = get(up, i), both = gain + get(down, i)
    put(y, i, both == 0 ? 50 : (100 * gain) / both)
  }
}

export function balance(args: usize, from: i32, to: i32): void {
  const up = address(args, 0), down = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) {
    const gain = get(up, i), loss = get(down, i), both = gain + loss
    put(y, i, both == 0 ? 0 : (100 * (gain - loss)) / both)
  }
}

export function percent_apart(args: usize, from: i32, to: i32): void {
  const fast = address(args, 0), slow = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) put(y, i, finite((100 * (get(fast, i) - get(slow, i))) / get(slow, i)))
}

// Params: the range up to which a value stands still; what its place is then.
export function place_in_range(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), low = address(args, 1), high = address(args, 2), y = address(args, 3), still = number(args, 5)
  for (let i = from; i < to; i++) {
    const v = get(x, i), bottom = get(low, i), range = get(high, i) - bottom
    put(y, i, v == v && range <= still ? 0.5 : (v - bottom) / range)
  }
}

export function channel_index(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), mean = address(args, 1), deviation = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) {
    const d = get(deviation, i)
    put(y, i, d == 0 ? 0 : (get(x, i) - get(mean, i)) / (0.015 * d))
  }
}

export function buying_pressure(args: usize, from: i32, to: i32): void {
  const c = address(args, 0), l = address(args, 1), before = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) put(y, i, get(c, i) - smaller(get(before, i), get(l, i)))
}

// part / whole; params: what it is where the whole is 0; factor.
export function share_or(args: usize, from: i32, to: i32): void {
  const part = address(args, 0), all = address(args, 1), y = address(args, 2), otherwise = number(args, 4), factor = number(args, 5)
  for (let i = from; i < to; i++) {
    const p = get(part, i), w = get(all, i)
    put(y, i, p == p && w == 0 ? otherwise : (factor * p) / w)
  }
}

// @ts-ignore
@inline function pressureShare(part: usize, all: usize, i: i32): f64 {
  const p = get(part, i), w = get(all, i)
  return p == p && w == 0 ? 0.5 : p / w
}

// Inputs: sums of buying pressure and of range, over three windows.
export function ultimate(args: usize, from: i32, to: i32): void {
  const a = address(args, 0), b = address(args, 1), c = address(args, 2), d = address(args, 3), e = address(args, 4), f = address(args, 5)
  const y = address(args, 6)
  for (let i = from; i < to; i++)
    put(y, i, (100 * (4 * pressureShare(a, b, i) + 2 * pressureShare(c, d, i) + pressureShare(e, f, i))) / 7)
}

export function body_share(args: usize, from: i32, to: i32): void {
  const o = address(args, 0), h = address(args, 1), l = address(args, 2), c = address(args, 3), y = address(args, 4)
  for (let i = from; i < to; i++) {
    const body = get(c, i) - get(o, i), range = get(h, i) - get(l, i)
    put(y, i, range > 0 ? body / range : body + range != body + range ? NaN : 0)
  }
}

export function sure_thing(args: usize, from: i32, to: i32): void {
  const a = address(args, 0), b = address(args, 1), c = address(args, 2), d = address(args, 3), y = address(args, 4)
  for (let i = from; i < to; i++) put(y, i, 100 * (get(a, i) + 2 * get(b, i) + 3 * get(c, i) + 4 * get(d, i)))
}

export function efficiency(args: usize, from: i32, to: i32): void {
  const move = address(args, 0), path = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) {
    const m = abs<f64>(get(move, i)), p = get(path, i)
    put(y, i, p == 0 ? (m == m ? 0 : NaN) : smaller(m / p, 1))
  }
}

export function z_score(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), mean = address(args, 1), std = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) {
    const d = get(std, i)
    put(y, i, d == 0 ? 0 : (get(x, i) - get(mean, i)) / d)
  }
}

export function correlation(args: usize, from: i32, to: i32): void {
  const covariance = address(args, 0), a = address(args, 1), b = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) {
    const both = sqrt<f64>(get(a, i)) * sqrt<f64>(get(b, i))
    // Rounding may carry it a little beyond -1 or 1.
    put(y, i, both == 0 ? NaN : larger(smaller(get(covariance, i) / both, 1), -1))
  }
}

// Slope and variance of the window; param: variance of the places.
export function explained(args: usize, from: i32, to: i32): void {
  const slope = address(args, 0), variance = address(args, 1), y = address(args, 2), places = number(args, 4)
  for (let i = from; i < to; i++) {
    const b = get(slope, i), all = get(variance, i)
    put(y, i, all == 0 ? 0 : smaller((b * b * places) / all, 1))
  }
}
