import { DISPLAY, showTextTable, withDisplay, type MimeBundle } from '../core/index.js'
import type { Bars } from './bars.js'
import { describeBars } from './bars-summary.js'

/** Bars shown at each end of a long series. */
const ENDS = 4

/** Bars that show themselves where a notebook's cell ends with them: their main facts, the first and the last of them. */
export const showableBars = (bars: Bars): Bars => withDisplay(bars, () => bundle(bars))

async function bundle(bars: Bars): Promise<MimeBundle> {
  const n = bars.time.length
  const head = await describeBars(bars, 'bars as typed columns')[DISPLAY]()
  const rows = Array.from({ length: n }, (_, i) => i).filter((i) => i < ENDS || i >= n - ENDS)
  const line = (i: number): string[] => [
    new Date(bars.time[i]!).toISOString().slice(0, 16).replace('T', ' '),
    ...[bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) => String(column[i])),
  ]
  const cells = rows.flatMap((i, at) => (at > 0 && i !== rows[at - 1]! + 1 ? [['...', '', '', '', '', ''], line(i)] : [line(i)]))
  const table = showTextTable({ headings: ['time (UTC)', 'open', 'high', 'low', 'close', 'volume'], rows: cells })
  const both = (type: string, between: string): string => `${head[type] as string}${between}${table[type] as string}`
  return { 'text/plain': both('text/plain', '\n'), 'text/html': both('text/html', '') }
}
