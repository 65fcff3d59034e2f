import { LabError } from '../core/index.js'
import type { Bars } from './bars.js'
import { formatTimeframe } from './timeframe.js'
import { showableBars } from './show-bars.js'

/** How old a joined bar may be. */
export interface AlignOptions {
  /** Carry a bar on for at most this many bars where the other symbol has none (a market that is closed while this one is open). Default 0: NaN. */
  readonly maxAgeBars?: number
}

/**
 * Another symbol's bars on the times of `bars`, joined on time and nothing else: row i holds the bar that opened when bar i did, so both close together. Where the other has none,
 * its last earlier bar stands in for up to `maxAgeBars` bars, then NaN. A later bar is never used.
 * @throws LabError `timeframe-mismatch`; `no-overlap` where no bar finds a partner
 */
export function alignBars(bars: Bars, other: Bars, { maxAgeBars = 0 }: AlignOptions = {}): Bars {
  if (other.timeframeMs !== bars.timeframeMs)
    throw new LabError('timeframe-mismatch', 'Symbols are compared on bars of one length.', {
      received: `${other.symbol} in bars of ${formatTimeframe(other.timeframeMs)} beside ${bars.symbol} in bars of ${formatTimeframe(bars.timeframeMs)}`,
      expected: 'the same length',
      help: `resample(${other.symbol}, '${formatTimeframe(bars.timeframeMs)}') first, or ask for a longer timeframe of it`,
    })
  const n = bars.time.length
  const column = (): Float64Array => new Float64Array(n).fill(NaN)
  const out = { open: column(), high: column(), low: column(), close: column(), volume: column() }
  const maxAge = maxAgeBars * bars.timeframeMs
  let at = -1
  let matched = 0
  for (let i = 0; i < n; i++) {
    const now = bars.time[i]!
    while (at + 1 < other.time.length && other.time[at + 1]! <= now) at += 1
    if (at < 0 || now - other.time[at]! > maxAge) continue
    matched += 1
    out.open[i] = other.open[at]!
    out.high[i] = other.high[at]!
    out.low[i] = other.low[at]!
    out.close[i] = other.close[at]!
    out.volume[i] = other.volume[at]!
  }
  if (matched === 0) throw noOverlap(bars, other)
  return showableBars({ symbol: other.symbol, timeframeMs: other.timeframeMs, time: bars.time, ...out })
}

function noOverlap(bars: Bars, other: Bars): LabError {
  const span = ({ symbol, time }: Bars): string =>
    time.length === 0
      ? `${symbol} has no bars`
      : `${symbol} from ${new Date(time[0]!).toISOString()} to ${new Date(time.at(-1)!).toISOString()}`
  return new LabError('no-overlap', 'The two symbols have no bar at the same time.', {
    received: `${span(bars)}; ${span(other)}`,
    expected: 'series that overlap and whose bars open at the same times',
    help: 'choose another reference symbol, or give maxAgeBars if one market is closed while the other is open',
  })
}
