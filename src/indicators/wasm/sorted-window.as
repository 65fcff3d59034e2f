import { address, get, number, once, put, whole } from './memory'

// First place of `size` sorted values that is not smaller. Without branches: where a value lies is anybody's guess.
function lowerBound(sorted: usize, size: i32, value: f64): i32 {
  let low = 0
  let left = size
  while (left > 1) {
    const half = left >> 1
    low += half & -(<i32>(get(sorted, low + half - 1) < value))
    left -= half
  }
  return low + <i32>(get(sorted, low) < value)
}

// State: how many values the window holds, the values sorted. Params: period, places of the quantiles among the sorted values (0 .. period - 1).
// Outputs, after their number: rank, quantiles.
export function sorted_window(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), outRank = address(args, 2)
  const quantiles = whole(args, 1) - 1
  const s = address(args, 3 + quantiles), period = whole(args, 4 + quantiles)
  const sorted = s + 8
  const count = once(<f64>(2 * period))
  let size = <i32>get(s, 0)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    let k = 0
    if (v != v) size = 0
    else if (size == period) {
      const end = period - 1
      k = lowerBound(sorted, period, get(x, i - period))
      for (; k < end && get(sorted, k + 1) < v; k++) put(sorted, k, get(sorted, k + 1))
      for (; k > 0 && get(sorted, k - 1) > v; k--) put(sorted, k, get(sorted, k - 1))
      put(sorted, k, v)
    } else {
      k = size
      for (; k > 0 && get(sorted, k - 1) > v; k--) put(sorted, k, get(sorted, k - 1))
      put(sorted, k, v)
      size += 1
    }
    if (v != v || size < period) {
      put(outRank, i, NaN)
      for (let q = 0; q < quantiles; q++) put(address(args, 3 + q), i, NaN)
      continue
    }
    let first = k
    while (first > 0 && get(sorted, first - 1) == v) first -= 1
    let last = k
    while (last + 1 < period && get(sorted, last + 1) == v) last += 1
    put(outRank, i, <f64>(first + last + 2) / count)
    for (let q = 0; q < quantiles; q++) {
      const place = number(args, 5 + quantiles + q)
      const below = <i32>place
      const low = get(sorted, below)
      put(address(args, 3 + q), i, below == period - 1 ? low : low + (get(sorted, below + 1) - low) * (place - <f64>below))
    }
  }
  put(s, 0, size)
}

export function mean_deviation(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), mean = address(args, 1), y = address(args, 2), period = whole(args, 4)
  const perBar = once(1.0 / <f64>period)
  for (let i = from; i < to; i++) {
    const centre = get(mean, i)
    if (centre != centre) {
      put(y, i, NaN)
      continue
    }
    // Two sums, so that one addition need not wait for the other.
    let even = 0.0
    let odd = 0.0
    let k = i - period + 1
    for (; k < i; k += 2) {
      even += abs<f64>(get(x, k) - centre)
      odd += abs<f64>(get(x, k + 1) - centre)
    }
    if (k == i) even += abs<f64>(get(x, k) - centre)
    put(y, i, (even + odd) * perBar)
  }
}
