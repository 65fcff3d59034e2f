import type { BarColumns } from './bar-columns.js'
import { column, operator, type Column } from './column.js'

interface ParabolicStop {
  readonly acceleration: number
  readonly maximum: number
  /** Bars since the last break, up to 2; 1 for long, 0 for short; the stop of the next bar; the extreme since the last reversal; the pace. */
  readonly state: Float64Array
}

/** Parabolic stop and reverse (Wilder 1978; TA-Lib SAR): first value at bar 1. The first direction is that of the larger directional movement. */
export function parabolicSar({ high, low }: BarColumns, acceleration = 0.02, maximum = 0.2): Column {
  return column({
    name: 'parabolic_sar',
    inputs: [high, low],
    params: [acceleration, maximum],
    reach: 1,
    warmup: 1,
    start: ([h, l], [y]) => {
      const stop: ParabolicStop = { acceleration, maximum, state: new Float64Array(5) }
      return (from, to) => follow(h!, l!, y!, stop, from, to)
    },
  })
}

function follow(
  h: Float64Array,
  l: Float64Array,
  y: Float64Array,
  { acceleration, maximum, state }: ParabolicStop,
  from: number,
  to: number,
): void {
  let run = state[0]!
  let long = state[1] === 1
  let sar = state[2]!
  let extreme = state[3]!
  let pace = state[4]!
  for (let i = from; i < to; i++) {
    const top = h[i]!
    const bottom = l[i]!
    if (top !== top || bottom !== bottom || run === 0) {
      run = top === top && bottom === bottom ? 1 : 0
      y[i] = NaN
      continue
    }
    // TA-Lib compares the first bar with itself, later ones with the bar before.
    let lastTop = top
    let lastBottom = bottom
    if (run === 1) {
      run = 2
      const fall = l[i - 1]! - bottom
      long = !(fall > 0 && fall > top - h[i - 1]!)
      extreme = long ? top : bottom
      sar = long ? l[i - 1]! : h[i - 1]!
      pace = acceleration
    } else {
      lastTop = h[i - 1]!
      lastBottom = l[i - 1]!
    }
    if (long ? bottom <= sar : top >= sar) {
      long = !long
      sar = long ? Math.min(extreme, lastBottom, bottom) : Math.max(extreme, lastTop, top)
      pace = acceleration
      extreme = long ? top : bottom
      y[i] = sar
    } else {
      y[i] = sar
      if (long ? top > extreme : bottom < extreme) {
        extreme = long ? top : bottom
        pace = Math.min(maximum, pace + acceleration)
      }
    }
    sar += pace * (extreme - sar)
    sar = long ? Math.min(sar, lastBottom, bottom) : Math.max(sar, lastTop, top)
  }
  state[0] = run
  state[1] = long ? 1 : 0
  state[2] = sar
  state[3] = extreme
  state[4] = pace
}

export interface SuperTrend {
  /** The stop line, price units. */
  readonly line: Column
  /** 1 while the stop lies below the price, -1 while above. */
  readonly direction: Column
}

/** SuperTrend (Seban): bands of `multiplier` x average true range around the median price that only ever tighten; the close beyond the band turns the direction. Begins long. */
export function superTrend({ high, low, close }: BarColumns, averageRange: Column, multiplier: number): SuperTrend {
  const [line, direction] = operator({
    name: 'super_trend',
    inputs: [high, low, close, averageRange],
    params: [multiplier],
    warmup: [0, 0],
    start: (x, [line, direction]) => {
      const state = Float64Array.of(NaN, 1, Infinity, -Infinity)
      return (from, to) => ratchet(x, line!, direction!, multiplier, state, from, to)
    },
  })
  return { line: line!, direction: direction! }
}

/** @param state the close before, NaN after a break; the direction; upper and lower band */
function ratchet(
  [h, l, c, range]: readonly Float64Array[],
  outLine: Float64Array,
  outDirection: Float64Array,
  multiplier: number,
  state: Float64Array,
  from: number,
  to: number,
): void {
  let previous = state[0]!
  let long = state[1] === 1
  let upper = state[2]!
  let lower = state[3]!
  for (let i = from; i < to; i++) {
    const middle = (h![i]! + l![i]!) / 2
    const width = multiplier * range![i]!
    const last = c![i]!
    if (width !== width || middle !== middle || last !== last) {
      previous = NaN
      outLine[i] = outDirection[i] = NaN
      continue
    }
    if (previous !== previous) {
      long = true
      upper = middle + width
      lower = middle - width
    } else {
      if (middle + width < upper || previous > upper) upper = middle + width
      if (middle - width > lower || previous < lower) lower = middle - width
      if (long ? last < lower : last > upper) long = !long
    }
    previous = last
    outLine[i] = long ? lower : upper
    outDirection[i] = long ? 1 : -1
  }
  state[0] = previous
  state[1] = long ? 1 : 0
  state[2] = upper
  state[3] = lower
}
