import { address, finite, get, ln, put, whole } from './memory'

// State: values since the last break, up to `bars`. A change over a break would reach into what lies before it.

// How many bars the last `opening` has dealt with.
let begun = 0

// Bars that are missing, and those that follow until `bars` values are known. Returns how many are known then.
function opening(x: usize, y: usize, bars: i32, before: i32, from: i32, to: i32): i32 {
  let known = before
  let i = from
  for (; i < to; i++) {
    const v = get(x, i)
    if (v == v && known >= bars) break
    known = v == v ? known + 1 : 0
    put(y, i, NaN)
  }
  begun = i - from
  return known
}

export function lag(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; ) {
    known = opening(x, y, bars, known, i, to)
    i += begun
    for (; i < to; i++) {
      const v = get(x, i)
      if (v != v) break
      put(y, i, get(x, i - bars))
    }
  }
  put(s, 0, known)
}

export function change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; ) {
    known = opening(x, y, bars, known, i, to)
    i += begun
    for (; i < to; i++) {
      const v = get(x, i)
      if (v != v) break
      put(y, i, v - get(x, i - bars))
    }
  }
  put(s, 0, known)
}

export function absolute_change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; ) {
    known = opening(x, y, bars, known, i, to)
    i += begun
    for (; i < to; i++) {
      const v = get(x, i)
      if (v != v) break
      put(y, i, abs<f64>(v - get(x, i - bars)))
    }
  }
  put(s, 0, known)
}

export function relative_change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; ) {
    known = opening(x, y, bars, known, i, to)
    i += begun
    for (; i < to; i++) {
      const v = get(x, i)
      if (v != v) break
      put(y, i, finite(v / get(x, i - bars) - 1))
    }
  }
  put(s, 0, known)
}

export function log_change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; ) {
    known = opening(x, y, bars, known, i, to)
    i += begun
    for (; i < to; i++) {
      const v = get(x, i)
      if (v != v) break
      put(y, i, finite(ln(v / get(x, i - bars))))
    }
  }
  put(s, 0, known)
}
