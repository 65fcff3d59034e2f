import { CONTENT, LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import {
  completeRows,
  fitPreprocessor,
  showableFeatures,
  type FeatureMatrix,
  type PreprocessInput,
  type Preprocessor,
} from '../preprocess/index.js'
import { whyUnavailable } from './compute-feature.js'
import type { Feature } from './define-feature.js'
import { crossAssetFeatures } from './families/cross-asset.js'
import { timeFeaturesIn } from './families/time.js'
import { checkTimeframes, featureColumns, featureSources } from './feature-plan.js'
import { FeatureStream } from './feature-stream.js'
import { featureTable } from './feature-table.js'
import { allFeatures, selectFeatures, type FeatureSelection } from './registry.js'

/** A feature that was left out, and why. */
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
  /**
   * Scaling, removal of correlated or constant columns, clipping: learned by `fit` from all complete rows of the bars it is given, so give it the bars of the training
   * span only. Default: none; models learn their own from the training rows of each fold.
   */
  readonly preprocess?: PreprocessInput
  /** Clock of the calendar features: 'UTC' (default) or an IANA name such as 'America/New_York'. */
  readonly timeZone?: string
}

/**
 * Turns bars into a feature matrix. Without `preprocess`, `fit` decides only which features the bars can have (nothing is estimated from values, so it may see all bars).
 * `transform` gives the same columns for any bars, `stream` bar by bar.
 */
export class FeatureEngineer {
  private readonly selected: readonly Feature[]
  private readonly maxAgeBars: number
  private columns: readonly Feature[] | undefined
  private left: readonly DroppedFeature[] = []
  private warmup = 0
  private readonly preprocess: PreprocessInput | undefined
  private preprocessor: Preprocessor | undefined
  private fittedOn: { readonly symbol: string; readonly barMs: number } | undefined

  constructor({
    features = allFeatures,
    references = [],
    maxAgeBars = 0,
    timeZone = 'UTC',
    preprocess,
    ...selection
  }: FeatureEngineerOptions = {}) {
    const zoned = new Map(timeZone === 'UTC' ? [] : timeFeaturesIn(timeZone).map((feature) => [feature.name, feature]))
    const from = [...features.map((feature) => zoned.get(feature.name) ?? feature), ...references.flatMap(crossAssetFeatures)]
    this.selected = selectFeatures(selection, from)
    this.maxAgeBars = maxAgeBars
    this.preprocess = preprocess
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
    if (this.preprocess !== undefined) {
      const X = this.raw(bars, others)
      const complete = completeRows(X)
      const rows = Int32Array.from({ length: X.rows }, (_, i) => i).filter((i) => complete[i] === 1)
      this.preprocessor = fitPreprocessor(X, rows, this.preprocess)
    }
    return this
  }

  /** The fitted columns for `bars`; row i belongs to bar i. @throws LabError `not-fitted` before {@link fit}, `missing-symbol`, `no-overlap`. */
  transform(bars: Bars, others: readonly Bars[] = []): EngineeredFeatures {
    const X = this.raw(bars, others)
    const { preprocessor } = this
    const shared = { time: X.time, rows: X.rows, warmupBars: this.warmup, dropped: this.left }
    if (preprocessor === undefined) return showableFeatures({ ...shared, names: X.names, values: X.values })
    return showableFeatures({ ...shared, names: preprocessor.names, values: preprocessor.transform(X, undefined, { incomplete: 'keep' }) })
  }

  fitTransform(bars: Bars, others: readonly Bars[] = []): EngineeredFeatures {
    return this.fit(bars, others).transform(bars, others)
  }

  /** The fitted columns bar by bar, from the first bar on. @throws LabError `not-fitted`, `not-streamable` where missing values are filled from earlier rows */
  stream(): FeatureStream {
    const columns = this.fitted()
    return new FeatureStream(columns, this.fittedOn!.symbol, this.fittedOn!.barMs, this.maxAgeBars, this.preprocessor)
  }

  getFeatureNames(): string[] {
    const columns = this.fitted()
    return [...(this.preprocessor?.names ?? columns.map((feature) => feature.name))]
  }

  /** What `fit` learned, where `preprocess` was asked for: shows itself, and says which columns were dropped and why. */
  getPreprocessor(): Preprocessor | undefined {
    this.fitted()
    return this.preprocessor
  }

  /** The fitted features as records, before preprocessing: name, group, description, lookback. */
  getFeatures(): readonly Feature[] {
    return this.fitted()
  }

  /** What decides about the columns; undefined where a feature is none of the registry's: what its functions use besides cannot be told. */
  [CONTENT](): unknown {
    if (!this.selected.every((feature) => allFeatures.includes(feature))) return undefined
    const { maxAgeBars, left, preprocess, fittedOn, columns, preprocessor } = this
    const names = (features: readonly Feature[] | undefined) => features?.map(({ name }) => name)
    return {
      maxAgeBars,
      left,
      preprocess,
      fittedOn,
      selected: names(this.selected),
      columns: names(columns),
      preprocessor: preprocessor?.toJSON(),
    }
  }

  private raw(bars: Bars, others: readonly Bars[]): FeatureMatrix {
    const columns = this.fitted()
    return {
      names: columns.map((feature) => feature.name),
      time: bars.time,
      rows: bars.time.length,
      values: featureTable(columns, bars, featureSources(columns, bars, others, this.maxAgeBars)),
    }
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
