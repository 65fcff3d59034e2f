import type { BarColumns } from './bar-columns.js'
import { operator, type Column } from './column.js'
import { lag } from './operators/lags.js'
import { checkPeriod } from './operators/check-period.js'
import { map2 } from './operators/own-functions.js'

export interface DirectionalMovement {
  /** Wilder sums of directional movement (TA-Lib PLUS_DM, MINUS_DM), price units. */
  readonly plusMovement: Column
  readonly minusMovement: Column
  /** 100 x movement / true range (TA-Lib PLUS_DI, MINUS_DI). */
  readonly plus: Column
  readonly minus: Column
  /** 100 |plus - minus| / (plus + minus) (TA-Lib DX). A bar without any movement keeps the value before. */
  readonly dx: Column
  /** Wilder's average of dx (TA-Lib ADX), first value at 2 period - 1. */
  readonly adx: Column
  /** Mean of adx now and period - 1 bars ago (TA-Lib ADXR). */
  readonly adxr: Column
}

interface Movement {
  readonly period: number
  /** Bars since the last break; the three sums; dx and its average. */
  readonly state: Float64Array
}

const mean = (a: number, b: number): number => (a + b) / 2

/** Wilder's directional movement system (1978). */
export function directionalMovement({ high, low, close }: BarColumns, period: number): DirectionalMovement {
  checkPeriod('directionalMovement', period, 2)
  const p = period
  const [plusMovement, minusMovement, plus, minus, dx, adx] = operator({
    name: 'directional_movement',
    inputs: [high, low, close],
    params: [period],
    reach: 1,
    warmup: [p - 1, p - 1, p, p, p, 2 * p - 1],
    start: ([h, l, c], outputs) => {
      const movement: Movement = { period, state: new Float64Array(6) }
      return (from, to) => moves(h!, l!, c!, outputs, movement, from, to)
    },
  })
  return {
    plusMovement: plusMovement!,
    minusMovement: minusMovement!,
    plus: plus!,
    minus: minus!,
    dx: dx!,
    adx: adx!,
    adxr: map2(adx!, lag(adx!, period - 1), mean),
  }
}

function moves(
  h: Float64Array,
  l: Float64Array,
  c: Float64Array,
  outputs: readonly Float64Array[],
  { period: p, state }: Movement,
  from: number,
  to: number,
): void {
  const [yPlusMove, yMinusMove, yPlus, yMinus, yDx, yAdx] = outputs as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const share = 1 / p
  let run = state[0]!
  let up = state[1]!
  let down = state[2]!
  let total = state[3]!
  let index = state[4]!
  let average = state[5]!
  for (let i = from; i < to; i++) {
    const top = h[i]!
    const bottom = l[i]!
    if (top !== top || bottom !== bottom || c[i] !== c[i]) {
      run = 0
      yPlusMove[i] = yMinusMove[i] = yPlus[i] = yMinus[i] = yDx[i] = yAdx[i] = NaN
      continue
    }
    if (run === 0) up = down = total = index = average = 0
    else {
      const before = c[i - 1]!
      const rise = top - h[i - 1]!
      const fall = l[i - 1]! - bottom
      const keep = run < p ? 1 : 1 - share
      up = up * keep + (rise > 0 && rise > fall ? rise : 0)
      down = down * keep + (fall > 0 && fall > rise ? fall : 0)
      total = total * keep + (Math.max(top, before) - Math.min(bottom, before))
    }
    yPlusMove[i] = run >= p - 1 ? up : NaN
    yMinusMove[i] = run >= p - 1 ? down : NaN
    if (run < p) yPlus[i] = yMinus[i] = yDx[i] = yAdx[i] = NaN
    else {
      const perRange = total > 0 ? 100 / total : 0
      yPlus[i] = up * perRange
      yMinus[i] = down * perRange
      const moved = total > 0 && up + down > 0
      if (moved) index = (100 * Math.abs(up - down)) / (up + down)
      yDx[i] = index
      if (run < 2 * p - 1) average += moved ? index : 0
      else if (run === 2 * p - 1) average = (average + (moved ? index : 0)) * share
      else if (moved) average += (index - average) * share
      yAdx[i] = run >= 2 * p - 1 ? average : NaN
    }
    run += 1
  }
  state[0] = run
  state[1] = up
  state[2] = down
  state[3] = total
  state[4] = index
  state[5] = average
}
