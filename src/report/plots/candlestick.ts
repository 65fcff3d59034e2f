import type { Bars } from '../../data/index.js'
import { DOWN_COLOR, UP_COLOR } from '../palette.js'
import { utcTimes } from '../utc-time.js'

/** Candles of the bars `from` to before `to` as a Plotly trace. Hollow is up, filled is down: the second cue beside the colour. */
export function candlestick(bars: Bars, from: number, to: number): Record<string, unknown> {
  const cut = (values: Float64Array): (number | null)[] =>
    Array.from(values.subarray(from, to), (value) => (Number.isFinite(value) ? value : null))
  return {
    ...{ type: 'candlestick', name: bars.symbol, x: utcTimes(bars.time.subarray(from, to)), showlegend: false },
    ...{ open: cut(bars.open), high: cut(bars.high), low: cut(bars.low), close: cut(bars.close) },
    increasing: { line: { color: UP_COLOR, width: 1 }, fillcolor: 'rgba(0,0,0,0)' },
    decreasing: { line: { color: DOWN_COLOR, width: 1 }, fillcolor: DOWN_COLOR },
  }
}
