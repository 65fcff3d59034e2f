import { correlationMatrix, type FeatureMatrix } from '../../preprocess/index.js'
import type { Labels } from '../../labels/index.js'
import { averagePrecision, calibrationTable, confusion, precisionRecallPoints, rocPoints } from '../../metrics/index.js'
import {
  calibrationCurves,
  confusionByThreshold,
  confusionMatrix,
  equityCurves,
  featureCorrelation,
  featureImportance,
  foldScores,
  learningCurves,
  precisionRecallCurves,
  probabilityHistogram,
  rocCurves,
  thresholdScores,
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

/** ROC curve of each model over the pooled test rows, with its AUC and interval. */
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

/** Precision against recall of calling up, of each model; dashed is the share of up bars. */
export function precisionRecallFigure({ pooled }: DirectionScores, labels: Labels): Figure {
  const first = pooled[0] === undefined ? new Float64Array() : targets(labels, pooled[0].rows)
  const curves = pooled.map(({ model, rows, proba }) => {
    const y = targets(labels, rows)
    const points = precisionRecallPoints(y, proba)
    return {
      model,
      recall: points.map((point) => point.recall),
      precision: points.map((point) => point.precision),
      averagePrecision: averagePrecision(y, proba),
    }
  })
  return precisionRecallCurves(curves, first.reduce((sum, up) => sum + up, 0) / Math.max(1, first.length))
}

/** Predicted probability against the share that came true, of each model over the pooled test rows. */
export function calibrationFigure({ pooled }: DirectionScores, labels: Labels): Figure {
  return calibrationCurves(
    pooled.map(({ model, rows, proba }) => {
      const bins = calibrationTable(targets(labels, rows), proba)
      return { model, predicted: bins.map((b) => b.meanPredicted), observed: bins.map((b) => b.observed), count: bins.map((b) => b.rows) }
    }),
  )
}

/** How each model's predicted probabilities spread over the pooled test rows. @param threshold where the strategy goes long */
export const probabilityFigure = ({ pooled }: DirectionScores, threshold: number): Figure =>
  probabilityHistogram(
    pooled.map(({ model, proba }) => ({ model, proba })),
    { threshold },
  )

/** AUC of each model in each fold and over all of them, with the interval of the pooled one. */
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

/** Wealth of each model's strategy after fees over the test folds, beside buying and holding. */
export function equityFigure({ backtests }: DirectionScores): Figure {
  const first = backtests[0]?.result
  return equityCurves({
    strategies: backtests.map(({ model, result }) => ({ name: model, time: result.time, equity: result.equity })),
    ...(first !== undefined && { benchmark: { name: 'buy and hold', time: first.time, equity: first.buyAndHold } }),
  })
}

/** Loss by step of every fit that has more than one. */
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

/** One confusion matrix a model over the pooled test rows, called up above a probability of 0.5. */
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

/** Precision, recall, accuracy and number of calls of one model at every threshold, the one it trades by marked; none where there is no such model. */
export const thresholdScoresFigures = ({ pooled, backtests }: DirectionScores, labels: Labels, of: string | undefined): Figure[] =>
  pooled
    .filter(({ model }) => model === of)
    .map(({ model, rows, proba }) => {
      const traded = backtests.find((own) => own.model === model)?.result.threshold
      return thresholdScores({ model, y: targets(labels, rows), proba, ...(traded !== undefined && { threshold: traded }) })
    })

/** The confusion matrix of one model at every threshold; none where there is no such model. */
export const confusionByThresholdFigures = ({ pooled }: DirectionScores, labels: Labels, of: string | undefined): Figure[] =>
  pooled
    .filter(({ model }) => model === of)
    .map(({ model, rows, proba }) => confusionByThreshold({ model, y: targets(labels, rows), proba, threshold: 0.5 }))

const targets = (labels: Labels, rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => labels.y[row]!)
