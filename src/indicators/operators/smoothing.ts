import { LabError } from '../../core/index.js'
import type { Column } from '../column.js'
import { kernelColumn } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

/** Averages that remember everything, with TA-Lib's seeds: the first value is a plain mean, later ones move a share of the way to the new value. */
function recursive(name: string, a: Column, period: number, skip: number, factor: number, params: readonly number[]): Column {
  checkPeriod(name, period, 1)
  checkPeriod(`${name} (bars to pass over)`, skip, 0)
  return kernelColumn({
    kernel: 'smooth',
    name,
    inputs: [a],
    params,
    settings: [period, skip, factor],
    warmup: skip + period - 1,
    state: 2,
  })
}

/**
 * Exponential moving average, factor 2 / (period + 1), seeded with the mean of the first `period` values (TA-Lib EMA).
 * @param skip values to pass over before the seed
 */
export function ema(a: Column, period: number, skip = 0): Column {
  return recursive('ema', a, period, skip, 2 / (period + 1), skip === 0 ? [period] : [period, skip])
}

/** Wilder's average, factor 1 / period, seeded with the mean of the first `period` values (TA-Lib RMA). */
export function wilder(a: Column, period: number): Column {
  return recursive('wilder', a, period, 0, 1 / period, [period])
}

/** Exponential average that starts at the first value: no warm-up, but the first values weigh much (TA-Lib ADOSC's averages). */
export function emaFromFirst(a: Column, period: number): Column {
  checkPeriod('emaFromFirst', period, 1)
  return recursive('ema_from_first', a, 1, 0, 2 / (period + 1), [period])
}

/**
 * A weighted sum of averages of averages: of `ema(a, periods[0])`, the ema of that over `periods[1]` bars, ... In one pass.
 * @param periods of 1, 2, 3 or 6 stages
 * @param weights of all stages but the last, whose weight is what they lack to 1
 */
export function emaMix(a: Column, periods: readonly number[], weights: readonly number[]): Column {
  for (const period of periods) checkPeriod('ema', period, 1)
  const stages = periods.length
  if (![1, 2, 3, 6].includes(stages) || weights.length !== stages - 1)
    throw new LabError('bad-stages', 'Averages of averages cannot be mixed like this.', {
      received: `${stages} periods, ${weights.length} weights`,
      expected: '1, 2, 3 or 6 periods, and one weight less',
      help: 'use ema() for other chains',
    })
  return kernelColumn({
    kernel: 'ema_mix',
    inputs: [a],
    params: [...periods, ...weights],
    settings: [stages, ...periods, ...weights],
    warmup: periods.reduce((sum, period) => sum + period - 1, 0),
    state: 2 * stages,
  })
}
