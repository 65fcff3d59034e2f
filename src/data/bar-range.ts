import type { Bars } from './bars.js'
import { showableBars } from './show-bars.js'

/** Bars `from` up to but not including `to`, by position. Columns share memory with the original. */
export function barRange(bars: Bars, from: number, to: number): Bars {
  return showableBars({
    ...bars,
    time: bars.time.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  })
}
