import { correlationMatrix, type FeatureMatrix } from '../../preprocess/index.js'
import type { Labels } from '../../labels/index.js'
import { calibrationTable, confusion, rocPoints } from '../../metrics/index.js'
import {
  calibrationCurves,
  confusionMatrix,
  equityCurves,
  featureCorrelation,
  featureImportance,
  foldScores,
  learningCurves,
  probabilityHistogram,
  rocCurves,
  type Figure,
} from '../../report/index.js'
import type { FoldFit } from '../fits/fit-options.js'
import type { DirectionScores } from './score-direction.js'

/** The direction job's numbers as figures. Each takes what the steps return, so that a notebook cell is one call. */

export const featureCorrelationFigure = (X: FeatureMatrix): Figure =>
  featureCorrelation(
    X.names,
    correlationMatrix(
      X,
      Int32Array.from({ length: X.rows }, (_, i) => i),
    ),
  )

export function rocFigure({ evaluation, pooled }: DirectionScores, labels: Labels): Figure {
  return rocCurves(
    pooled.map(({ model, rows, proba }) => {
      const points = rocPoints(targets(labels, rows), proba)
      const entry = evaluation.models.find((m) => m.model === model)!
      return {
        model,
        fpr: points.map((point) => point.falsePositiveRate),
        tpr: points.map((point) => point.truePositiveRate),
        auc: entry.pooled.auc ?? NaN,
        ...(entry.aucInterval !== null && { low: entry.aucInterval.lower, high: entry.aucInterval.upper }),
      }
    }),
  )
}

export function calibrationFigure({ pooled }: DirectionScores, labels: Labels): Figure {
  return calibrationCurves(
    pooled.map(({ model, rows, proba }) => {
      const bins = calibrationTable(targets(labels, rows), proba)
      return { model, predicted: bins.map((b) => b.meanPredicted), observed: bins.map((b) => b.observed), count: bins.map((b) => b.rows) }
    }),
  )
}

export const probabilityFigure = ({ pooled }: DirectionScores, threshold: number): Figure =>
  probabilityHistogram(
    pooled.map(({ model, proba }) => ({ model, proba })),
    { threshold },
  )

export function foldScoresFigure({ evaluation }: DirectionScores): Figure {
  return foldScores(
    evaluation.models
      .filter(({ role }) => role === 'model')
      .map(({ model, folds, pooled, aucInterval }) => ({
        model,
        folds: folds.map(({ scores }) => ({ value: scores.auc ?? NaN })),
        overall: { value: pooled.auc ?? NaN, ...(aucInterval !== null && { low: aucInterval.lower, high: aucInterval.upper }) },
      })),
    { metric: 'AUC', reference: 0.5, overallLabel: 'all folds' },
  )
}

export function equityFigure({ backtests }: DirectionScores): Figure {
  const first = backtests[0]?.result
  return equityCurves({
    strategies: backtests.map(({ model, result }) => ({ name: model, time: result.time, equity: result.equity })),
    ...(first !== undefined && { benchmark: { name: 'buy and hold', time: first.time, equity: first.buyAndHold } }),
  })
}

export const learningCurvesFigure = (fits: readonly FoldFit[]): Figure =>
  learningCurves(fits.filter(({ report }) => report.history.length > 1).map(({ model, fold, report }) => ({ model, fold, report })))

/** One figure a model that has an importance. */
export function importanceFigures(fits: readonly FoldFit[], X: FeatureMatrix): Figure[] {
  const models = [...new Set(fits.map(({ model }) => model))]
  return models.flatMap((model, series) => {
    const perFold = fits.flatMap((fit) => (fit.model === model && fit.importance !== undefined ? [fit.importance] : []))
    return perFold.length === 0 ? [] : [featureImportance({ model, names: X.names, perFold, series })]
  })
}

export const confusionFigures = ({ pooled }: DirectionScores, labels: Labels): Figure[] =>
  pooled.map(({ model, rows, proba }) => {
    const { trueNegatives, falsePositives, falseNegatives, truePositives } = confusion(targets(labels, rows), proba, 0.5)
    return confusionMatrix({
      model,
      trueNegative: trueNegatives,
      falsePositive: falsePositives,
      falseNegative: falseNegatives,
      truePositive: truePositives,
    })
  })

const targets = (labels: Labels, rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => labels.y[row]!)
