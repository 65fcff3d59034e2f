import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface Moments {
  readonly mean: Column
  /** Population variance (divided by `period`): exactly 0 for a flat window. */
  readonly variance: Column
  /** Its root (TA-Lib STDDEV with 1 deviation). */
  readonly std: Column
}

/** State of one block of `period` values and of the head of the next: see rolling-sum.ts. */
interface Blocks {
  readonly period: number
  /** [n]: 1 / n */
  readonly inverse: Float64Array
  /** [q]: of values q.. of the last full block, their mean and sum of squared distances from it; NaN before there is one. */
  readonly tailMean: Float64Array
  readonly tailSquares: Float64Array
  /** Of the next block: how many values there are, the first, sums of distances from it and of their squares. */
  readonly head: Float64Array
}

/**
 * Mean, variance and standard deviation of the last `period` values, by blocks (see rolling-sum.ts). Head and tail are each summed around a value of
 * their own and joined by the formula of Chan, Golub & LeVeque (1979): no cancellation at high price levels, where sums of squares lose half their digits.
 */
export function rollingMoments(a: Column, period: number): Moments {
  checkPeriod('rollingMoments', period, 2)
  const warmup = [period - 1, period - 1, period - 1]
  const [mean, variance, std] = operator({ name: 'moments', inputs: [a], params: [period], reach: period - 1, warmup, start })
  function start([x]: readonly Float64Array[], [mean, variance, std]: readonly Float64Array[]) {
    const blocks: Blocks = {
      period,
      inverse: Float64Array.from({ length: period + 1 }, (_, n) => 1 / n),
      tailMean: new Float64Array(period).fill(NaN),
      tailSquares: new Float64Array(period).fill(NaN),
      head: new Float64Array(4),
    }
    return (from: number, to: number): void => momentsOf(x!, mean!, variance!, std!, blocks, from, to)
  }
  return { mean: mean!, variance: variance!, std: std! }
}

function momentsOf(
  x: Float64Array,
  outMean: Float64Array,
  outVariance: Float64Array,
  outStd: Float64Array,
  { period, inverse, tailMean, tailSquares, head }: Blocks,
  from: number,
  to: number,
): void {
  let n = head[0]!
  let c = head[1]!
  let s1 = head[2]!
  let s2 = head[3]!
  const perBar = inverse[period]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      tailMean.fill(NaN)
      n = 0
      outMean[i] = outVariance[i] = outStd[i] = NaN
      continue
    }
    if (n === 0) {
      c = v
      s1 = 0
      s2 = 0
    }
    n += 1
    const d = v - c
    s1 += d
    s2 += d * d
    const shift = s1 * inverse[n]!
    const headMean = c + shift
    const squares = Math.max(0, s2 - s1 * shift)
    if (n < period) {
      const gap = headMean - tailMean[n]!
      const weight = n * perBar
      const spread = (squares + tailSquares[n]! + gap * gap * weight * (period - n)) * perBar
      outMean[i] = tailMean[n]! + gap * weight
      outVariance[i] = spread
      outStd[i] = Math.sqrt(spread)
      continue
    }
    const spread = squares * perBar
    outMean[i] = headMean
    outVariance[i] = spread
    outStd[i] = Math.sqrt(spread)
    let t1 = 0
    let t2 = 0
    for (let q = period - 1, k = i; q > 0; q--, k--) {
      const e = x[k]! - v
      t1 += e
      t2 += e * e
      const tailShift = t1 * inverse[period - q]!
      tailMean[q] = v + tailShift
      tailSquares[q] = Math.max(0, t2 - t1 * tailShift)
    }
    n = 0
  }
  head[0] = n
  head[1] = c
  head[2] = s1
  head[3] = s2
}
