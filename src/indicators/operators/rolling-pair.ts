import { operator, type Column } from '../column.js'
import { divide } from './arithmetic.js'
import { checkPeriod } from './check-period.js'
import { map3 } from './own-functions.js'

export interface RollingPair {
  /** Population covariance. */
  readonly covariance: Column
  readonly varianceA: Column
  readonly varianceB: Column
}

/** State of one block of `period` pairs and of the head of the next: see rolling-sum.ts and rolling-moments.ts. */
interface Blocks {
  readonly period: number
  /** [n]: 1 / n */
  readonly inverse: Float64Array
  /** [q]: of pairs q.. of the last full block; NaN before there is one. */
  readonly meanA: Float64Array
  readonly meanB: Float64Array
  readonly tailAB: Float64Array
  readonly tailAA: Float64Array
  readonly tailBB: Float64Array
  /** Of the next block: how many pairs there are, the first one, five sums around it. */
  readonly head: Float64Array
}

/** Covariance and variances of the last `period` values of two columns, by blocks and joined as in rolling-moments.ts. A break in either is a break. */
export function rollingPair(a: Column, b: Column, period: number): RollingPair {
  checkPeriod('rollingPair', period, 2)
  const warmup = [period - 1, period - 1, period - 1]
  const [covariance, varianceA, varianceB] = operator({ name: 'pair', inputs: [a, b], params: [period], reach: period - 1, warmup, start })
  function start([xA, xB]: readonly Float64Array[], [yAB, yAA, yBB]: readonly Float64Array[]) {
    const tail = (): Float64Array => new Float64Array(period).fill(NaN)
    const blocks: Blocks = {
      period,
      inverse: Float64Array.from({ length: period + 1 }, (_, n) => 1 / n),
      meanA: tail(),
      meanB: tail(),
      tailAB: tail(),
      tailAA: tail(),
      tailBB: tail(),
      head: new Float64Array(8),
    }
    return (from: number, to: number): void => pairsOf(xA!, xB!, yAB!, yAA!, yBB!, blocks, from, to)
  }
  return { covariance: covariance!, varianceA: varianceA!, varianceB: varianceB! }
}

function pairsOf(
  xA: Float64Array,
  xB: Float64Array,
  yAB: Float64Array,
  yAA: Float64Array,
  yBB: Float64Array,
  blocks: Blocks,
  from: number,
  to: number,
): void {
  const { period, inverse, meanA, meanB, tailAB, tailAA, tailBB, head } = blocks
  const perBar = inverse[period]!
  let n = head[0]!
  let cA = head[1]!
  let cB = head[2]!
  let a1 = head[3]!
  let b1 = head[4]!
  let ab = head[5]!
  let aa = head[6]!
  let bb = head[7]!
  for (let i = from; i < to; i++) {
    const v = xA[i]!
    const w = xB[i]!
    if (v !== v || w !== w) {
      meanA.fill(NaN)
      meanB.fill(NaN)
      n = 0
      yAB[i] = yAA[i] = yBB[i] = NaN
      continue
    }
    if (n === 0) {
      cA = v
      cB = w
      a1 = b1 = ab = aa = bb = 0
    }
    n += 1
    const d = v - cA
    const e = w - cB
    a1 += d
    b1 += e
    ab += d * e
    aa += d * d
    bb += e * e
    const shiftA = a1 * inverse[n]!
    const shiftB = b1 * inverse[n]!
    const sAB = ab - a1 * shiftB
    const sAA = Math.max(0, aa - a1 * shiftA)
    const sBB = Math.max(0, bb - b1 * shiftB)
    if (n < period) {
      const gapA = cA + shiftA - meanA[n]!
      const gapB = cB + shiftB - meanB[n]!
      const weight = n * perBar * (period - n)
      yAB[i] = (sAB + tailAB[n]! + gapA * gapB * weight) * perBar
      yAA[i] = (sAA + tailAA[n]! + gapA * gapA * weight) * perBar
      yBB[i] = (sBB + tailBB[n]! + gapB * gapB * weight) * perBar
      continue
    }
    yAB[i] = sAB * perBar
    yAA[i] = sAA * perBar
    yBB[i] = sBB * perBar
    sumTails(xA, xB, blocks, i)
    n = 0
  }
  head[0] = n
  head[1] = cA
  head[2] = cB
  head[3] = a1
  head[4] = b1
  head[5] = ab
  head[6] = aa
  head[7] = bb
}

function sumTails(xA: Float64Array, xB: Float64Array, blocks: Blocks, last: number): void {
  const { period, inverse, meanA, meanB, tailAB, tailAA, tailBB } = blocks
  const v = xA[last]!
  const w = xB[last]!
  let a1 = 0
  let b1 = 0
  let ab = 0
  let aa = 0
  let bb = 0
  for (let q = period - 1, k = last; q > 0; q--, k--) {
    const d = xA[k]! - v
    const e = xB[k]! - w
    a1 += d
    b1 += e
    ab += d * e
    aa += d * d
    bb += e * e
    const shiftA = a1 * inverse[period - q]!
    const shiftB = b1 * inverse[period - q]!
    meanA[q] = v + shiftA
    meanB[q] = w + shiftB
    tailAB[q] = ab - a1 * shiftB
    tailAA[q] = Math.max(0, aa - a1 * shiftA)
    tailBB[q] = Math.max(0, bb - b1 * shiftB)
  }
}

/** Rounding may carry it a little beyond -1 or 1. */
const share = (covariance: number, varianceA: number, varianceB: number): number =>
  Math.max(-1, Math.min(1, covariance / (Math.sqrt(varianceA) * Math.sqrt(varianceB))))

/** Pearson correlation of the last `period` values, -1..1 (TA-Lib CORREL); NaN where either is flat. */
export function rollingCorrelation(a: Column, b: Column, period: number): Column {
  const { covariance, varianceA, varianceB } = rollingPair(a, b, period)
  return map3(covariance, varianceA, varianceB, share)
}

/** Slope of `a` on `b` over the last `period` values: covariance / variance of `b`; NaN where `b` is flat. */
export function rollingSlopeOn(a: Column, b: Column, period: number): Column {
  const { covariance, varianceB } = rollingPair(a, b, period)
  return divide(covariance, varianceB)
}
