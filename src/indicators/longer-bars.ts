import { bucketOpen } from '../data/index.js'
import { barColumns, type BarColumns } from './bar-columns.js'
import { operator, type Column } from './column.js'
import { ColumnStream } from './column-stream.js'

/**
 * Columns of longer bars, carried on every bar. The value at a bar is that of the last longer bar which had ended when this bar closed: never of one still open. A longer
 * bar that was not seen from its beginning is left out. Until the first one is closed, and while the column is not known, the value is NaN.
 *
 * Prices that are missing are passed over, as in `resample`.
 * @param build the columns, from those of the longer bars
 * @param barMs length of the shorter bars
 * @param timeframeMs length of the longer ones, a multiple of it
 */
export function longerBarColumns(
  bars: BarColumns,
  barMs: number,
  timeframeMs: number,
  build: (longer: BarColumns) => readonly Column[],
): Column[] {
  const columns = build(barColumns())
  const perBar = Math.round(timeframeMs / barMs)
  const { time, open, high, low, close, volume } = bars
  return operator({
    name: 'longer_bars',
    inputs: [time, open, high, low, close, volume],
    params: [barMs, timeframeMs, ...columns.map((column) => column.key)],
    warmup: columns.map(({ lookback }) => (lookback + 2) * perBar - 2),
    start: (x, y) => {
      const stream = new ColumnStream(columns, 1)
      const given = ['time', 'open', 'high', 'low', 'close', 'volume'].map((name) =>
        stream.sources.includes(name) ? stream.source(name) : undefined,
      )
      const latest = columns.map(() => NaN)
      const bar = new Float64Array(6)
      let opensAt = NaN
      let whole = false
      const finish = (): void => {
        if (whole) {
          const at = stream.begin(1)
          for (let k = 0; k < 6; k++) if (given[k] !== undefined) given[k]![at] = bar[k]!
          stream.advance(1)
          for (let k = 0; k < latest.length; k++) latest[k] = stream.output(k)[at]!
        }
        whole = false
        opensAt = NaN
      }
      const include = (i: number): void => {
        const [, o, h, l, c, v] = x as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
        if (bar[1] !== bar[1]) bar[1] = o[i]!
        if (!(h[i]! <= bar[2]!) && h[i] === h[i]) bar[2] = h[i]!
        if (!(l[i]! >= bar[3]!) && l[i] === l[i]) bar[3] = l[i]!
        if (c[i] === c[i]) bar[4] = c[i]!
        if (v[i] === v[i]) bar[5] = bar[5] === bar[5] ? bar[5]! + v[i]! : v[i]!
      }
      let seen = false
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const now = x[0]![i]!
          const bucket = bucketOpen(now, timeframeMs)
          if (opensAt !== bucket) {
            if (opensAt === opensAt) finish()
            opensAt = bucket
            // The first longer bar counts only if the series begins with it: later ones are whole although bars in them may be missing.
            whole = seen || now === bucket
            bar.fill(NaN)
            bar[0] = bucket
          }
          seen = true
          include(i)
          if (now + barMs >= bucket + timeframeMs) finish()
          for (let k = 0; k < latest.length; k++) y[k]![i] = latest[k]!
        }
      }
    },
  })
}
