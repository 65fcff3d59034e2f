import { column, operator, type Column } from './column.js'
import type { BarColumns } from './bar-columns.js'
import { checkPeriod } from './operators/check-period.js'
import { wilder } from './operators/smoothing.js'

/** Largest of high - low, |high - previous close|, |low - previous close| (TA-Lib TRANGE). First value at 1: bar 0 has no previous close. */
export function trueRange({ high, low, close }: BarColumns): Column {
  return column({
    name: 'true_range',
    inputs: [high, low, close],
    reach: 1,
    warmup: 1,
    start: ([h, l, c], [y]) => {
      let before = NaN
      return (from, to) => {
        let previous = before
        for (let i = from; i < to; i++) {
          const [top, bottom, last] = [h![i]!, l![i]!, c![i]!]
          const whole = top === top && bottom === bottom && last === last
          y![i] = whole && previous === previous ? (top > previous ? top : previous) - (bottom < previous ? bottom : previous) : NaN
          previous = whole ? last : NaN
        }
        before = previous
      }
    },
  })
}

/** Average true range in price units (Wilder 1978; TA-Lib ATR). */
export function atr(bars: BarColumns, period: number): Column {
  return wilder(trueRange(bars), period)
}

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
}

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
    start: ([high, low, close], outputs) => {
      const [h, l, c] = [high!, low!, close!]
      const [yPlusMove, yMinusMove, yPlus, yMinus, yDx, yAdx] = outputs as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ]
      let run = 0
      let [up, down, total, index, average] = [0, 0, 0, 0, 0]
      return (from, to) => {
        for (let i = from; i < to; i++) {
          if (h[i] !== h[i] || l[i] !== l[i] || c[i] !== c[i]) {
            run = 0
            for (const out of outputs) out[i] = NaN
            continue
          }
          if (run === 0) up = down = total = index = average = 0
          else {
            const rise = h[i]! - h[i - 1]!
            const fall = l[i - 1]! - l[i]!
            const keep = run < p ? 1 : 1 - 1 / p
            up = up * keep + (rise > 0 && rise > fall ? rise : 0)
            down = down * keep + (fall > 0 && fall > rise ? fall : 0)
            const before = c[i - 1]!
            total = total * keep + (h[i]! > before ? h[i]! : before) - (l[i]! < before ? l[i]! : before)
          }
          yPlusMove[i] = run >= p - 1 ? up : NaN
          yMinusMove[i] = run >= p - 1 ? down : NaN
          if (run < p) yPlus[i] = yMinus[i] = yDx[i] = yAdx[i] = NaN
          else {
            yPlus[i] = total > 0 ? (100 * up) / total : 0
            yMinus[i] = total > 0 ? (100 * down) / total : 0
            const moved = total > 0 && up + down > 0
            if (moved) index = (100 * Math.abs(up - down)) / (up + down)
            yDx[i] = index
            if (run < 2 * p - 1) average += moved ? index : 0
            else if (run === 2 * p - 1) average = (average + (moved ? index : 0)) / p
            else if (moved) average += (index - average) / p
            yAdx[i] = run >= 2 * p - 1 ? average : NaN
          }
          run += 1
        }
      }
    },
  })
  return {
    plusMovement: plusMovement!,
    minusMovement: minusMovement!,
    plus: plus!,
    minus: minus!,
    dx: dx!,
    adx: adx!,
  }
}
