import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { barColumns, sourceNames, type BarColumns, type Column } from '../indicators/index.js'

/** Groups of features, in the order in which documents list them. */
export const FEATURE_GROUPS = [
  'price',
  'momentum',
  'trend',
  'volatility',
  'volume',
  'statistical',
  'microstructure',
  'time',
  'cross-asset',
] as const
/** What a feature is about. */
export type FeatureGroup = (typeof FEATURE_GROUPS)[number]
/** Name of a column of the bars. */
export type BarColumn = keyof BarColumns

/** Where the bars of a feature come from, if not from the bars themselves. */
export interface FeatureScope {
  /** Of another symbol, joined on time. */
  readonly symbol?: string
  /** Of longer bars, each used only from the moment it is closed. */
  readonly timeframe?: string
  /** As it was this many bars ago. */
  readonly lag?: number
}

interface FeatureBase {
  /** Column name: lower case words joined by underscores, parameters last: 'rsi_14'. A scope is appended: 'rsi_14__ethusd__4h__lag_1'. */
  readonly name: string
  readonly group: FeatureGroup
  /** One sentence: formula, unit, what happens at its edges, source. */
  readonly description: string
  readonly params?: Readonly<Record<string, number>>
  readonly scope?: FeatureScope
  /** Why these bars cannot have the feature, or undefined. That an input is missing altogether is noticed without it. */
  readonly unavailable?: (bars: Bars) => string | undefined
}

/** A feature as a column of the bars, built of indicators: batch, bar by bar, warm-up and inputs follow from it. It cannot look ahead. */
export interface StreamingDefinition extends FeatureBase {
  /** @param other the bars of `reference`, where the feature has one */
  readonly column: (bars: BarColumns, other: BarColumns) => Column
  /** Symbol that the feature compares with. */
  readonly reference?: string
}

/**
 * A feature as a function of whole series: for what does not fit the other form. Nothing keeps it from looking ahead (the leak certificate notices), and bar by bar it
 * is computed again from all bars so far.
 */
export interface BatchDefinition extends FeatureBase {
  /** Columns of the bars it reads. Where one of them is NaN the value is NaN and the feature begins anew after it. */
  readonly inputs: readonly BarColumn[]
  /** Bars it needs before the first value. */
  readonly lookback: number
  /** The whole column from bars whose inputs have no NaN. The value at t must use bars up to t only. */
  readonly compute: (bars: Bars) => Float64Array
}

/** One feature as data: from this record come its column, its warm-up, its availability, its leak check and its page in the documentation. */
export interface Feature extends FeatureBase {
  readonly params: Readonly<Record<string, number>>
  readonly scope: FeatureScope
  readonly inputs: readonly BarColumn[]
  /** Bars before the first value: rows 0 to lookback - 1 are NaN. */
  readonly lookback: number
  readonly reference?: string
  readonly column?: StreamingDefinition['column']
  readonly compute?: BatchDefinition['compute']
}

/** Makes the feature of a period in bars; the name is the family's and the period: 'rsi_14'. */
export type FeatureFamily = (period: number) => Feature

/** Prefix of the reference symbol's sources while a feature is looked at on its own. */
const OTHER = 'other.'

/** Checks and returns a feature record. @throws LabError `bad-feature` */
export function defineFeature(definition: StreamingDefinition | BatchDefinition): Feature {
  const feature: Feature = { ...definition, params: definition.params ?? {}, scope: definition.scope ?? {}, ...needsOf(definition) }
  const wrong = !/^[a-z][a-z0-9]*(_{1,2}[a-z0-9]+)*$/.test(feature.name)
    ? 'a name of lower case words joined by underscores'
    : !Number.isInteger(feature.lookback) || feature.lookback < 0
      ? 'a lookback that is a whole number of bars, 0 or more'
      : feature.inputs.length === 0 && feature.reference === undefined
        ? 'at least one input column'
        : undefined
  if (wrong !== undefined)
    throw new LabError('bad-feature', 'This is not a feature.', {
      received: `${feature.name} (lookback ${feature.lookback}, inputs ${feature.inputs.join(', ')})`,
      expected: wrong,
      help: 'correct the call of defineFeature()',
    })
  return Object.freeze(feature)
}

function needsOf(definition: StreamingDefinition | BatchDefinition): Pick<Feature, 'inputs' | 'lookback'> {
  if (!('column' in definition)) return { inputs: definition.inputs, lookback: definition.lookback }
  const built = definition.column(barColumns(), barColumns(OTHER))
  const inputs = sourceNames([built]).filter((name) => !name.startsWith(OTHER)) as BarColumn[]
  return { inputs, lookback: built.lookback }
}
