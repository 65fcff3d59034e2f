import { calibrationTable, rocPoints } from '../../metrics/index.js'
import { evaluationOf, readFitPredictions, type LoadedRun, type RunEquity } from '../../track/index.js'
import type { Figure } from '../figure.js'
import { calibrationCurves } from '../plots/calibration-curves.js'
import { equityCurves } from '../plots/equity-curves.js'
import { foldScores } from '../plots/fold-scores.js'
import { learningCurves } from '../plots/learning-curves.js'
import { probabilityHistogram } from '../plots/probability-histogram.js'
import { rocCurves } from '../plots/roc-curves.js'

const scored = ({ predictions }: LoadedRun): LoadedRun['predictions'] => predictions.filter(({ label }) => new Set(label).size > 1)

/** ROC curves of the models of a stored run, from its predictions. */
export function runRoc(run: LoadedRun): Figure {
  const models = evaluationOf(run.metrics)?.models ?? []
  return rocCurves(
    scored(run).map(({ model, label, probability }) => {
      const points = rocPoints(label, probability)
      const entry = models.find((own) => own.model === model)
      return {
        model,
        fpr: points.map(({ falsePositiveRate }) => falsePositiveRate),
        tpr: points.map(({ truePositiveRate }) => truePositiveRate),
        auc: entry?.pooled.auc ?? NaN,
        ...(entry?.aucInterval && { low: entry.aucInterval.lower, high: entry.aucInterval.upper }),
      }
    }),
  )
}

/** Predicted probability against the share that came true, of each model of a kept run. */
export function runCalibration(run: LoadedRun): Figure {
  return calibrationCurves(
    scored(run).map(({ model, label, probability }) => {
      const bins = calibrationTable(label, probability)
      return {
        model,
        predicted: bins.map(({ meanPredicted }) => meanPredicted),
        observed: bins.map(({ observed }) => observed),
        count: bins.map(({ rows }) => rows),
      }
    }),
  )
}

/** AUC by fold of a stored run, from its metrics. */
export function runFoldScores({ metrics }: LoadedRun): Figure {
  const models = (evaluationOf(metrics)?.models ?? []).filter(({ role }) => role === 'model')
  return foldScores(
    models.map(({ model, folds, pooled, aucInterval }) => ({
      model,
      folds: folds.map(({ scores }) => ({ value: scores.auc ?? NaN })),
      overall: { value: pooled.auc ?? NaN, ...(aucInterval !== null && { low: aucInterval.lower, high: aucInterval.upper }) },
    })),
  )
}

/** Wealth after fees of each model of a kept run, beside buying and holding. @param equity see `runEquity` */
export function runEquityFigure(equity: readonly RunEquity[]): Figure {
  const first = equity[0]?.result
  return equityCurves({
    strategies: equity.map(({ model, result }) => ({ name: model, time: result.time, equity: result.equity })),
    ...(first !== undefined && { benchmark: { name: 'buy and hold', time: first.time, equity: first.buyAndHold } }),
  })
}

/** Loss by step of every fit that lies in the run folder. */
export const runLearningCurves = ({ fits }: LoadedRun): Figure => learningCurves(fits)

/** How the predicted probabilities of each model of a kept run spread, from its finished fits: also of a run that never came to scores. @throws LabError `fit-unreadable` */
export function runProbabilities({ fits }: LoadedRun): Figure {
  const models = [...new Set(fits.map(({ model }) => model))]
  const pooled = (name: string): number[] =>
    fits.filter(({ model }) => model === name).flatMap((fit) => [...readFitPredictions(fit).probability])
  return probabilityHistogram(models.map((model) => ({ model, proba: pooled(model) })))
}
