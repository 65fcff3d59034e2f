import { LabError } from '../core/index.js'
import { parseTimeframe } from '../data/index.js'
import type { Feature } from './define-feature.js'
import { featureFamily } from './feature-families.js'

/** Which families, periods, timeframes, lags and symbols to multiply. */
export interface Expansion {
  /** Features to multiply. */
  readonly features?: readonly Feature[]
  /** Names of families without their period ('rsi', 'atr_pct'), each over all of `periods`. */
  readonly families?: readonly string[]
  readonly periods?: readonly number[]
  /** Longer bars beside the bars themselves: '4h', '1d'. Only closed ones are used. */
  readonly timeframes?: readonly string[]
  /** Bars ago, beside now. */
  readonly lags?: readonly number[]
  /** Other symbols beside the bars' own: 'ETHUSD'. */
  readonly symbols?: readonly string[]
}

/**
 * Every feature for every symbol, timeframe and lag: (features + families x periods) x (1 + symbols) x (1 + timeframes) x (1 + lags). Calendar features and comparisons with a
 * reference are not multiplied by symbols and timeframes.
 * @throws LabError `unknown-feature-family`, `bad-timeframe`, `bad-expansion`
 */
export function expandFeatures({
  features = [],
  families = [],
  periods = [],
  timeframes = [],
  lags = [],
  symbols = [],
}: Expansion): Feature[] {
  for (const timeframe of timeframes) parseTimeframe(timeframe)
  const wrong = lags.find((lag) => !Number.isInteger(lag) || lag < 1) ?? symbols.find((symbol) => !/^[A-Z0-9]+$/.test(symbol))
  if (wrong !== undefined || (families.length > 0 && periods.length === 0))
    throw new LabError('bad-expansion', 'The features cannot be multiplied like this.', {
      received: wrong === undefined ? `families ${families.join(', ')} without periods` : JSON.stringify(wrong),
      expected: 'lags of 1 or more bars, symbols of upper case letters and digits, periods where there are families',
      help: "for example { families: ['rsi'], periods: [7, 14], timeframes: ['4h'], lags: [1, 2], symbols: ['ETHUSD'] }",
    })
  const base = [...features, ...families.flatMap((name) => periods.map((period) => featureFamily(name)(period)))]
  const scoped: Feature[] = []
  for (const symbol of [undefined, ...symbols])
    for (const timeframe of [undefined, ...timeframes])
      for (const lag of [0, ...lags])
        for (const feature of base) {
          const fixed = feature.group === 'time' || feature.reference !== undefined || feature.column === undefined
          if (fixed && (symbol !== undefined || timeframe !== undefined)) continue
          scoped.push(withScope(feature, symbol, timeframe, lag))
        }
  return scoped
}

function withScope(feature: Feature, symbol: string | undefined, timeframe: string | undefined, lag: number): Feature {
  if (symbol === undefined && timeframe === undefined && lag === 0) return feature
  if (lag > 0 && feature.column === undefined)
    throw new LabError('bad-expansion', 'A feature defined by compute() cannot be lagged.', {
      received: feature.name,
      expected: 'a feature defined by column()',
      help: 'define it with column(), or leave the lags to features that are',
    })
  const suffix = [symbol?.toLowerCase(), timeframe?.toLowerCase(), lag === 0 ? undefined : `lag_${lag}`].filter(
    (part) => part !== undefined,
  )
  const words = [
    ...(symbol === undefined ? [] : [`of ${symbol}`]),
    ...(timeframe === undefined ? [] : [`on closed bars of ${timeframe}`]),
    ...(lag === 0 ? [] : [`${lag} bar${lag === 1 ? '' : 's'} ago`]),
  ]
  return Object.freeze({
    ...feature,
    name: [feature.name, ...suffix].join('__'),
    description: `${words.join(', ')}: ${feature.description}`,
    scope: { ...(symbol !== undefined && { symbol }), ...(timeframe !== undefined && { timeframe }), ...(lag > 0 && { lag }) },
    // What the bars lack, the other symbol may have: NaN then says what is missing.
    ...(symbol !== undefined && { inputs: [] }),
  })
}
