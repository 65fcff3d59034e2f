import { scoreProbabilities, type Scores } from '../../evaluate/index.js'
import type { Labels } from '../../labels/index.js'
import { delongInterval, overlapLags, type AucInterval } from '../../metrics/index.js'
import type { ModelKind } from '../../models/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Fold } from '../../split/index.js'
import { fitFolds } from '../fits/fit-folds.js'
import type { FitOptions } from '../fits/fit-options.js'

export interface HoldoutScore {
  /** 'tuned' or 'default'. */
  readonly parameters: string
  readonly rows: number
  readonly scores: Scores
  /** 95 % interval of the AUC, overlapping labels counted in; null where it is not defined. */
  readonly auc: Pick<AucInterval, 'auc' | 'lower' | 'upper' | 'standardError' | 'lags'> | null
}

export interface ScoreHoldoutInput extends Pick<
  FitOptions,
  'runFolder' | 'seed' | 'threadsPerFit' | 'workers' | 'device' | 'requireDevice' | 'signal' | 'checkpoints' | 'memory' | 'onEvent'
> {
  readonly X: FeatureMatrix
  readonly labels: Labels
  readonly holdout: Fold
  readonly model: ModelKind
  /** By name: 'tuned', 'default'. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Fits each set of parameters on the bars before the hold-out and scores it there, once. */
export async function scoreHoldout({ X, labels, holdout, model, parameters, ...options }: ScoreHoldoutInput): Promise<HoldoutScore[]> {
  const models = Object.entries(parameters).map(([name, params]) => ({ name, spec: { kind: model, params } }))
  const fits = await fitFolds({ ...options, X, y: labels.y, labelEndTime: labels.endTime, folds: [holdout], models })
  return fits.map(({ model: name, rows, proba }) => {
    const y = Float64Array.from(rows, (row) => labels.y[row]!)
    const { auc, lower, upper, standardError, lags } = delongInterval(y, proba, { lags: overlapLags(labels.horizonBars) })
    return {
      parameters: name,
      rows: rows.length,
      scores: scoreProbabilities(y, proba),
      auc: Number.isNaN(auc) ? null : { auc, lower, upper, standardError, lags },
    }
  })
}
