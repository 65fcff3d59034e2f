import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface Moments {
  readonly mean: Column
  /** Population variance (divided by `period`): exactly 0 for a flat window. */
  readonly variance: Column
  /** Its root (TA-Lib STDDEV with 1 deviation). */
  readonly std: Column
}

/**
 * Mean, variance and standard deviation of the last `period` values, by blocks (see rolling-sum.ts). Head and tail are each summed around a value of
 * their own and joined by the formula of Chan, Golub & LeVeque (1979): no cancellation at high price levels, where sums of squares lose half their digits.
 */
export function rollingMoments(a: Column, period: number): Moments {
  checkPeriod('rollingMoments', period, 2)
  const warmup = [period - 1, period - 1, period - 1]
  const [mean, variance, std] = operator({ name: 'moments', inputs: [a], params: [period], reach: period - 1, warmup, start })
  function start([x]: readonly Float64Array[], [yMean, yVariance, yStd]: readonly Float64Array[]) {
    const values = x!
    const outMean = yMean!
    const outVariance = yVariance!
    const outStd = yStd!
    const inverse = Float64Array.from({ length: period + 1 }, (_, n) => 1 / n)
    const tailMean = new Float64Array(period).fill(NaN)
    const tailSquares = new Float64Array(period).fill(NaN)
    let filled = 0
    let centre = 0
    let first = 0
    let second = 0
    return (from: number, to: number): void => {
      let n = filled
      let c = centre
      let s1 = first
      let s2 = second
      const perBar = inverse[period]!
      for (let i = from; i < to; i++) {
        const v = values[i]!
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
        let squares = s2 - s1 * shift
        if (squares < 0) squares = 0
        if (n < period) {
          const gap = headMean - tailMean[n]!
          const weight = n * perBar
          const total = squares + tailSquares[n]! + gap * gap * weight * (period - n)
          const spread = total * perBar
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
        for (let q = period - 1; q > 0; q--) {
          const e = values[i - period + 1 + q]! - v
          t1 += e
          t2 += e * e
          const tailShift = t1 * inverse[period - q]!
          tailMean[q] = v + tailShift
          const rest = t2 - t1 * tailShift
          tailSquares[q] = rest > 0 ? rest : 0
        }
        n = 0
      }
      filled = n
      centre = c
      first = s1
      second = s2
    }
  }
  return { mean: mean!, variance: variance!, std: std! }
}
