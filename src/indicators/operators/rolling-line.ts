import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface RollingLine {
  /** Change a bar of the least-squares line (TA-Lib LINEARREG_SLOPE). */
  readonly slope: Column
  /** Mean of the window. */
  readonly mean: Column
  /** Share of the variance that the line explains, 0..1; 0 for a flat window. */
  readonly rSquare: Column
}

/**
 * Least-squares line through the last `period` values, by blocks (see rolling-sum.ts): for head and tail the sums of d, k d and d^2 (k the place in
 * the window, d the distance from a value of the block) are enough to join them. Other lines follow from mean and slope: the line's end is mean + slope (period - 1) / 2.
 */
export function rollingLine(a: Column, period: number): RollingLine {
  checkPeriod('rollingLine', period, 2)
  const warmup = [period - 1, period - 1, period - 1]
  const [slope, mean, rSquare] = operator({ name: 'line', inputs: [a], params: [period], reach: period - 1, warmup, start })
  function start([x]: readonly Float64Array[], [ySlope, yMean, yRSquare]: readonly Float64Array[]) {
    const values = x!
    const outSlope = ySlope!
    const outMean = yMean!
    const outRSquare = yRSquare!
    const spread = (period * (period * period - 1)) / 12
    const middle = (period - 1) / 2
    const tails = [0, 1, 2].map(() => new Float64Array(period + 1).fill(NaN)) as [Float64Array, Float64Array, Float64Array]
    const [tailSum, tailPlace, tailSquare] = tails
    let filled = 0
    let tailCentre = NaN
    let headCentre = 0
    const head = new Float64Array(3)
    return (from: number, to: number): void => {
      let n = filled
      let [h1, hk, h2] = head as unknown as [number, number, number]
      for (let i = from; i < to; i++) {
        const v = values[i]!
        if (v !== v) {
          for (const tail of tails) tail.fill(NaN)
          n = 0
          outSlope[i] = outMean[i] = outRSquare[i] = NaN
          continue
        }
        if (n === 0) {
          headCentre = v
          h1 = 0
          hk = 0
          h2 = 0
        }
        const d = v - headCentre
        h1 += d
        hk += n * d
        h2 += d * d
        n += 1
        const full = n === period
        const centre = full ? headCentre : tailCentre
        const shift = headCentre - centre
        const before = period - n
        // Sums over the window around `centre`; places count from 0 at its oldest value.
        const s1 = (full ? 0 : tailSum[n]!) + h1 + n * shift
        const s2 = (full ? 0 : tailSquare[n]!) + h2 + 2 * shift * h1 + n * shift * shift
        const sk = (full ? 0 : tailPlace[n]! - n * tailSum[n]!) + hk + before * h1 + shift * n * (before + (n - 1) / 2)
        const along = sk - middle * s1
        const b = along / spread
        const squares = s2 - (s1 * s1) / period
        outSlope[i] = b
        outMean[i] = centre + s1 / period
        const explained = squares > 1e-14 * s2 ? (b * along) / squares : 0
        outRSquare[i] = explained > 1 ? 1 : explained
        if (!full) continue
        let t1 = 0
        let tk = 0
        let t2 = 0
        tailCentre = v
        for (let q = period - 1; q >= 0; q--) {
          const e = values[i - period + 1 + q]! - v
          t1 += e
          tk += q * e
          t2 += e * e
          tailSum[q] = t1
          tailPlace[q] = tk
          tailSquare[q] = t2
        }
        n = 0
      }
      filled = n
      head[0] = h1
      head[1] = hk
      head[2] = h2
    }
  }
  return { slope: slope!, mean: mean!, rSquare: rSquare! }
}
