import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'
import { map2 } from './own-functions.js'
import { rollingMoments } from './rolling-moments.js'

export interface RollingLine {
  /** Change a bar of the least-squares line (TA-Lib LINEARREG_SLOPE). */
  readonly slope: Column
  /** Mean of the window. */
  readonly mean: Column
  /** Share of the variance that the line explains, 0..1; 0 for a flat window. */
  readonly rSquare: Column
}

/** State of one block of `period` values and of the head of the next: see rolling-sum.ts. */
interface Blocks {
  readonly period: number
  /** [q]: of values q.. of the last full block, the sum of their distances d from its last value and of d x place in the block; NaN before there is one. */
  readonly tailSum: Float64Array
  readonly tailPlace: Float64Array
  /** Of the next block: how many values there are, the first, sums of the distances from it and of distance x place; last, the tail's centre. */
  readonly head: Float64Array
}

/**
 * Least-squares line through the last `period` values, by blocks (see rolling-sum.ts): for head and tail the sums of d and k d (k the place in
 * the window, d the distance from a value of the block) are enough to join them. Other lines follow from mean and slope: the line's end is mean + slope (period - 1) / 2.
 */
export function rollingLine(a: Column, period: number): RollingLine {
  checkPeriod('rollingLine', period, 2)
  const warmup = [period - 1, period - 1]
  const [slope, mean] = operator({ name: 'line', inputs: [a], params: [period], reach: period - 1, warmup, start })
  function start([x]: readonly Float64Array[], [slope, mean]: readonly Float64Array[]) {
    const tail = (): Float64Array => new Float64Array(period).fill(NaN)
    const blocks: Blocks = { period, tailSum: tail(), tailPlace: tail(), head: new Float64Array(5) }
    return (from: number, to: number): void => linesOf(x!, slope!, mean!, blocks, from, to)
  }
  return { slope: slope!, mean: mean!, rSquare: explained(slope!, rollingMoments(a, period).variance, period) }
}

const shares = new Map<number, (slope: number, variance: number) => number>()

function explained(slope: Column, variance: Column, period: number): Column {
  const ofLine = (period * period - 1) / 12
  let share = shares.get(period)
  if (share === undefined) shares.set(period, (share = (b, whole) => (whole === 0 ? 0 : Math.min(1, (b * b * ofLine) / whole))))
  return map2(slope, variance, share)
}

function linesOf(
  x: Float64Array,
  outSlope: Float64Array,
  outMean: Float64Array,
  { period, tailSum, tailPlace, head }: Blocks,
  from: number,
  to: number,
): void {
  const perBar = 1 / period
  const perSpread = 12 / (period * (period * period - 1))
  const middle = (period - 1) / 2
  let n = head[0]!
  let c = head[1]!
  let h1 = head[2]!
  let hk = head[3]!
  let tailCentre = head[4]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      tailSum.fill(NaN)
      n = 0
      outSlope[i] = outMean[i] = NaN
      continue
    }
    if (n === 0) {
      c = v
      h1 = 0
      hk = 0
    }
    const d = v - c
    h1 += d
    hk += n * d
    n += 1
    if (n < period) {
      const t1 = tailSum[n]!
      const shift = c - tailCentre
      const before = period - n
      // Sums over the window around the tail's centre; places count from 0 at the window's oldest value.
      const s1 = t1 + h1 + n * shift
      const sk = tailPlace[n]! - n * t1 + hk + before * h1 + shift * n * (before + (n - 1) / 2)
      outSlope[i] = (sk - middle * s1) * perSpread
      outMean[i] = tailCentre + s1 * perBar
      continue
    }
    outSlope[i] = (hk - middle * h1) * perSpread
    outMean[i] = c + h1 * perBar
    let t1 = 0
    let tk = 0
    tailCentre = v
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      const e = x[k]! - v
      t1 += e
      tk += q * e
      tailSum[q] = t1
      tailPlace[q] = tk
    }
    n = 0
  }
  head[0] = n
  head[1] = c
  head[2] = h1
  head[3] = hk
  head[4] = tailCentre
}
