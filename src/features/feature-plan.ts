import { LabError } from '../core/index.js'
import { alignBars, parseTimeframe, resample, type Bars } from '../data/index.js'
import { barColumns, lag, longerBarColumns, sourcesOf, type BarColumns, type Column, type SourceReader } from '../indicators/index.js'
import type { Feature, FeatureScope } from './define-feature.js'

/** Sources of another symbol are named 'ETHUSD.close'. */
const prefixOf = (symbol: string | undefined): string => (symbol === undefined ? '' : `${symbol}.`)

/** Columns of streaming features, in their order. Features on the same longer bars share one merging of bars. */
export function featureColumns(features: readonly Feature[], barMs: number): Column[] {
  const columns = new Map<Feature, Column>()
  for (const group of groupBy(features, ({ scope }) => `${scope.symbol ?? ''} ${scope.timeframe ?? ''}`)) {
    const { symbol, timeframe } = group[0]!.scope
    const bars = barColumns(prefixOf(symbol))
    const build = (of: BarColumns): Column[] => group.map((feature) => feature.column!(of, barColumns(prefixOf(feature.reference))))
    const built = timeframe === undefined ? build(bars) : longerBarColumns(bars, barMs, parseTimeframe(timeframe), build)
    for (const [k, feature] of group.entries()) columns.set(feature, lag(built[k]!, feature.scope.lag ?? 0))
  }
  return features.map((feature) => columns.get(feature)!)
}

/** Symbols that features need beside the bars. */
export function symbolsOf(features: readonly Feature[]): string[] {
  const all = new Set(features.flatMap(({ scope, reference }) => [scope.symbol ?? [], reference ?? []].flat()))
  return [...all]
}

/** How features read the bars and, joined on time, those of the other symbols. @throws LabError `missing-symbol` and those of alignBars */
export function featureSources(features: readonly Feature[], bars: Bars, others: readonly Bars[], maxAgeBars: number): SourceReader {
  const own = sourcesOf(bars)
  const joined = new Map(
    symbolsOf(features).map((symbol) => {
      const other = others.find((candidate) => candidate.symbol === symbol)
      if (other === undefined) throw missingSymbol(symbol, others)
      return [symbol, sourcesOf(alignBars(bars, other, { maxAgeBars }))]
    }),
  )
  return (name) => {
    const dot = name.indexOf('.')
    return dot === -1 ? own(name) : joined.get(name.slice(0, dot))!(name.slice(dot + 1))
  }
}

/** Refuses timeframes that do not fit the bars. @throws LabError of `resample`: `timeframe-too-fine`, `timeframe-not-multiple`, `timeframe-misaligned` */
export function checkTimeframes(scopes: readonly FeatureScope[], bars: Bars): void {
  for (const timeframe of new Set(scopes.map((scope) => scope.timeframe))) if (timeframe !== undefined) resample(bars, timeframe)
}

export function missingSymbol(symbol: string, others: readonly Bars[]): LabError {
  return new LabError('missing-symbol', 'A feature compares with a symbol whose bars are not there.', {
    received: others.length === 0 ? 'no other symbols' : others.map((bars) => bars.symbol).join(', '),
    expected: `bars of ${symbol}`,
    help: `load them and pass them on: engineer.fitTransform(bars, [${symbol.toLowerCase()}])`,
  })
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}
