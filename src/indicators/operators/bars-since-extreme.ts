import { column, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

/** State of one block of `period` values and of the head of the next: see rolling-sum.ts. Smallest values are looked for as the largest of the negative. */
interface Blocks {
  readonly period: number
  readonly sign: 1 | -1
  readonly late: boolean
  /** [q]: largest of values q.. of the last full block, and how far from the block's end it stands; NaN before there is one. */
  readonly tails: Float64Array
  readonly tailAges: Float64Array
  /** Of the next block: how many values there are, the largest, its place among them. */
  readonly head: Float64Array
}

/**
 * How many bars ago the largest (sign 1) or smallest (sign -1) of the last `period` values stood: 0 is now. Of equal ones the latest counts, or the earliest.
 * O(1) a bar, for any data.
 */
export function barsSinceExtreme(a: Column, period: number, sign: 1 | -1, ties: 'latest' | 'earliest' = 'latest'): Column {
  checkPeriod('barsSinceExtreme', period, 1)
  return column({
    name: 'bars_since_extreme',
    inputs: [a],
    params: [period, sign, ties],
    reach: period - 1,
    warmup: period - 1,
    start: ([x], [y]) => {
      const tails = new Float64Array(period + 1).fill(NaN)
      const blocks: Blocks = {
        period,
        sign,
        late: ties === 'latest',
        tails,
        tailAges: tails.slice(),
        head: Float64Array.of(0, -Infinity, 0),
      }
      return (from, to) => agesOf(x!, y!, blocks, from, to)
    },
  })
}

function agesOf(x: Float64Array, y: Float64Array, { period, sign, late, tails, tailAges, head }: Blocks, from: number, to: number): void {
  let n = head[0]!
  let best = head[1]!
  let place = head[2]!
  for (let i = from; i < to; i++) {
    const v = sign * x[i]!
    if (v !== v) {
      tails.fill(NaN)
      tailAges.fill(NaN)
      n = 0
      best = -Infinity
      y[i] = NaN
      continue
    }
    n += 1
    if (n === 1 || v > best || (late && v === best)) {
      best = v
      place = n
    }
    if (n < period) {
      const tail = tails[n]!
      // Before there is a full block the tail is NaN and so is its age.
      y[i] = best > tail || (late && best === tail) ? n - place : n + tailAges[n]!
      continue
    }
    y[i] = n - place
    let tail = -Infinity
    let age = 0
    for (let q = period - 1; q > 0; q--) {
      const back = period - 1 - q
      const w = sign * x[i - back]!
      if (back === 0 || w > tail || (!late && w === tail)) {
        tail = w
        age = back
      }
      tails[q] = tail
      tailAges[q] = age
    }
    n = 0
    best = -Infinity
  }
  head[0] = n
  head[1] = best
  head[2] = place
}
