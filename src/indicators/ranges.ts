import type { BarColumns } from './bar-columns.js'
import { column, type Column } from './column.js'
import { wilder } from './operators/smoothing.js'

/** Largest of high - low, |high - previous close|, |low - previous close| (TA-Lib TRANGE). First value at 1: bar 0 has no previous close. */
export function trueRange({ high, low, close }: BarColumns): Column {
  return column({
    name: 'true_range',
    inputs: [high, low, close],
    reach: 1,
    warmup: 1,
    start: ([h, l, c], [y]) => {
      const before = Float64Array.of(NaN)
      return (from, to) => rangesOf(h!, l!, c!, y!, before, from, to)
    },
  })
}

/** @param before the previous close, NaN after a break */
function rangesOf(
  h: Float64Array,
  l: Float64Array,
  c: Float64Array,
  y: Float64Array,
  before: Float64Array,
  from: number,
  to: number,
): void {
  let previous = before[0]!
  for (let i = from; i < to; i++) {
    const top = h[i]!
    const bottom = l[i]!
    const last = c[i]!
    // Of a NaN nothing is larger or smaller: it stays.
    y[i] = last === last ? Math.max(top, previous) - Math.min(bottom, previous) : NaN
    previous = top === top && bottom === bottom ? last : NaN
  }
  before[0] = previous
}

/** Average true range in price units (Wilder 1978; TA-Lib ATR). */
export function atr(bars: BarColumns, period: number): Column {
  return wilder(trueRange(bars), period)
}
