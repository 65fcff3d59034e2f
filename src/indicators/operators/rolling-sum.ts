import { column, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

/**
 * Rolling statistics over the last `period` values without running sums.
 *
 * A running sum that adds the new value and subtracts the old one drifts, and after one bad tick stays wrong for ever. Here the series is cut into blocks
 * of `period` values: every window is the tail of one block joined to the head of the next, and both are accumulated by adding only (van Herk 1992,
 * Gil & Werman 1993). So the error of a window comes from its own values alone, and a spike leaves with the window. O(1) a bar: the tails of a
 * block are summed once, when it is full.
 */
/** Sum of the last `period` values (TA-Lib SUM). */
export function rollingSum(a: Column, period: number): Column {
  checkPeriod('rollingSum', period, 1)
  return column({
    name: 'sum',
    inputs: [a],
    params: [period],
    reach: period - 1,
    warmup: period - 1,
    start: ([x], [y]) => {
      const tails = new Float64Array(period).fill(NaN)
      const head = new Float64Array(2)
      return (from, to) => sumBlocks(x!, y!, period, tails, head, from, to)
    },
  })
}

/**
 * @param tails [q]: sum of values q.. of the last full block; NaN before there is one
 * @param head how many values of the next block there are, and their sum
 */
function sumBlocks(
  x: Float64Array,
  y: Float64Array,
  period: number,
  tails: Float64Array,
  head: Float64Array,
  from: number,
  to: number,
): void {
  let n = head[0]!
  let sum = head[1]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      tails.fill(NaN)
      n = 0
      sum = 0
      y[i] = NaN
      continue
    }
    sum += v
    n += 1
    if (n < period) {
      y[i] = tails[n]! + sum
      continue
    }
    y[i] = sum
    let tail = 0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail += x[k]!
      tails[q] = tail
    }
    n = 0
    sum = 0
  }
  head[0] = n
  head[1] = sum
}

/** Mean of the last `period` values (TA-Lib SMA). Summed as distances from one of them: of equal values it is exactly that value. */
export function sma(a: Column, period: number): Column {
  checkPeriod('sma', period, 1)
  return column({
    name: 'sma',
    inputs: [a],
    params: [period],
    reach: period - 1,
    warmup: period - 1,
    start: ([x], [y]) => {
      const tails = new Float64Array(period).fill(NaN)
      const head = new Float64Array(4)
      return (from, to) => meanBlocks(x!, y!, period, tails, head, from, to)
    },
  })
}

/**
 * @param tails [q]: sum of the distances of values q.. of the last full block from its last; NaN before there is one
 * @param head how many values of the next block there are, the first, the sum of distances from it; the last value of the block before
 */
function meanBlocks(
  x: Float64Array,
  y: Float64Array,
  period: number,
  tails: Float64Array,
  head: Float64Array,
  from: number,
  to: number,
): void {
  const perBar = 1 / period
  let n = head[0]!
  let centre = head[1]!
  let sum = head[2]!
  let last = head[3]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      tails.fill(NaN)
      n = 0
      y[i] = NaN
      continue
    }
    if (n === 0) {
      centre = v
      sum = 0
    }
    sum += v - centre
    n += 1
    if (n < period) {
      y[i] = last + (tails[n]! + sum + n * (centre - last)) * perBar
      continue
    }
    y[i] = centre + sum * perBar
    last = v
    let tail = 0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      tail += x[k]! - v
      tails[q] = tail
    }
    n = 0
  }
  head[0] = n
  head[1] = centre
  head[2] = sum
  head[3] = last
}
