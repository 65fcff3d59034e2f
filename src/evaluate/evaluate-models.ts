import { LabError } from '../core/index.js'
import type { Labels } from '../labels/index.js'
import { delongInterval, overlapLags, type ClassificationMetricName } from '../metrics/index.js'
import type { Fold } from '../split/index.js'
import { constantBaseline, persistenceBaseline } from './baselines.js'
import { poolPredictions, type Prediction } from './prediction.js'
import { foldStability, scoreProbabilities, type FoldScores, type Scores, type Stability } from './scores.js'

/** Scores of one model: pooled, by fold, and how steady they are. */
export interface ModelEvaluation {
  readonly model: string
  readonly role: 'model' | 'baseline'
  /** Test rows of all folds together. */
  readonly rows: number
  readonly pooled: Scores
  /** Confidence interval of the pooled AUC; null where it is not defined, and for baselines. */
  readonly aucInterval: { readonly lower: number; readonly upper: number; readonly standardError: number } | null
  readonly folds: readonly FoldScores[]
  readonly stability: Readonly<Record<ClassificationMetricName, Stability>>
}

/** All models and both baselines on the same rows. */
export interface Evaluation {
  readonly horizonBars: number
  readonly threshold: number
  /** Level of the intervals, and the lags counted in because labels overlap (0 for a horizon of one bar). */
  readonly level: number
  readonly lags: number
  /** Share of ups among the test rows. */
  readonly upShare: number
  /** Models in the order given, then `constant` and `persistence`. */
  readonly models: readonly ModelEvaluation[]
}

/** Predictions of the test rows, and what came of these rows. */
export interface EvaluateInput {
  readonly predictions: readonly Prediction[]
  readonly labels: Labels
  /** Close of every bar, for the persistence baseline. */
  readonly close: Float64Array
  readonly folds: readonly Fold[]
  /** Called up where the probability is above it; default 0.5. */
  readonly threshold?: number
  /** Default 0.95. */
  readonly level?: number
}

/**
 * Scores every model and the two baselines on the same rows: the test rows of each fold, and all of them pooled. Plain JSON-able result with a fixed order.
 *
 * The pooled AUC compares rows of different folds too, so it also measures whether a model's level is right from fold to fold; `stability.auc` does not.
 * @throws LabError `repeated-rows` where folds overlap; `bad-predictions` where a model lacks a fold, has it twice, or was scored on other rows than the fold's test rows.
 */
export function evaluateModels(input: EvaluateInput): Evaluation {
  const { predictions, labels, close, folds, threshold = 0.5, level = 0.95 } = input
  const names = [...new Set(predictions.map(({ model }) => model))]
  refuseRepeatedRows(folds)
  for (const name of names) checkRows(name, predictions, folds)
  const lags = overlapLags(labels.horizonBars)
  const baselines = [...constantBaseline(labels, folds), ...persistenceBaseline(labels, close, folds)]
  const evaluate = (model: string, role: 'model' | 'baseline', of: readonly Prediction[]): ModelEvaluation => {
    const scoresOf = (rows: Int32Array, proba: Float64Array): Scores => scoreRows(model, labels.y, rows, proba, threshold)
    const foldScores = of
      .filter((prediction) => prediction.model === model)
      .sort((a, b) => a.fold - b.fold)
      .map(({ fold, rows, proba }) => ({ fold, rows: rows.length, scores: scoresOf(rows, proba) }))
    const all = poolPredictions(model, of)
    const { lower, upper, standardError } = delongInterval(targets(labels.y, all.rows), all.proba, { level, lags })
    return {
      model,
      role,
      rows: all.rows.length,
      pooled: scoresOf(all.rows, all.proba),
      aucInterval: role === 'baseline' || Number.isNaN(lower) ? null : { lower, upper, standardError },
      folds: foldScores,
      stability: foldStability(foldScores),
    }
  }
  const tested = folds.flatMap(({ test }) => Array.from(targets(labels.y, test)))
  return {
    horizonBars: labels.horizonBars,
    threshold,
    level,
    lags,
    upShare: tested.reduce((sum, target) => sum + target, 0) / tested.length,
    models: [
      ...names.map((name) => evaluate(name, 'model', predictions)),
      evaluate('constant', 'baseline', baselines),
      evaluate('persistence', 'baseline', baselines),
    ],
  }
}

const targets = (y: Float64Array, rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => y[row]!)

function scoreRows(model: string, y: Float64Array, rows: Int32Array, proba: Float64Array, threshold: number): Scores {
  const scores = scoreProbabilities(targets(y, rows), proba, threshold)
  // Persistence calls 0 or 1: a logarithm of these says nothing.
  return model === 'persistence' ? { ...scores, logLoss: null } : scores
}

/** Pooled over folds that test a row more than once, every interval would be too narrow. */
function refuseRepeatedRows(folds: readonly Fold[]): void {
  const seen = new Map<number, number>()
  for (const { index, test } of folds)
    for (const row of test) {
      const before = seen.get(row)
      if (before !== undefined)
        throw new LabError('repeated-rows', 'A row is tested by more than one fold: pooled, it would count more than once.', {
          received: `row ${row} in folds ${before} and ${index}`,
          expected: 'folds whose test parts do not overlap',
          help: 'combinatorial folds are scored path by path: recombinePaths(split), pathFolds, pathPredictions',
        })
      seen.set(row, index)
    }
}

function checkRows(model: string, predictions: readonly Prediction[], folds: readonly Fold[]): void {
  const bad = (received: string, expected: string): LabError =>
    new LabError('bad-predictions', `Model ${model} was not scored on the rows of the folds.`, {
      received,
      expected,
      help: 'predict the test rows of every fold, each once',
    })
  if (model === 'constant' || model === 'persistence') throw bad(`a model named ${model}`, 'another name: this one is a baseline')
  for (const { index, test } of folds) {
    const own = predictions.filter((prediction) => prediction.model === model && prediction.fold === index)
    if (own.length !== 1) throw bad(`${own.length} predictions for fold ${index}`, 'one')
    const { rows, proba } = own[0]!
    if (rows.length !== test.length || rows.some((row, k) => row !== test[k]))
      throw bad(`other rows in fold ${index}`, `its ${test.length} test rows in order`)
    if (proba.length !== rows.length) throw bad(`${proba.length} probabilities for ${rows.length} rows in fold ${index}`, 'one a row')
  }
}
