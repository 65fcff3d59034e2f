import { address, finite, get, ln, number, put } from './memory'

export function add(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), z = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) put(y, i, get(x, i) + get(z, i))
}

export function subtract(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), z = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) put(y, i, get(x, i) - get(z, i))
}

export function multiply(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), z = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) put(y, i, get(x, i) * get(z, i))
}

export function divide(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), z = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) {
    const d = get(z, i)
    put(y, i, d == 0 ? NaN : get(x, i) / d)
  }
}

export function log_ratio(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), z = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) put(y, i, finite(ln(get(x, i) / get(z, i))))
}

export function scale(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), y = address(args, 1)
  const factor = number(args, 3), offset = number(args, 4)
  for (let i = from; i < to; i++) put(y, i, factor * get(x, i) + offset)
}

export function weighted_sum(args: usize, from: i32, to: i32): void {
  const x = address(args, 0), z = address(args, 1), y = address(args, 2)
  const p = number(args, 4), q = number(args, 5)
  for (let i = from; i < to; i++) put(y, i, p * get(x, i) + q * get(z, i))
}

export function mean_of_2(args: usize, from: i32, to: i32): void {
  const a = address(args, 0), b = address(args, 1), y = address(args, 2)
  for (let i = from; i < to; i++) put(y, i, (get(a, i) + get(b, i)) / 2)
}

export function mean_of_3(args: usize, from: i32, to: i32): void {
  const a = address(args, 0), b = address(args, 1), c = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) put(y, i, (get(a, i) + get(b, i) + get(c, i)) / 3)
}

export function mean_of_4(args: usize, from: i32, to: i32): void {
  const a = address(args, 0), b = address(args, 1), c = address(args, 2), d = address(args, 3), y = address(args, 4)
  for (let i = from; i < to; i++) put(y, i, (get(a, i) + get(b, i) + get(c, i) + get(d, i)) / 4)
}

export function weighted_close(args: usize, from: i32, to: i32): void {
  const h = address(args, 0), l = address(args, 1), c = address(args, 2), y = address(args, 3)
  for (let i = from; i < to; i++) put(y, i, (get(h, i) + get(l, i) + 2 * get(c, i)) / 4)
}
