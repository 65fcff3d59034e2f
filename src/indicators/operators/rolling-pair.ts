import { operator, type Column } from '../column.js'
import { divide, map2 } from './arithmetic.js'
import { checkPeriod } from './check-period.js'

export interface RollingPair {
  /** Population covariance. */
  readonly covariance: Column
  readonly varianceA: Column
  readonly varianceB: Column
}

/** Covariance and variances of the last `period` values of two columns, by blocks and joined as in rolling-moments.ts. A break in either is a break. */
export function rollingPair(a: Column, b: Column, period: number): RollingPair {
  checkPeriod('rollingPair', period, 2)
  const warmup = [period - 1, period - 1, period - 1]
  const [covariance, varianceA, varianceB] = operator({ name: 'pair', inputs: [a, b], params: [period], reach: period - 1, warmup, start })
  function start([xA, xB]: readonly Float64Array[], [yAB, yAA, yBB]: readonly Float64Array[]) {
    const va = xA!
    const vb = xB!
    const tail = Array.from({ length: 5 }, () => new Float64Array(period).fill(NaN))
    const [tailMeanA, tailMeanB, tailAB, tailAA, tailBB] = tail as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
    let n = 0
    let cA = 0
    let cB = 0
    let a1 = 0
    let b1 = 0
    let ab = 0
    let aa = 0
    let bb = 0
    return (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        const v = va[i]!
        const w = vb[i]!
        if (v !== v || w !== w) {
          for (const column of tail) column.fill(NaN)
          n = 0
          yAB![i] = yAA![i] = yBB![i] = NaN
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
        const shiftA = a1 / n
        const shiftB = b1 / n
        let sAB = ab - a1 * shiftB
        let sAA = Math.max(0, aa - a1 * shiftA)
        let sBB = Math.max(0, bb - b1 * shiftB)
        if (n < period) {
          const gapA = cA + shiftA - tailMeanA[n]!
          const gapB = cB + shiftB - tailMeanB[n]!
          const weight = (n * (period - n)) / period
          sAB += tailAB[n]! + gapA * gapB * weight
          sAA += tailAA[n]! + gapA * gapA * weight
          sBB += tailBB[n]! + gapB * gapB * weight
        } else {
          sumTails(i)
          n = 0
        }
        yAB![i] = sAB / period
        yAA![i] = sAA / period
        yBB![i] = sBB / period
      }
    }
    function sumTails(last: number): void {
      const [v, w] = [va[last]!, vb[last]!]
      let [t1, u1, tu, tt, uu] = [0, 0, 0, 0, 0]
      for (let q = period - 1; q > 0; q--) {
        const d = va[last - period + 1 + q]! - v
        const e = vb[last - period + 1 + q]! - w
        t1 += d
        u1 += e
        tu += d * e
        tt += d * d
        uu += e * e
        const count = period - q
        tailMeanA[q] = v + t1 / count
        tailMeanB[q] = w + u1 / count
        tailAB[q] = tu - (t1 * u1) / count
        tailAA[q] = Math.max(0, tt - (t1 * t1) / count)
        tailBB[q] = Math.max(0, uu - (u1 * u1) / count)
      }
    }
  }
  return { covariance: covariance!, varianceA: varianceA!, varianceB: varianceB! }
}

const geometricMean = (a: number, b: number): number => Math.sqrt(a * b)

/** Pearson correlation of the last `period` values, -1..1 (TA-Lib CORREL); NaN where either is flat. */
export function rollingCorrelation(a: Column, b: Column, period: number): Column {
  const { covariance, varianceA, varianceB } = rollingPair(a, b, period)
  return divide(covariance, map2(varianceA, varianceB, geometricMean))
}

/** Slope of `a` on `b` over the last `period` values: covariance / variance of `b`; NaN where `b` is flat. */
export function rollingSlopeOn(a: Column, b: Column, period: number): Column {
  const { covariance, varianceB } = rollingPair(a, b, period)
  return divide(covariance, varianceB)
}
