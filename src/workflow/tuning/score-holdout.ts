import { join } from 'node:path'
import { scoreProbabilities, type Scores } from '../../evaluate/index.js'
import type { Labels } from '../../labels/index.js'
import { delongInterval, overlapLags, type AucInterval } from '../../metrics/index.js'
import type { ModelKind } from '../../models/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Fold } from '../../split/index.js'
import { fitFolds } from '../fits/fit-folds.js'
import type { FitOptions } from '../fits/fit-options.js'

/** Scores of one set of parameters on bars that no trial saw. */
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
  const fits: { name: string; rows: Int32Array; proba: Float64Array }[] = []
  for (const [name, params] of Object.entries(parameters)) {
    // A seed comes from the model's name: with one name the sets differ by their parameters and not by luck. Each has a folder, for fits are known by model and fold.
    const runFolder = name === 'tuned' ? options.runFolder : join(options.runFolder, name)
    const about = {
      X,
      y: labels.y,
      labelEndTime: labels.endTime,
      folds: [holdout],
      models: [{ name: model, spec: { kind: model, params } }],
    }
    const [fit] = await fitFolds({ ...options, ...about, runFolder })
    fits.push({ name, rows: fit!.rows, proba: fit!.proba })
  }
  return fits.map(({ name, rows, proba }) => {
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
