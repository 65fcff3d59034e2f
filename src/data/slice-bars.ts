import { EXIT, LabError } from '../core/index.js'
import type { Bars } from './bars.js'
import { showableBars } from './show-bars.js'

/** A moment: ms since the epoch, a Date, or ISO text; text without a zone is UTC, a date alone is its midnight. */
export type TimeLike = number | Date | string

/**
 * @param name what the value is for, for the message.
 * @throws LabError `bad-time`
 */
export function toTimeMs(value: TimeLike, name = 'time'): number {
  const ms = typeof value === 'number' ? value : value instanceof Date ? value.getTime() : isoToMs(value)
  if (!Number.isFinite(ms))
    throw new LabError('bad-time', `"${name}" is not a time.`, {
      received: String(value),
      expected: 'ISO text such as 2018-01-31 or 2018-01-31T09:00:00Z, ms since the epoch, or a Date',
      help: `write ${name} as YYYY-MM-DD`,
      exitCode: EXIT.usage,
    })
  return ms
}

function isoToMs(text: string): number {
  const match = /^\s*(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i.exec(text)
  if (match === null) return NaN
  const [, date, clock, zone] = match
  return Date.parse(`${date}${date!.length === 7 ? '-01' : ''}T${clock ?? '00:00'}${zone?.toUpperCase() ?? 'Z'}`)
}

/** First index whose time is not before `at`. */
export function lowerBound(time: Float64Array, at: number): number {
  let low = 0
  let high = time.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (time[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/** Bars with `from <= open time < to`. The columns are views of the given ones, not copies. May be empty. */
export function sliceBars(bars: Bars, range: { readonly from?: TimeLike; readonly to?: TimeLike }): Bars {
  const first = range.from === undefined ? 0 : lowerBound(bars.time, toTimeMs(range.from, 'from'))
  const end = range.to === undefined ? bars.time.length : Math.max(first, lowerBound(bars.time, toTimeMs(range.to, 'to')))
  return showableBars({
    symbol: bars.symbol,
    timeframeMs: bars.timeframeMs,
    time: bars.time.subarray(first, end),
    open: bars.open.subarray(first, end),
    high: bars.high.subarray(first, end),
    low: bars.low.subarray(first, end),
    close: bars.close.subarray(first, end),
    volume: bars.volume.subarray(first, end),
  })
}
