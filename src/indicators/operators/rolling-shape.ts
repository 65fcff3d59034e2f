import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface RollingShape {
  /** Skewness with the bias correction of pandas and Excel; NaN for a flat window. */
  readonly skewness: Column
  /** Excess kurtosis with the bias correction of pandas and Excel; NaN for a flat window. */
  readonly kurtosis: Column
}

/**
 * Skewness and excess kurtosis of the last `period` values (at least 4), by blocks (see rolling-sum.ts): central moments of head and tail are joined by the formulas
 * of Pebay (2008), so nothing is subtracted from running sums of fourth powers.
 */
export function rollingShape(a: Column, period: number): RollingShape {
  checkPeriod('rollingShape', period, 4)
  const warmup = [period - 1, period - 1]
  const [skewness, kurtosis] = operator({ name: 'shape', inputs: [a], params: [period], reach: period - 1, warmup, start })
  function start([x]: readonly Float64Array[], [ySkew, yKurt]: readonly Float64Array[]) {
    const values = x!
    /** Mean and central sums of powers 2, 3, 4 of values q.. of the last full block. */
    const tail = Array.from({ length: 4 }, () => new Float64Array(period + 1).fill(NaN))
    const head = new Float64Array(4)
    const joined = new Float64Array(4)
    let n = 0
    return (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        const v = values[i]!
        if (v !== v) {
          for (const column of tail) column.fill(NaN)
          n = 0
          ySkew![i] = kurt(NaN, i)
          continue
        }
        if (n === 0) head.fill(0)
        include(head, n, v)
        n += 1
        if (n < period) join(n)
        else {
          joined.set(head)
          sumTails(i)
          n = 0
        }
        const m2 = joined[1]!
        if (!(m2 > 0)) {
          ySkew![i] = kurt(NaN, i)
          continue
        }
        const p = period
        ySkew![i] = ((p * Math.sqrt(p - 1)) / (p - 2)) * (joined[2]! / (m2 * Math.sqrt(m2)))
        kurt(((p - 1) / ((p - 2) * (p - 3))) * ((p * (p + 1) * joined[3]!) / (m2 * m2) - 3 * (p - 1)), i)
      }
    }
    function kurt(value: number, i: number): number {
      yKurt![i] = value
      return value
    }
    function join(count: number): void {
      const rest = period - count
      const gap = head[0]! - tail[0]![count]!
      const [m2, m3, m4] = [tail[1]![count]!, tail[2]![count]!, tail[3]![count]!]
      const step = gap / period
      const share = gap * step * rest * count
      joined[1] = m2 + head[1]! + share
      joined[2] = m3 + head[2]! + share * step * (rest - count) + 3 * step * (rest * head[1]! - count * m2)
      joined[3] =
        m4 +
        head[3]! +
        share * step * step * (rest * rest - rest * count + count * count) +
        6 * step * step * (rest * rest * head[1]! + count * count * m2) +
        4 * step * (rest * head[2]! - count * m3)
    }
    function sumTails(last: number): void {
      const part = new Float64Array(4)
      for (let q = period - 1; q > 0; q--) {
        include(part, period - 1 - q, values[last - period + 1 + q]!)
        for (let k = 0; k < 4; k++) tail[k]![q] = part[k]!
      }
    }
  }
  return { skewness: skewness!, kurtosis: kurtosis! }
}

/** Takes one more value into mean and central sums of powers that so far hold `count`. */
function include(m: Float64Array, count: number, value: number): void {
  const n = count + 1
  const gap = value - m[0]!
  const step = gap / n
  const share = gap * step * count
  m[3]! += share * step * step * (n * n - 3 * n + 3) + 6 * step * step * m[1]! - 4 * step * m[2]!
  m[2]! += share * step * (n - 2) - 3 * step * m[1]!
  m[1]! += share
  m[0]! += step
}
