import { operator, type Column } from './column.js'
import type { BarColumns } from './bar-columns.js'

/** Parabolic stop and reverse (Wilder 1978; TA-Lib SAR): first value at bar 1. The first direction is that of the larger directional movement. */
export function parabolicSar({ high, low }: BarColumns, acceleration = 0.02, maximum = 0.2): Column {
  return operator({
    name: 'parabolic_sar',
    inputs: [high, low],
    params: [acceleration, maximum],
    reach: 1,
    warmup: [1],
    start: ([high, low], [y]) => {
      const [h, l] = [high!, low!]
      let run = 0
      let long = true
      let [sar, extreme, pace] = [0, 0, 0]
      const begin = (i: number): void => {
        const fall = l[i - 1]! - l[i]!
        const rise = h[i]! - h[i - 1]!
        long = !(fall > 0 && fall > rise)
        extreme = long ? h[i]! : l[i]!
        sar = long ? l[i - 1]! : h[i - 1]!
        pace = acceleration
      }
      return (from, to) => {
        for (let i = from; i < to; i++) {
          if (h[i] !== h[i] || l[i] !== l[i]) {
            run = 0
            y![i] = NaN
            continue
          }
          run += 1
          if (run === 1) {
            y![i] = NaN
            continue
          }
          const first = run === 2
          if (first) begin(i)
          const [top, bottom] = [h[i]!, l[i]!]
          // TA-Lib compares the first bar with itself, later ones with the bar before.
          const [lastTop, lastBottom] = first ? [top, bottom] : [h[i - 1]!, l[i - 1]!]
          const crossed = long ? bottom <= sar : top >= sar
          if (crossed) {
            long = !long
            sar = long ? Math.min(extreme, lastBottom, bottom) : Math.max(extreme, lastTop, top)
            y![i] = sar
            pace = acceleration
            extreme = long ? top : bottom
          } else {
            y![i] = sar
            if (long ? top > extreme : bottom < extreme) {
              extreme = long ? top : bottom
              pace = Math.min(maximum, pace + acceleration)
            }
          }
          sar += pace * (extreme - sar)
          sar = long ? Math.min(sar, lastBottom, bottom) : Math.max(sar, lastTop, top)
        }
      }
    },
  })[0]!
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
    start: ([h, l, c, r], [yLine, yDirection]) => {
      let previous = NaN
      let long = true
      let [upper, lower] = [Infinity, -Infinity]
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const middle = (h![i]! + l![i]!) / 2
          const width = multiplier * r![i]!
          const last = c![i]!
          if (width !== width || middle !== middle || last !== last) {
            previous = NaN
            yLine![i] = yDirection![i] = NaN
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
          yLine![i] = long ? lower : upper
          yDirection![i] = long ? 1 : -1
        }
      }
    },
  })
  return { line: line!, direction: direction! }
}
