import { createRng, LabError } from '../core/index.js'
import { formatTimeframe } from '../data/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import { spreadCuts } from './cut-points.js'
import type { FeatureSubject } from './feature-leaks.js'
import { closedBy, stretch } from './market.js'
import { runTransform } from './run-transform.js'
import { warmupReport, type WarmupColumn, type WarmupReport } from './warmup-report.js'

export interface WarmupOptions {
  /** Bars of history before a row, to try; default 50, 100, 200, 400, 800, 1600, those that half the series has. */
  readonly startups?: readonly number[]
  /** Rows at which it is tried; default 20, spread over the second half of the series (of the part that all symbols share) by the seed. */
  readonly anchors?: number
  /** The largest change that counts as none, in standard deviations of the column; default 0.001. */
  readonly tolerance?: number
  readonly seed?: number
}

const STARTUPS = [50, 100, 200, 400, 800, 1600]

/**
 * How much does a value depend on where the history begins? Recursive averages (EMA, RSI, ATR) never quite forget: a live system that starts with 200 bars computes other values than
 * the research on 20,000. At each anchor row the features are computed from a history that begins n bars before it, for each n of `startups`, and compared with those from the
 * whole history.
 *
 * A change is |value - value from the whole history| / standard deviation of the column, the largest over the anchors; a value that is missing in only one of the two counts as
 * infinite. A column without spread is compared in its own unit.
 * @throws LabError `bad-startups`, `too-few-bars`
 */
export function checkWarmup({ transform, bars, others = [] }: FeatureSubject, options: WarmupOptions = {}): WarmupReport {
  const { anchors = 20, tolerance = 0.001, seed = 0 } = options
  const n = bars.time.length
  // Other symbols may begin later: only the part that all of them share counts.
  const begin = Math.max(0, ...others.map((other) => closedBy(bars, (other.time[0] ?? Infinity) + other.timeframeMs)))
  const shared = n - begin
  const startups = startupsWithin(options.startups, Math.floor(shared / 2))
  const market = { bars, others }
  const full = runTransform(transform, market)
  const width = full.names.length
  const spread = full.names.map((_, j) => deviationOf(full, j))
  const first = begin + Math.floor(shared / 2)
  const rng = createRng(seed, 'leaks/warmup')
  const rows = spreadCuts(n - first + 1, anchors, rng).map((cut) => first + cut - 1)
  const changes = full.names.map(() => startups.map(() => 0))
  for (const row of rows)
    for (const [s, startup] of startups.entries()) {
      const X = runTransform(transform, stretch(market, row - startup, row + 1))
      for (let j = 0; j < width; j++) {
        const change = relativeChange(X.values[startup * width + j]!, full.values[row * width + j]!, spread[j]!)
        changes[j]![s] = Math.max(changes[j]![s]!, change)
      }
    }
  const columns = full.names.map((column, j): WarmupColumn => ({
    column,
    changes: changes[j]!,
    startupBars: enough(changes[j]!, startups, tolerance),
  }))
  return warmupReport({
    subject: `${bars.symbol} ${formatTimeframe(bars.timeframeMs)}`,
    startups,
    tolerance,
    anchors: rows.length,
    columns,
  })
}

/** The smallest start-up from which on no longer one changes more than the tolerance. */
function enough(changes: readonly number[], startups: readonly number[], tolerance: number): number | null {
  const lastBad = changes.findLastIndex((change) => !(change <= tolerance))
  return startups[lastBad + 1] ?? null
}

function relativeChange(value: number, whole: number, spread: number): number {
  if (Number.isNaN(value) || Number.isNaN(whole)) return Number.isNaN(value) && Number.isNaN(whole) ? 0 : Infinity
  return Math.abs(value - whole) / (spread > 0 ? spread : 1)
}

function deviationOf({ values, rows, names }: FeatureMatrix, column: number): number {
  let [count, mean, squares] = [0, 0, 0]
  for (let i = 0, at = column; i < rows; i++, at += names.length) {
    const value = values[at]!
    if (!Number.isFinite(value)) continue
    count += 1
    const delta = value - mean
    mean += delta / count
    squares += delta * (value - mean)
  }
  return Math.sqrt(squares / count)
}

function startupsWithin(given: readonly number[] | undefined, most: number): number[] {
  const asked = given ?? STARTUPS.filter((bars) => bars <= most)
  const wrong = asked.find((bars) => !Number.isInteger(bars) || bars < 1)
  if (wrong !== undefined || (given !== undefined && given.length === 0))
    throw new LabError('bad-startups', 'These are not lengths of a start-up.', {
      received: given!.join(', ') || 'none',
      expected: 'whole numbers of bars, 1 or more',
      help: 'startups: [100, 200, 400]',
    })
  if (asked.length === 0 || Math.max(...asked) > most)
    throw new LabError('too-few-bars', 'The history is too short to compare start-ups with it.', {
      received: `${2 * most} bars or one more`,
      expected: `at least ${2 * Math.max(...asked, STARTUPS[0]!)}: twice the longest start-up`,
      help: 'use more history or shorter startups',
    })
  return [...new Set(asked)].sort((a, b) => a - b)
}
