import { DISPLAY, LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { checkHorizon } from './check-horizon.js'
import { isPrice } from './known-price.js'
import type { PricedLabels } from './labels.js'
import { showClasses, UP_OR_NOT } from './show-labels.js'

/** Shortest and longest line that is tried. */
export interface TrendScanOptions {
  /** Shortest window, in bars ahead; 2 or more: two points always lie on a line. */
  readonly minBars: number
  /** Longest window, in bars ahead. */
  readonly maxBars: number
  /** No label where the t-value stays below this size. Known only later, so a backtest must not skip those rows. Default 0. */
  readonly minTValue?: number
}

/** Trend-scan labels, and the line that decided each. */
export interface TrendScanLabels extends PricedLabels {
  /** The t-value of the strongest trend, also of rows dropped for being weak: its size can weight the rows. NaN where it is not known. */
  readonly tValues: Float64Array
  /** How many bars ahead the strongest trend ends; 0 where it is not known. */
  readonly trendBars: Int32Array
}

/**
 * Which way does the strongest trend go that begins here? A line is fitted by least squares to the log closes of bars t to t + L, for each L from `minBars` to
 * `maxBars`; the line whose slope has the largest t-value by size wins (the shorter one where two are equal). `y[t]` is 1 where that t-value is above 0, else 0.
 *
 * The end time is the open time of bar t + maxBars, also where the winning trend is shorter: it won against lines that reach that far, so the label knows those bars. Where the
 * trend itself ended is in `trendBars`, and `returns` is the simple return up to there. The t-value of closes that do not move is 0; that of a perfect line is
 * limited by what rounding leaves, and so large but finite.
 *
 * NaN for the last `maxBars` bars, and where a close from t to t + maxBars is missing or not positive. O(bars x maxBars): sums grow by one point a step.
 * @throws LabError `bad-horizon`, `bad-t-value`, `too-few-bars`
 * @see M. López de Prado, Machine Learning for Asset Managers (2020), section 5.4, where a window of n closes is one of n - 1 bars ahead here
 */
export function trendScanLabels(bars: Bars, { minBars, maxBars, minTValue = 0 }: TrendScanOptions): TrendScanLabels {
  const { time, close } = bars
  const n = close.length
  checkHorizon(maxBars, n)
  if (!Number.isInteger(minBars) || minBars < 2 || minBars > maxBars)
    throw new LabError('bad-horizon', 'The windows make no sense.', {
      received: `minBars ${minBars}, maxBars ${maxBars}`,
      expected: 'whole numbers, 2 <= minBars <= maxBars',
      help: 'for example minBars: 5, maxBars: 20',
    })
  if (!(minTValue >= 0 && minTValue < Infinity))
    throw new LabError('bad-t-value', 'The smallest t-value is not a size.', {
      received: String(minTValue),
      expected: '0 or more',
      help: 'for example 2',
    })
  const column = (): Float64Array => new Float64Array(n).fill(NaN)
  const [y, endTime, returns, tValues] = [column(), column(), column(), column()]
  const trendBars = new Int32Array(n)
  const scan = trendScanner(close, minBars, maxBars)
  // How many known closes end at each bar, counted backwards from the far end of the windows.
  let run = 0
  for (let j = 0; j < n; j++) {
    run = isPrice(close[j]!) ? run + 1 : 0
    const i = j - maxBars
    if (run <= maxBars) continue
    const { tValue, bars: length } = scan(i)
    tValues[i] = tValue
    trendBars[i] = length
    if (Math.abs(tValue) < minTValue) continue
    y[i] = tValue > 0 ? 1 : 0
    endTime[i] = time[j]!
    returns[i] = close[i + length]! / close[i]! - 1
  }
  const name = `trend_scan_${minBars}_${maxBars}`
  return {
    name,
    y,
    endTime,
    horizonBars: maxBars,
    returns,
    tValues,
    trendBars,
    [DISPLAY]: () => ({ 'text/plain': showClasses(name, y, UP_OR_NOT) }),
  }
}

/** Finds the strongest trend from a bar on. All closes it is asked about must be known. */
function trendScanner(close: Float64Array, minBars: number, maxBars: number): (from: number) => { tValue: number; bars: number } {
  // Only differences count: logs relative to the first known close keep them exact where prices are large.
  const base = close.find(isPrice) ?? 1
  const logs = close.map((value) => Math.log(value / base))
  const best = { tValue: 0, bars: 0 }
  return (from) => {
    best.tValue = 0
    best.bars = minBars
    // Moments about the running means (Welford): no difference of large sums.
    let [meanY, sxy, syy] = [logs[from]!, 0, 0]
    for (let x = 1; x <= maxBars; x++) {
      const points = x + 1
      const change = logs[from + x]! - meanY
      meanY += change / points
      sxy += (x - (x - 1) / 2) * (logs[from + x]! - meanY)
      syy += change * (logs[from + x]! - meanY)
      if (x < minBars) continue
      const sxx = (points * (points * points - 1)) / 12
      const explained = (sxy * sxy) / sxx
      // What rounding leaves of a perfect line is not noise to be divided by.
      const rest = Math.max(syy - explained, syy * Number.EPSILON)
      const tValue = syy > 0 ? sxy * Math.sqrt((points - 2) / (sxx * rest)) : 0
      if (Math.abs(tValue) > Math.abs(best.tValue)) {
        best.tValue = tValue
        best.bars = x
      }
    }
    return best
  }
}
