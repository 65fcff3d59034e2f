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
function blockSum(name: string, a: Column, period: number, divisor: number): Column {
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
      /** tails[q]: sum of values q.. of the last full block; NaN before there is one. */
      const tails = new Float64Array(period + 1).fill(NaN)
      let filled = 0
      let sum = 0
      return (from, to) => {
        let j = filled
        let head = sum
        for (let i = from; i < to; i++) {
          const v = values[i]!
          if (v !== v) {
            tails.fill(NaN)
            j = 0
            head = 0
            out[i] = NaN
            continue
          }
          head += v
          j += 1
          if (j < period) {
            out[i] = (tails[j]! + head) / divisor
            continue
          }
          out[i] = head / divisor
          let tail = 0
          tails[period] = 0
          for (let q = period - 1; q >= 0; q--) {
            tail += values[i - period + 1 + q]!
            tails[q] = tail
          }
          j = 0
          head = 0
        }
        filled = j
        sum = head
      }
    },
  })
}

/** Sum of the last `period` values (TA-Lib SUM). */
export function rollingSum(a: Column, period: number): Column {
  return blockSum('sum', a, period, 1)
}

/** Mean of the last `period` values (TA-Lib SMA). */
export function sma(a: Column, period: number): Column {
  return blockSum('sma', a, period, period)
}
