import { column, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

/** Averages that remember everything, with TA-Lib's seeds: the first value is a plain mean, later ones move a share of the way to the new value. */
function recursive(name: string, a: Column, period: number, skip: number, step: (period: number) => number): Column {
  checkPeriod(name, period, 1)
  const factor = step(period)
  return column({
    name,
    inputs: [a],
    params: skip === 0 ? [period] : [period, skip],
    warmup: skip + period - 1,
    start: ([x], [y]) => {
      const state = new Float64Array(2)
      return (from, to) => smooth(x!, y!, period, skip, factor, state, from, to)
    },
  })
}

/** @param state how many values are known, up to the seed, and the average */
function smooth(
  x: Float64Array,
  y: Float64Array,
  period: number,
  skip: number,
  factor: number,
  state: Float64Array,
  from: number,
  to: number,
): void {
  const seedAt = skip + period
  let n = state[0]!
  let value = state[1]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      n = 0
      value = 0
      y[i] = NaN
    } else if (n >= seedAt) {
      value += (v - value) * factor
      y[i] = value
    } else {
      n += 1
      // A mean that is moved along, not a sum that is divided: of equal values it is exactly that value.
      if (n > skip) value += (v - value) / (n - skip)
      y[i] = n === seedAt ? value : NaN
    }
  }
  state[0] = n
  state[1] = value
}

/**
 * Exponential moving average, factor 2 / (period + 1), seeded with the mean of the first `period` values (TA-Lib EMA).
 * @param skip values to pass over before the seed: MACD seeds its fast average together with the slow one.
 */
export function ema(a: Column, period: number, skip = 0): Column {
  return recursive('ema', a, period, skip, (p) => 2 / (p + 1))
}

/** Wilder's average, factor 1 / period, seeded with the mean of the first `period` values. */
export function wilder(a: Column, period: number): Column {
  return recursive('wilder', a, period, 0, (p) => 1 / p)
}

/** Exponential average that starts at the first value: no warm-up, but the first values weigh much (TA-Lib ADOSC's averages). */
export function emaFromFirst(a: Column, period: number): Column {
  checkPeriod('emaFromFirst', period, 1)
  return recursive(`ema_from_first_${period}`, a, 1, 0, () => 2 / (period + 1))
}
