import { LabError } from '../core/index.js'
import { createModel, permutationImportance, scoreModel, scoringOf, type Model, type ModelSpec, type ScoreName } from '../models/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import { judgedRows, withFitted, type SelectionInput } from './fit-and-judge.js'

export interface EliminationOptions {
  readonly model: ModelSpec
  /** Default auc, of a regression rmse. */
  readonly metric?: ScoreName
  /** Share of the columns left that goes in each round, at least one; default 0.2. */
  readonly stepShare?: number
  /** Fewest columns; default 1. */
  readonly least?: number
  /** What decides who goes: the model's own importances, or permutation on the rows that judge. Default own, where the model has them. */
  readonly rankBy?: 'own' | 'permutation'
  /** Keep so many, whatever the score; default: as many as judged best, of equal scores the fewest. */
  readonly count?: number
}

export interface EliminationStep {
  readonly columns: Int32Array
  /** Metric on the later training rows, which the model was not fitted on. */
  readonly score: number
}

export interface Elimination {
  readonly columns: Int32Array
  /** From all columns to the fewest. */
  readonly steps: readonly EliminationStep[]
}

/**
 * Recursive feature elimination (Guyon et al. 2002): fit on the earlier training rows, judge on the later ones, drop the least important columns, again. Among so many scores the
 * best is too good to be true: judge the chosen columns on rows that took no part.
 * @throws LabError `bad-selection`, `bad-score-name`, `undefined-score`, `too-few-bars`, and those of the model
 */
export async function eliminateRecursively(input: SelectionInput, options: EliminationOptions): Promise<Elimination> {
  const { stepShare = 0.2, count, model: spec } = options
  const width = input.X.names.length
  const least = count ?? options.least ?? 1
  if (!(stepShare > 0 && stepShare < 1) || !Number.isInteger(least) || least < 1 || least > width)
    throw new LabError('bad-selection', 'Columns cannot be eliminated like this.', {
      received: `stepShare ${stepShare}, down to ${least} of ${width} columns`,
      expected: `a share between 0 and 1, down to 1 to ${width} columns`,
      help: 'for example { stepShare: 0.2, least: 5 }',
    })
  const scoring = scoringOf(createModel(spec, input.context).task, options.metric)
  const { fit, judge } = judgedRows(input)
  const steps: EliminationStep[] = []
  for (let columns = Int32Array.from({ length: width }, (_, j) => j); ;) {
    const { score, importance } = await withFitted(input, spec, columns, fit, async (model, X) => {
      const score = await scoreModel(model, X, input.y, judge, scoring)
      return { score, importance: columns.length > least ? await rank(model, X, input, judge, options) : new Float64Array(0) }
    })
    steps.push({ columns, score })
    if (columns.length <= least) break
    const leave = Math.max(least, columns.length - Math.max(1, Math.floor(columns.length * stepShare)))
    const order = [...columns.keys()].sort((a, b) => importance[b]! - importance[a]! || a - b).slice(0, leave)
    columns = Int32Array.from(order, (k) => columns[k]!).sort()
  }
  const best = steps.reduce((kept, step) => (step.score >= kept.score ? step : kept))
  return {
    columns: (count === undefined ? best : steps.at(-1)!).columns,
    steps: steps.map(({ columns, score }) => ({ columns, score: scoring.value(score) })),
  }
}

async function rank(
  model: Model,
  X: FeatureMatrix,
  { y, seed, signal }: SelectionInput,
  rows: Int32Array,
  { rankBy, metric }: EliminationOptions,
): Promise<Float64Array> {
  const own = rankBy === 'permutation' ? undefined : model.featureImportance()
  if (own !== undefined) return own
  if (rankBy === 'own')
    throw new LabError('bad-selection', `The model ${model.kind} has no importances of its own.`, {
      received: "rankBy 'own'",
      expected: "rankBy 'permutation'",
      help: 'leave rankBy out: permutation is taken where the model has none',
    })
  const measured = await permutationImportance(model, {
    X,
    y,
    rows,
    seed,
    ...(metric !== undefined && { metric }),
    ...(signal !== undefined && { signal }),
  })
  return measured.mean
}
