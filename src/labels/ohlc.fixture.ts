import { expect } from 'vitest'
import type { Bars } from '../data/index.js'

/** Bars from [open, high, low, close] or a close alone, an hour apart with a gap of two days before bar 3. */
export function ohlc(...rows: readonly (number | readonly [open: number, high: number, low: number, close: number])[]): Bars {
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => (typeof row === 'number' ? row : row[k]!))
  const time = Float64Array.from(rows, (_, i) => 3_600_000 * (i + (i >= 3 ? 48 : 0)))
  return {
    symbol: 'X',
    timeframeMs: 3_600_000,
    time,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(3),
  }
}

/** Numbers of the bars that open at these times; null for NaN. */
export const barsAt = (bars: Bars, times: Float64Array): (number | null)[] =>
  [...times].map((time) => (Number.isNaN(time) ? null : bars.time.indexOf(time)))

/** For `toThrow`. */
export const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
