import { column, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

/** State of one block of `period` values and of the head of the next: see rolling-sum.ts. */
interface Blocks {
  readonly period: number
  /** [q]: extreme of values q.. of the last full block; NaN before there is one. */
  readonly tails: Float64Array
  /** How many values of the next block there are, and their extreme. */
  readonly head: Float64Array
}

type Loop = (x: Float64Array, y: Float64Array, blocks: Blocks, from: number, to: number) => void

function extreme(name: string, a: Column, period: number, loop: Loop, none: number): Column {
  checkPeriod(name, period, 1)
  return column({
    name,
    inputs: [a],
    params: [period],
    reach: period - 1,
    warmup: period - 1,
    start: ([x], [y]) => {
      const blocks = { period, tails: new Float64Array(period + 1).fill(NaN), head: Float64Array.of(0, none) }
      return (from, to) => loop(x!, y!, blocks, from, to)
    },
  })
}

function largest(x: Float64Array, y: Float64Array, { period, tails, head }: Blocks, from: number, to: number): void {
  let n = head[0]!
  let best = head[1]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      tails.fill(NaN)
      n = 0
      best = -Infinity
      y[i] = NaN
      continue
    }
    best = Math.max(v, best)
    n += 1
    if (n < period) {
      y[i] = Math.max(tails[n]!, best)
      continue
    }
    y[i] = best
    let tail = -Infinity
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail = Math.max(x[k]!, tail)
      tails[q] = tail
    }
    n = 0
    best = -Infinity
  }
  head[0] = n
  head[1] = best
}

function smallest(x: Float64Array, y: Float64Array, { period, tails, head }: Blocks, from: number, to: number): void {
  let n = head[0]!
  let best = head[1]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      tails.fill(NaN)
      n = 0
      best = Infinity
      y[i] = NaN
      continue
    }
    best = Math.min(v, best)
    n += 1
    if (n < period) {
      y[i] = Math.min(tails[n]!, best)
      continue
    }
    y[i] = best
    let tail = Infinity
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail = Math.min(x[k]!, tail)
      tails[q] = tail
    }
    n = 0
    best = Infinity
  }
  head[0] = n
  head[1] = best
}

/** Largest of the last `period` values (TA-Lib MAX). */
export function rollingMax(a: Column, period: number): Column {
  return extreme('max', a, period, largest, -Infinity)
}

/** Smallest of the last `period` values (TA-Lib MIN). */
export function rollingMin(a: Column, period: number): Column {
  return extreme('min', a, period, smallest, Infinity)
}
