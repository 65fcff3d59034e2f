import { column, operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

/** Largest (sign 1) or smallest (sign -1) of the last `period` values, by blocks: see rolling-sum.ts. */
function extreme(name: string, a: Column, period: number, sign: 1 | -1): Column {
  checkPeriod(name, period, 1)
  return column({
    name,
    inputs: [a],
    params: [period],
    reach: period - 1,
    warmup: period - 1,
    start: ([x], [y]) => {
      const values = x!
      const out = y!
      const tails = new Float64Array(period + 1).fill(NaN)
      let filled = 0
      let best = -Infinity
      return (from, to) => {
        let j = filled
        let head = best
        for (let i = from; i < to; i++) {
          const v = sign * values[i]!
          if (v !== v) {
            tails.fill(NaN)
            j = 0
            head = -Infinity
            out[i] = NaN
            continue
          }
          if (v > head) head = v
          j += 1
          if (j < period) {
            const tail = tails[j]!
            out[i] = sign * (tail > head || tail !== tail ? tail : head)
            continue
          }
          out[i] = sign * head
          let tail = -Infinity
          for (let q = period - 1; q >= 0; q--) {
            const w = sign * values[i - period + 1 + q]!
            if (w > tail) tail = w
            tails[q] = tail
          }
          j = 0
          head = -Infinity
        }
        filled = j
        best = head
      }
    },
  })
}

/** Largest of the last `period` values (TA-Lib MAX). */
export function rollingMax(a: Column, period: number): Column {
  return extreme('max', a, period, 1)
}

/** Smallest of the last `period` values (TA-Lib MIN). */
export function rollingMin(a: Column, period: number): Column {
  return extreme('min', a, period, -1)
}

/**
 * How many bars ago the largest (sign 1) or smallest (sign -1) of the last `period` values stood: 0 is now. Of equal ones the latest counts, or the earliest.
 */
export function barsSinceExtreme(a: Column, period: number, sign: 1 | -1, ties: 'latest' | 'earliest' = 'latest'): Column {
  checkPeriod('barsSinceExtreme', period, 1)
  const late = ties === 'latest'
  return operator({
    name: 'bars_since_extreme',
    inputs: [a],
    params: [period, sign, ties],
    reach: period - 1,
    warmup: [period - 1],
    start: ([x], [y]) => {
      const values = x!
      const out = y!
      let run = 0
      /** Bars ago of the best. */
      let age = 0
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const v = sign * values[i]!
          if (v !== v) {
            run = 0
            out[i] = NaN
            continue
          }
          run += 1
          age += 1
          if (run === 1) age = 0
          else if (age >= period) {
            // The best has left the window: look through what is left of it. Rare: O(1) a bar on average for data without long monotone stretches.
            age = period - 1
            for (let k = period - 2; k >= 0; k--) {
              const w = sign * values[i - k]!
              const now = sign * values[i - age]!
              if (w > now || (late && w === now)) age = k
            }
          } else {
            const before = sign * values[i - age]!
            if (v > before || (late && v === before)) age = 0
          }
          out[i] = run >= period ? age : NaN
        }
      }
    },
  })[0]!
}
