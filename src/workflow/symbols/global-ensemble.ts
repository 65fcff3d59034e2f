import { EXIT, LabError } from '../../core/index.js'
import { rowNeeds, resolveModelSpec, type ModelSpec } from '../../models/index.js'
import type { Fold } from '../../split/index.js'
import { fitFolds } from '../fits/fit-folds.js'
import type { FitOptions, FoldFit } from '../fits/fit-options.js'
import { bySymbol, pooledFolds, poolSymbols, type PooledFoldsOptions, type PooledSymbols, type SymbolRows } from './pool-symbols.js'

export interface GlobalEnsembleOptions extends FitOptions {
  readonly symbols: readonly SymbolRows[]
  /** How the pooled times are cut; `minTrainRows` counts times. */
  readonly split: PooledFoldsOptions
}

/** What one model said about the test rows of one symbol in one fold: a `Prediction` with its symbol. */
export interface SymbolPrediction {
  readonly symbol: string
  readonly model: string
  readonly fold: number
  /** Rows of the symbol's own matrix, increasing. */
  readonly rows: Int32Array
  readonly proba: Float64Array
}

export interface GlobalEnsemble {
  readonly pooled: PooledSymbols
  /** Rows are those of `pooled.X`. */
  readonly folds: readonly Fold[]
  readonly fits: readonly FoldFit[]
  /** By symbol, then model, then fold. */
  readonly predictions: readonly SymbolPrediction[]
}

/**
 * One model over all symbols: each learns from the bars of all, fold by fold on earlier times alone, and predicts each symbol's own. Kinds that read earlier rows are refused,
 * because the row before belongs to another symbol.
 * @throws LabError `bad-symbols`, `reads-earlier-rows`, and those of `fitFolds` and of the splitter
 */
export async function globalEnsemble({ symbols, split, ...options }: GlobalEnsembleOptions): Promise<GlobalEnsemble> {
  for (const { name, spec } of options.models) refuseEarlierRows(name, resolveModelSpec(spec))
  const pooled = poolSymbols(symbols)
  const folds = pooledFolds(pooled, split)
  const { X, y, labelEndTime, sampleWeight } = pooled
  const fits = await fitFolds({ ...options, ...{ X, y, labelEndTime, folds }, ...(sampleWeight !== undefined && { sampleWeight }) })
  const predictions = fits.flatMap(({ model, fold, rows, proba }) =>
    bySymbol(pooled, rows, proba).map((part) => ({ symbol: part.symbol, model, fold, rows: part.rows, proba: part.values })),
  )
  const place = new Map(pooled.symbols.map((symbol, s) => [symbol, s]))
  const models = options.models.map(({ name }) => name)
  predictions.sort(
    (a, b) => place.get(a.symbol)! - place.get(b.symbol)! || models.indexOf(a.model) - models.indexOf(b.model) || a.fold - b.fold,
  )
  return { pooled, folds, fits, predictions }
}

function refuseEarlierRows(name: string, spec: ModelSpec): void {
  const needs = rowNeeds(spec)
  const why = needs.some(({ historyRows }) => historyRows > 1)
    ? 'a window of earlier rows'
    : needs.some(({ missing }) => missing.policy === 'forward-fill')
      ? 'forward-fill of missing values'
      : undefined
  if (why !== undefined)
    throw new LabError('reads-earlier-rows', 'This model reads rows before its own, which belong to other symbols here.', {
      received: `${name}: ${spec.kind} with ${why}`,
      expected: 'models of single rows, missing: reject or median',
      help: 'fit such models for each symbol by itself: fitSymbols(), trainMany()',
      exitCode: EXIT.usage,
    })
}
