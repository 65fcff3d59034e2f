import { DISPLAY, LabError, showTextTable, type Displayable } from '../core/index.js'
import { spearman } from '../metrics/index.js'
import { permutationImportance, type ModelSpec, type ScoreName } from '../models/index.js'
import type { Fold } from '../split/index.js'
import { eliminateRecursively, type EliminationOptions } from './eliminate.js'
import { featureClusters } from './feature-clusters.js'
import { judgedRows, withFitted, type SelectionInput } from './fit-and-judge.js'
import { bestOfClusters, keepBest, type Keep } from './keep.js'
import { selectionStability, type SelectionStability } from './stability.js'

/**
 * How columns are chosen, each from training rows alone.
 * - `importance`: by the model's own importances, fitted on all training rows.
 * - `permutation`: by what permuting the column costs on the later training rows, fitted on the earlier ones.
 * - `recursive`: see {@link eliminateRecursively}.
 * - `clusters`: of each cluster of columns that say much the same the best one: by a model's importances, or without a model by |rank correlation| with y.
 */
export type SelectionMethod =
  | { readonly by: 'importance'; readonly model: ModelSpec; readonly keep: Keep }
  | {
      readonly by: 'permutation'
      readonly model: ModelSpec
      readonly keep: Keep
      readonly metric?: ScoreName
      readonly repeats?: number
      readonly blockRows?: number
    }
  | ({ readonly by: 'recursive' } & EliminationOptions)
  | { readonly by: 'clusters'; readonly maxDistance?: number; readonly model?: ModelSpec }

/** The columns that were kept, and what they scored. */
export interface ChosenFeatures {
  readonly names: readonly string[]
  /** Positions in X.names, increasing: for `selectColumns`. */
  readonly columns: Int32Array
  /** What decided, by column of X; NaN where nothing was measured (recursive elimination). */
  readonly scores: Float64Array
}

/** Chooses columns for one fold. @throws LabError `bad-selection`, `nothing-selected`, and those of the model and the metric */
export async function chooseFeatures(input: SelectionInput, method: SelectionMethod): Promise<ChosenFeatures> {
  const { names } = input.X
  const chosen = (columns: Int32Array, scores: Float64Array): ChosenFeatures => ({
    names: Array.from(columns, (j) => names[j]!),
    columns,
    scores,
  })
  switch (method.by) {
    case 'importance': {
      const scores = await ownImportance(input, method.model)
      return chosen(keepBest(scores, method.keep), scores)
    }
    case 'permutation': {
      const { model, keep, by: _, ...options } = method
      const { fit, judge } = judgedRows(input)
      const { y, seed, signal } = input
      const given = { y, seed, rows: judge, ...options, ...(signal !== undefined && { signal }) }
      const { mean } = await withFitted(input, model, allColumns(input), fit, (fitted, X) => permutationImportance(fitted, { X, ...given }))
      return chosen(keepBest(mean, keep), mean)
    }
    case 'recursive': {
      const { by: _, ...options } = method
      return chosen((await eliminateRecursively(input, options)).columns, new Float64Array(names.length).fill(NaN))
    }
    case 'clusters': {
      const scores = method.model === undefined ? rankCorrelations(input) : await ownImportance(input, method.model)
      const { clusters } = featureClusters(input.X, input.train, method)
      const best = bestOfClusters(clusters, new Map(names.map((name, j) => [name, scores[j]!])))
      return chosen(Int32Array.from(best, (name) => names.indexOf(name)).sort(), scores)
    }
  }
}

const allColumns = ({ X }: SelectionInput): Int32Array => Int32Array.from(X.names, (_, j) => j)

async function ownImportance(input: SelectionInput, model: ModelSpec): Promise<Float64Array> {
  const scores = await withFitted(input, model, allColumns(input), input.train, (fitted) => fitted.featureImportance())
  if (scores !== undefined) return scores
  throw new LabError('bad-selection', `The model ${model.kind} has no importances of its own.`, {
    received: model.kind,
    expected: 'trees, logistic regression, or a stack of such',
    help: "choose by: 'permutation', which measures any model",
  })
}

/** |Spearman| with y; 0 for a constant. Values that are missing take no part. */
function rankCorrelations({ X, y, train }: SelectionInput): Float64Array {
  return Float64Array.from(X.names, (_, j) => {
    const rows = train.filter((row) => Number.isFinite(X.values[row * X.names.length + j]))
    const values = Float64Array.from(rows, (row) => X.values[row * X.names.length + j]!)
    const r = spearman(
      values,
      Float64Array.from(rows, (row) => y[row]!),
    )
    return Number.isNaN(r) ? 0 : Math.abs(r)
  })
}

/** What each fold chose, and how far they agree. */
export interface ChosenOverFolds extends Displayable {
  /** One a fold, from its training rows: what that fold may be scored with. */
  readonly folds: readonly ChosenFeatures[]
  readonly stability: SelectionStability
  /** Columns that at least `minShare` of the folds chose: for a model of the future. Scored on these folds they would flatter, because later folds took part in the choice. */
  readonly frequent: readonly string[]
}

/** Chooses columns in every fold by itself, and says how far the folds agree. @param minShare default 0.5 @throws LabError as {@link chooseFeatures} */
export async function chooseOverFolds(
  folds: readonly Fold[],
  input: Omit<SelectionInput, 'train'>,
  method: SelectionMethod,
  { minShare = 0.5 }: { readonly minShare?: number } = {},
): Promise<ChosenOverFolds> {
  const selections: ChosenFeatures[] = []
  for (const { train } of folds) selections.push(await chooseFeatures({ ...input, train }, method))
  const { names } = input.X
  const stability = selectionStability(
    selections.map(({ columns }) => columns),
    names.length,
  )
  const order = [...names.keys()].sort((a, b) => stability.frequency[b]! - stability.frequency[a]! || a - b)
  // A share of the folds summed up in steps of 1 / folds.
  const frequent = names.filter((_, j) => stability.frequency[j]! > minShare - 1e-9)
  const { index, lower, upper, meanSize } = stability
  const show = () =>
    showTextTable({
      title: `Columns chosen in ${folds.length} folds by ${method.by}`,
      headings: ['column', 'share of folds'],
      rows: order.filter((j) => stability.frequency[j]! > 0).map((j) => [names[j]!, `${(100 * stability.frequency[j]!).toFixed(0)} %`]),
      notes: [
        `${meanSize.toFixed(1)} of ${names.length} columns a fold.`,
        Number.isNaN(index)
          ? 'Stability is not defined: one fold, or all columns in each.'
          : `Stability ${index.toFixed(2)} (95 % interval ${lower.toFixed(2)} to ${upper.toFixed(2)}): 1 is the same columns each time, 0 is chance.`,
      ],
    })
  return { folds: selections, stability, frequent, [DISPLAY]: show }
}
