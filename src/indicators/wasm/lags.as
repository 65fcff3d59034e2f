import { address, finite, get, put, whole } from './memory'

// State: values since the last break. A change over a break would reach into what lies before it.
// What is lost until `bars` values after a break is the same for all: they differ only in what they make of now and then.

export function lag(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    known = v == v ? known + 1 : 0
    put(y, i, known > bars ? get(x, i - bars) : NaN)
  }
  put(s, 0, known)
}

export function change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    known = v == v ? known + 1 : 0
    put(y, i, known > bars ? v - get(x, i - bars) : NaN)
  }
  put(s, 0, known)
}

export function absolute_change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    known = v == v ? known + 1 : 0
    put(y, i, known > bars ? abs<f64>(v - get(x, i - bars)) : NaN)
  }
  put(s, 0, known)
}

export function relative_change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    known = v == v ? known + 1 : 0
    put(y, i, known > bars ? finite(v / get(x, i - bars) - 1) : NaN)
  }
  put(s, 0, known)
}

export function log_change(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1), s = address(args, 2), bars = whole(args, 3)
  let known = <i32>get(s, 0)
  for (let i = from; i < to; i++) {
    const v = get(x, i)
    known = v == v ? known + 1 : 0
    put(y, i, known > bars ? finite(Math.log(v / get(x, i - bars))) : NaN)
  }
  put(s, 0, known)
}
