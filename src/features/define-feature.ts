import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'

export const FEATURE_GROUPS = ['price', 'momentum', 'volatility', 'trend', 'volume', 'time'] as const
export type FeatureGroup = (typeof FEATURE_GROUPS)[number]
export type BarColumn = 'time' | 'open' | 'high' | 'low' | 'close' | 'volume'

/** One feature as data: from this record come its column, its warm-up, its availability, its look-ahead check and its line in the documentation. */
export interface Feature {
  /** Column name: lower case words joined by underscores, parameters last: 'rsi_14'. */
  readonly name: string
  readonly group: FeatureGroup
  /** One sentence: formula, unit, what happens at its edges, source. */
  readonly description: string
  /** Columns of the bars it reads. Where one of them is NaN the value is NaN and the feature begins anew after it. */
  readonly inputs: readonly BarColumn[]
  readonly params: Readonly<Record<string, number>>
  /** Bars it needs before the first value: rows 0 to lookback - 1 are NaN. */
  readonly lookback: number
  /** The whole column from bars whose inputs have no NaN. The value at t uses bars up to t, and leaves no running sum to drift. */
  readonly compute: (bars: Bars) => Float64Array
  /** Why these bars cannot have the feature, or undefined. That an input is missing altogether is noticed without it. */
  readonly unavailable?: (bars: Bars) => string | undefined
}

/** Checks and returns a feature record. @throws LabError `bad-feature` */
export function defineFeature(feature: Feature): Feature {
  const wrong = !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(feature.name)
    ? 'a name of lower case words joined by underscores'
    : !Number.isInteger(feature.lookback) || feature.lookback < 0
      ? 'a lookback that is a whole number of bars, 0 or more'
      : feature.inputs.length === 0
        ? 'at least one input column'
        : undefined
  if (wrong !== undefined)
    throw new LabError('bad-feature', 'This is not a feature.', {
      received: `${feature.name} (lookback ${feature.lookback}, inputs ${feature.inputs.join(', ')})`,
      expected: wrong,
      help: 'correct the call of defineFeature()',
    })
  return Object.freeze({ ...feature })
}
