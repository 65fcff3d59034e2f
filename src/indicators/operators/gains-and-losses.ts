import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface GainsAndLosses {
  readonly gain: Column
  /** As a positive number. */
  readonly loss: Column
}

/** Wilder's averages of the rises and of the falls of one bar (1978): what RSI and CMO are made of, in one pass. First values at `period`. */
export function gainsAndLosses(a: Column, period: number): GainsAndLosses {
  checkPeriod('gainsAndLosses', period, 1)
  const [gain, loss] = operator({
    name: 'gains_and_losses',
    inputs: [a],
    params: [period],
    warmup: [period, period],
    start: ([x], [up, down]) => {
      const state = new Float64Array(4)
      return (from, to) => average(x!, up!, down!, period, state, from, to)
    },
  })
  return { gain: gain!, loss: loss! }
}

/** @param state values since the last break, up to period + 1; the value before; both averages, before the seed both sums */
function average(
  x: Float64Array,
  up: Float64Array,
  down: Float64Array,
  period: number,
  state: Float64Array,
  from: number,
  to: number,
): void {
  const factor = 1 / period
  let n = state[0]!
  let before = state[1]!
  let gain = state[2]!
  let loss = state[3]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v || n === 0) {
      n = v === v ? 1 : 0
      before = v
      gain = 0
      loss = 0
      up[i] = down[i] = NaN
      continue
    }
    const move = v - before
    before = v
    const rise = Math.max(move, 0)
    const fall = Math.max(-move, 0)
    if (n > period) {
      gain += (rise - gain) * factor
      loss += (fall - loss) * factor
    } else {
      gain += rise
      loss += fall
      n += 1
      if (n <= period) {
        up[i] = down[i] = NaN
        continue
      }
      gain /= period
      loss /= period
    }
    up[i] = gain
    down[i] = loss
  }
  state[0] = n
  state[1] = before
  state[2] = gain
  state[3] = loss
}
