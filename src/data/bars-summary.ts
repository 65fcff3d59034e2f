import { DISPLAY, escapeHtml, type Displayable } from '../core/index.js'
import type { Bars } from './bars.js'
import { formatTimeframe } from './timeframe.js'

/** The main facts of a series of bars; shows itself. */
export interface BarsSummary extends Displayable {
  readonly symbol: string
  readonly timeframe: string
  readonly rows: number
  /** Open times (ISO, UTC); '' where there are no bars. */
  readonly from: string
  readonly to: string
  readonly firstClose: number
  readonly lastClose: number
  readonly lowest: number
  readonly highest: number
  /** Bars whose close is above the close before, as a share of those with a close before; NaN below two bars. */
  readonly upShare: number
}

/** Symbol, length, span, first and last close, extremes and share of rising bars, in a form that shows itself. @param title a line above, for example the dataset's. */
export function describeBars(bars: Bars, title = bars.symbol): BarsSummary {
  const n = bars.time.length
  let [lowest, highest, up] = [NaN, NaN, 0]
  for (let i = 0; i < n; i++) {
    if (!(bars.low[i]! >= lowest) && !Number.isNaN(bars.low[i]!)) lowest = bars.low[i]!
    if (!(bars.high[i]! <= highest) && !Number.isNaN(bars.high[i]!)) highest = bars.high[i]!
    if (i > 0 && bars.close[i]! > bars.close[i - 1]!) up++
  }
  const facts = {
    symbol: bars.symbol,
    timeframe: formatTimeframe(bars.timeframeMs),
    rows: n,
    from: n === 0 ? '' : new Date(bars.time[0]!).toISOString(),
    to: n === 0 ? '' : new Date(bars.time[n - 1]!).toISOString(),
    firstClose: bars.close[0] ?? NaN,
    lastClose: bars.close[n - 1] ?? NaN,
    lowest,
    highest,
    upShare: n < 2 ? NaN : up / (n - 1),
  }
  const lines = [
    ['bars', `${n} of ${facts.timeframe}, ${facts.from.slice(0, 16)} to ${facts.to.slice(0, 16)} UTC`],
    ['close', `${facts.firstClose} first, ${facts.lastClose} last; low ${lowest}, high ${highest}`],
    ['up', `${(100 * facts.upShare).toFixed(1)} % of the bars close above the one before`],
  ] as const
  return {
    ...facts,
    [DISPLAY]: () => ({
      'text/plain': [`${bars.symbol}: ${title}`, ...lines.map(([name, text]) => `  ${name}: ${text}`)].join('\n'),
      'text/html': `<div><b>${escapeHtml(bars.symbol)}</b>: ${escapeHtml(title)}${lines.map(([name, text]) => `<br>${name}: ${escapeHtml(text)}`).join('')}</div>`,
    }),
  }
}
