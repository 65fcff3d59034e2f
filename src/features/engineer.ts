import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import { whyUnavailable } from './compute-feature.js'
import type { Feature } from './define-feature.js'
import { crossAssetFeatures } from './families/cross-asset.js'
import { timeFeaturesIn } from './families/time.js'
import { checkTimeframes, featureColumns, featureSources } from './feature-plan.js'
import { FeatureStream } from './feature-stream.js'
import { featureTable } from './feature-table.js'
import { allFeatures, selectFeatures, type FeatureSelection } from './registry.js'

export interface DroppedFeature {
  readonly name: string
  readonly reason: string
}

/** A feature matrix with what is to be known about it. */
export interface EngineeredFeatures extends FeatureMatrix {
  /** Rows at the start that are not complete: the longest lookback of the columns. Later rows are complete unless the bars have holes or flat stretches. */
  readonly warmupBars: number
  /** Features that were asked for but that these bars cannot have, each with its reason. */
  readonly dropped: readonly DroppedFeature[]
}

export interface FeatureEngineerOptions extends FeatureSelection {
  /** The features to choose from; default: {@link allFeatures}. Your own go here: `[...allFeatures, myFeature]`; so do `alpha158` and what `expandFeatures` makes. */
  readonly features?: readonly Feature[]
  /** Symbols to compare with, 'ETHUSD': adds the cross-asset features of each. Their bars are passed to fit and transform. */
  readonly references?: readonly string[]
  /** Carry another symbol's last bar on for at most this many bars where it has none. Default 0. */
  readonly maxAgeBars?: number
  /** Clock of the calendar features: 'UTC' (default) or an IANA name such as 'America/New_York'. */
  readonly timeZone?: string
}

/**
 * Turns bars into a feature matrix. `fit` decides only which features the bars can have (nothing is estimated from values, so it may see all bars);
 * `transform` gives the same columns for any later bars, `stream` bar by bar.
 *
 * Values are not scaled: scaling and selection are learned from training rows and belong to the model (`fitPreprocessor`).
 */
export class FeatureEngineer {
  private readonly selected: readonly Feature[]
  private readonly maxAgeBars: number
  private columns: readonly Feature[] | undefined
  private left: readonly DroppedFeature[] = []
  private warmup = 0
  private fittedOn: { readonly symbol: string; readonly barMs: number } | undefined

  constructor({ features = allFeatures, references = [], maxAgeBars = 0, timeZone = 'UTC', ...selection }: FeatureEngineerOptions = {}) {
    const zoned = new Map(timeZone === 'UTC' ? [] : timeFeaturesIn(timeZone).map((feature) => [feature.name, feature]))
    const from = [...features.map((feature) => zoned.get(feature.name) ?? feature), ...references.flatMap(crossAssetFeatures)]
    this.selected = selectFeatures(selection, from)
    this.maxAgeBars = maxAgeBars
  }

  /**
   * @param others bars of other symbols that features need
   * @throws LabError `too-few-bars` where the longest lookback leaves no complete row; `no-features` where the bars can have none of them;
   * `missing-symbol`, `no-overlap`, `timeframe-mismatch`, `timeframe-too-fine`, `timeframe-not-multiple`, `timeframe-misaligned`
   */
  fit(bars: Bars, others: readonly Bars[] = []): this {
    const columns: Feature[] = []
    const left: DroppedFeature[] = []
    for (const feature of this.selected) {
      const reason = whyUnavailable(feature, bars)
      if (reason === undefined) columns.push(feature)
      else left.push({ name: feature.name, reason })
    }
    if (columns.length === 0)
      throw new LabError('no-features', 'These bars can have none of the features asked for.', {
        received: left.map(({ name, reason }) => `${name}: ${reason}`).join('; '),
        expected: 'at least one feature whose inputs are there',
        help: 'ask for features of another group, or use a dataset that has these columns',
      })
    checkTimeframes(
      columns.map(({ scope }) => scope),
      bars,
    )
    featureSources(columns, bars, others, this.maxAgeBars)
    const lookbacks = lookbacksOf(columns, bars.timeframeMs)
    const warmup = Math.max(...lookbacks)
    if (bars.time.length <= warmup)
      throw new LabError('too-few-bars', 'There are fewer bars than the features need before their first value.', {
        received: `${bars.time.length} bars`,
        expected: `more than ${warmup}: ${columns[lookbacks.indexOf(warmup)]!.name} looks back that far`,
        help: 'use more history, or drop the features that look back furthest',
      })
    this.columns = columns
    this.left = left
    this.warmup = warmup
    this.fittedOn = { symbol: bars.symbol, barMs: bars.timeframeMs }
    return this
  }

  /** The fitted columns for `bars`; row i belongs to bar i. @throws LabError `not-fitted` before {@link fit}, `missing-symbol`, `no-overlap`. */
  transform(bars: Bars, others: readonly Bars[] = []): EngineeredFeatures {
    const columns = this.fitted()
    return {
      names: columns.map((feature) => feature.name),
      time: bars.time,
      rows: bars.time.length,
      values: featureTable(columns, bars, featureSources(columns, bars, others, this.maxAgeBars)),
      warmupBars: this.warmup,
      dropped: this.left,
    }
  }

  fitTransform(bars: Bars, others: readonly Bars[] = []): EngineeredFeatures {
    return this.fit(bars, others).transform(bars, others)
  }

  /** The fitted columns bar by bar, from the first bar on. */
  stream(): FeatureStream {
    const columns = this.fitted()
    return new FeatureStream(columns, this.fittedOn!.symbol, this.fittedOn!.barMs, this.maxAgeBars)
  }

  getFeatureNames(): string[] {
    return this.fitted().map((feature) => feature.name)
  }

  /** The fitted features as records: name, group, description, lookback. */
  getFeatures(): readonly Feature[] {
    return this.fitted()
  }

  private fitted(): readonly Feature[] {
    if (this.columns !== undefined) return this.columns
    throw new LabError('not-fitted', 'The feature engineer has not seen any bars yet.', {
      received: 'transform, stream or getFeatureNames before fit',
      expected: 'fit(bars) first',
      help: 'call fitTransform(bars)',
    })
  }
}

/** In bars of the series itself: a lookback on longer bars counts many. */
function lookbacksOf(features: readonly Feature[], barMs: number): number[] {
  return features.map((feature) => (feature.column === undefined ? feature.lookback : featureColumns([feature], barMs)[0]!.lookback))
}
