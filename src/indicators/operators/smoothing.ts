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
      const values = x!
      const out = y!
      const seedAt = skip + period
      let known = 0
      let average = 0
      return (from, to) => {
        let n = known
        let value = average
        for (let i = from; i < to; i++) {
          const v = values[i]!
          if (v !== v) {
            n = 0
            value = 0
            out[i] = NaN
          } else if (n >= seedAt) {
            value += (v - value) * factor
            out[i] = value
          } else {
            n += 1
            if (n > skip) value += v
            if (n === seedAt) out[i] = value /= period
            else out[i] = NaN
          }
        }
        known = n
        average = value
      }
    },
  })
}

/**
 * Exponential moving average, factor 2 / (period + 1), seeded with the mean of the first `period` values (TA-Lib EMA).
 * @param skip values to pass over before the seed: MACD and PPO seed their fast average together with the slow one.
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
  return recursive(`ema_from_first_${period}`, a, 1, 0, () => 2 / (period + 1))
}
