import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { computeFeature, whyUnavailable } from './compute-feature.js'
import type { Feature } from './define-feature.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import { allFeatures, selectFeatures, type FeatureSelection } from './registry.js'

export interface DroppedFeature {
  readonly name: string
  readonly reason: string
}

/** A feature matrix with what is to be known about it. */
export interface EngineeredFeatures extends FeatureMatrix {
  /** Rows at the start that are not complete: the longest lookback of the columns. Later rows are complete unless the bars have holes. */
  readonly warmupBars: number
  /** Features that were asked for but that these bars cannot have, each with its reason. */
  readonly dropped: readonly DroppedFeature[]
}

export interface FeatureEngineerOptions extends FeatureSelection {
  /** The features to choose from; default: all that ship. Your own go here: `[...allFeatures, myFeature]`. */
  readonly features?: readonly Feature[]
}

/**
 * Turns bars into a feature matrix. `fit` decides only which features the bars can have (nothing is estimated from values, so it may see all bars);
 * `transform` gives the same columns for any later bars.
 *
 * Values are not scaled: scaling is learned from training rows and belongs to the model.
 */
export class FeatureEngineer {
  private readonly selected: readonly Feature[]
  private columns: readonly Feature[] | undefined
  private left: readonly DroppedFeature[] = []

  constructor(options: FeatureEngineerOptions = {}) {
    this.selected = selectFeatures(options, options.features ?? allFeatures)
  }

  /** @throws LabError `too-few-bars` where the longest lookback leaves no complete row; `no-features` where the bars can have none of them. */
  fit(bars: Bars): this {
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
    const warmup = longestLookback(columns)
    if (bars.time.length <= warmup)
      throw new LabError('too-few-bars', 'There are fewer bars than the features need before their first value.', {
        received: `${bars.time.length} bars`,
        expected: `more than ${warmup}: ${columns.find((feature) => feature.lookback === warmup)!.name} looks back that far`,
        help: 'use more history, or drop the features that look back furthest',
      })
    this.columns = columns
    this.left = left
    return this
  }

  /** The fitted columns for `bars`; row i belongs to bar i. @throws LabError `not-fitted` before {@link fit}. */
  transform(bars: Bars): EngineeredFeatures {
    const columns = this.fitted()
    const rows = bars.time.length
    const width = columns.length
    const values = new Float64Array(rows * width)
    for (const [j, feature] of columns.entries()) {
      const column = computeFeature(feature, bars)
      for (let i = 0, at = j; i < rows; i++, at += width) values[at] = column[i]!
    }
    const names = columns.map((feature) => feature.name)
    return { names, time: bars.time, rows, values, warmupBars: longestLookback(columns), dropped: this.left }
  }

  fitTransform(bars: Bars): EngineeredFeatures {
    return this.fit(bars).transform(bars)
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
      received: 'transform or getFeatureNames before fit',
      expected: 'fit(bars) first',
      help: 'call fitTransform(bars)',
    })
  }
}

const longestLookback = (features: readonly Feature[]): number => Math.max(...features.map((feature) => feature.lookback))
