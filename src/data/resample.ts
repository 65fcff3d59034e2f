import { EXIT, LabError } from '../core/index.js'
import type { Bars } from './bars.js'
import { DAY_MS, formatTimeframe, parseTimeframe, WEEK_MS } from './timeframe.js'
import { showableBars } from './show-bars.js'

export interface ResampleOptions {
  /** Leave out a first or last bar that the source does not cover from its open to its close. Default false. */
  readonly completeOnly?: boolean
  /** Shift of the bar boundaries from midnight UTC (weeks: Monday midnight), in ms. Default 0. */
  readonly anchorMs?: number
}

// The epoch was a Thursday: weeks begin on the Monday four days later.
const MONDAY_MS = 4 * DAY_MS

/** Open time of the longer bar that holds `time`: boundaries are multiples of `step` ms since the epoch (UTC), of weeks from Monday, shifted by `anchorMs`. */
export function bucketOpen(time: number, step: number, anchorMs = 0): number {
  const anchor = (step % WEEK_MS === 0 ? MONDAY_MS : 0) + anchorMs
  return Math.floor((time - anchor) / step) * step + anchor
}

/**
 * Merges bars into longer ones, each labelled by its open time: boundaries are multiples of the timeframe since the epoch (UTC), weeks begin on Monday.
 * Open is the first, close the last, high and low the extremes, volume the sum of what is known (NaN where none is). NaN prices are passed over.
 * A longer bar is made of the bars inside it only, and exists only where there is at least one; so its values are known at its close, never earlier.
 * The same timeframe gives the bars back unchanged.
 * @throws LabError `bad-timeframe`; `timeframe-too-fine` (shorter than the source); `timeframe-not-multiple`; `timeframe-misaligned` (a source bar would
 * end after the longer bar that holds its open: the longer bar would know the future)
 */
export function resample(bars: Bars, timeframe: string | number, options: ResampleOptions = {}): Bars {
  const step = typeof timeframe === 'number' ? timeframe : parseTimeframe(timeframe)
  if (step === bars.timeframeMs) return bars
  refuseWrongStep(bars, step)
  const opensAt = (time: number): number => bucketOpen(time, step, options.anchorMs)
  const n = bars.time.length
  const starts: number[] = []
  for (let i = 0; i < n; i++) {
    const bucket = opensAt(bars.time[i]!)
    if (bars.time[i]! + bars.timeframeMs > bucket + step) throw misaligned(bars, i, bucket, step)
    if (i === 0 || bucket !== opensAt(bars.time[i - 1]!)) starts.push(i)
  }
  const whole = options.completeOnly === true
  const covered = (k: number): boolean => {
    const bucket = opensAt(bars.time[starts[k]!]!)
    return bucket >= bars.time[0]! && bucket + step <= bars.time[n - 1]! + bars.timeframeMs
  }
  const used = [...starts.keys()].filter((k) => !whole || covered(k))
  const column = (): Float64Array => new Float64Array(used.length)
  const out = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
  used.forEach((k, row) => {
    out.time[row] = opensAt(bars.time[starts[k]!]!)
    mergeInto(out, row, bars, starts[k]!, starts[k + 1] ?? n)
  })
  return showableBars({ symbol: bars.symbol, timeframeMs: step, ...out })
}

type Columns = Omit<Bars, 'symbol' | 'timeframeMs'>

function mergeInto(out: Columns, row: number, bars: Bars, first: number, end: number): void {
  let [open, high, low, close, volume] = [NaN, NaN, NaN, NaN, NaN]
  for (let i = first; i < end; i++) {
    if (Number.isNaN(open)) open = bars.open[i]!
    if (!(bars.high[i]! <= high) && !Number.isNaN(bars.high[i]!)) high = bars.high[i]!
    if (!(bars.low[i]! >= low) && !Number.isNaN(bars.low[i]!)) low = bars.low[i]!
    if (!Number.isNaN(bars.close[i]!)) close = bars.close[i]!
    if (!Number.isNaN(bars.volume[i]!)) volume = Number.isNaN(volume) ? bars.volume[i]! : volume + bars.volume[i]!
  }
  out.open[row] = open
  out.high[row] = high
  out.low[row] = low
  out.close[row] = close
  out.volume[row] = volume
}

function refuseWrongStep(bars: Bars, step: number): void {
  const received = `${formatTimeframe(step)} from bars of ${formatTimeframe(bars.timeframeMs)}`
  if (step < bars.timeframeMs)
    throw new LabError('timeframe-too-fine', 'Longer bars cannot be cut into shorter ones.', {
      received,
      expected: `a multiple of ${formatTimeframe(bars.timeframeMs)}`,
      help: `leave the timeframe out to use the bars as they are`,
      exitCode: EXIT.usage,
    })
  if (step % bars.timeframeMs !== 0)
    throw new LabError('timeframe-not-multiple', 'The bars do not fit a whole number of times into the timeframe.', {
      received,
      expected: `a multiple of ${formatTimeframe(bars.timeframeMs)}`,
      help: `try ${formatTimeframe(bars.timeframeMs * Math.ceil(step / bars.timeframeMs))}`,
      exitCode: EXIT.usage,
    })
}

function misaligned(bars: Bars, i: number, bucket: number, step: number): LabError {
  const phase = (((bars.time[i]! - bucket) % bars.timeframeMs) + bars.timeframeMs) % bars.timeframeMs
  return new LabError(
    'timeframe-misaligned',
    'A bar would end after the longer bar that holds its open, which would then know the future.',
    {
      received: `the bar of ${new Date(bars.time[i]!).toISOString()}, ${formatTimeframe(bars.timeframeMs)} long, in the ${formatTimeframe(step)} bar of ${new Date(bucket).toISOString()}`,
      expected: `bars that open at multiples of ${formatTimeframe(bars.timeframeMs)} from midnight UTC`,
      help: `shift the boundaries: resample(bars, '${formatTimeframe(step)}', { anchorMs: ${phase} })`,
    },
  )
}
