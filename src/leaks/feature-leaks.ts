import { LabError } from '../core/index.js'
import { formatTimeframe, type Bars } from '../data/index.js'
import { FeatureEngineer } from '../features/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import { isStreaming, type BarTransform } from './bar-transform.js'
import { FirstDifferences } from './first-differences.js'
import { checkFullCuts } from './full-cuts.js'
import { isoTime, type Leak, type LeakCheck, type LeakMethod } from './leak.js'
import { leakReach } from './leak-reach.js'
import type { Market } from './market.js'
import { runTransform } from './run-transform.js'
import { checkStreamedRows } from './streamed-rows.js'
import { checkWindowCuts } from './window-cuts.js'

/** How closely to look. */
export interface CertifyOptions {
  readonly seed?: number
  /** Cuts of the whole series; default 4 beside a comparison bar by bar, else 12. */
  readonly fullCuts?: number
  /** Fewest cuts of short stretches, where every bar would cost too much; default 1000. */
  readonly windowCuts?: number
  /** Cut short stretches at every bar whatever it costs. Default: where that is no more than 1e8 values. */
  readonly everyBar?: boolean
  /** Share of a value by which it may differ, for transforms whose rounding depends on the length of the series (Fourier transforms, products of matrices). Default 0. */
  readonly tolerance?: number
}

/** A transform and the bars to try it on. */
export interface FeatureSubject {
  readonly transform: BarTransform
  readonly bars: Bars
  /** Bars of other symbols or longer timeframes that the transform uses. */
  readonly others?: readonly Bars[]
}

/**
 * Tests that the value of every column at bar t uses nothing after t: it must not change when later bars are altered, removed or appended, nor when bars of other
 * symbols that close later are altered. Values are compared exactly unless a tolerance is given.
 *
 * - A transform that also works bar by bar: each row from a computation shown only the bars up to it. Every bar.
 * - Any other, and features that are computed from whole series: short stretches cut at every bar, or at a sample of at least `windowCuts` where that is too much (the result says which).
 * - In both cases the whole series cut at a few places, and lengthened.
 * @throws LabError `too-few-bars` below 3 bars, `leak-check-stopped`, `bad-transform`
 */
export function checkFeatures({ transform, bars, others = [] }: FeatureSubject, options: CertifyOptions = {}): LeakCheck {
  const n = bars.time.length
  if (n < 3)
    throw new LabError('too-few-bars', 'The leak check cuts the series and needs something to cut.', {
      received: `${n} bars`,
      expected: 'at least 3',
      help: 'use more history',
    })
  const { seed = 0, windowCuts = 1000, everyBar = false, tolerance = 0 } = options
  const market: Market = { bars, others }
  const found = new FirstDifferences(tolerance)
  const full = runTransform(transform, market)
  const warmup = warmupOf(full)
  const methods: LeakMethod[] = []
  const whole = wholeSeriesPart(transform, bars)
  if (isStreaming(transform))
    methods.push(
      checkStreamedRows(transform, market, { full, warmup, pieceBars: whole === undefined ? undefined : Math.max(256, warmup) }, found),
    )
  methods.push(checkFullCuts(transform, market, full, options.fullCuts ?? (isStreaming(transform) ? 4 : 12), seed, found))
  const cutHere = isStreaming(transform) ? whole : transform
  if (cutHere !== undefined) {
    const X = cutHere === transform ? full : runTransform(cutHere, { bars, others: [] })
    const limits = { seed, everyBar, cuts: windowCuts, warmup: warmupOf(X), columns: X.names.length }
    methods.push(checkWindowCuts(cutHere, cutHere === transform ? market : { bars, others: [] }, limits, found))
  }
  const alone = (column: string): BarTransform => (whole === undefined ? transform : (oneFeature(whole, column, bars) ?? transform))
  const columns = [...new Set([...full.names, ...found.found.keys()])]
  const leaks = columns.flatMap((column): Leak[] => {
    const first = found.found.get(column)
    if (first === undefined) return []
    return [
      {
        column,
        bar: first.bar,
        time: isoTime(bars.time[first.bar]),
        evidence: first.evidence,
        ...leakReach(alone(column), market, column, first, { seed, tolerance }),
      },
    ]
  })
  return { kind: 'features', subject: `${bars.symbol} ${formatTimeframe(bars.timeframeMs)}`, columns: full.names, methods, leaks }
}

/** Rows before every column has had a value; columns without any are passed over. */
function warmupOf(X: FeatureMatrix): number {
  const width = X.names.length
  let warmup = 0
  for (let j = 0; j < width; j++) {
    let i = 0
    while (i < X.rows && Number.isNaN(X.values[i * width + j]!)) i += 1
    if (i < X.rows && i > warmup) warmup = i
  }
  return warmup
}

/** The features of an engineer that are computed from whole series: bar by bar they cost the more the longer the series, and nothing keeps them from looking ahead. */
function wholeSeriesPart(transform: BarTransform, bars: Bars): FeatureEngineer | undefined {
  if (!(transform instanceof FeatureEngineer)) return undefined
  const features = transform.getFeatures().filter((feature) => feature.column === undefined)
  return features.length === 0 ? undefined : new FeatureEngineer({ features }).fit(bars)
}

/** One feature of an engineer by itself, so that looking for its reach does not compute all others. */
function oneFeature(engineer: FeatureEngineer, name: string, bars: Bars): FeatureEngineer | undefined {
  const features = engineer.getFeatures().filter((feature) => feature.name === name)
  return features.length === 0 ? undefined : new FeatureEngineer({ features }).fit(bars)
}
