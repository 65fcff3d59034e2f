import { isLabError, LabError } from '../../core/index.js'
import { classificationMetrics, type ClassificationMetricName } from '../../metrics/index.js'
import type { ModelContext, ModelKind } from '../../models/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Fold } from '../../split/index.js'
import type { RunStudyOptions, StudyTrial } from '../../tune/index.js'
import { fitFolds } from '../fits/fit-folds.js'
import type { FitCheckpointPlan } from '../fits/fit-checkpoints.js'
import type { FitMemory } from '../fits/fit-memory.js'
import type { FitReuse } from '../fits/fit-reuse.js'

export interface FoldObjectiveOptions {
  readonly model: ModelKind
  /** Parameters that all trials share. */
  readonly fixed: Readonly<Record<string, unknown>>
  readonly X: FeatureMatrix
  readonly y: Float64Array
  readonly labelEndTime?: Float64Array
  readonly sampleWeight?: Float64Array
  readonly folds: readonly Fold[]
  readonly metric: ClassificationMetricName
  /** The same for all trials: they differ by their parameters and not by luck. */
  readonly seed: number
  readonly threadsPerFit: number
  readonly device: ModelContext['device']
  readonly requireDevice: boolean
  /** Fits are kept there by content hash: a trial that is begun again takes what is finished, an LSTM its checkpoints. */
  readonly folder: string
  readonly checkpoints?: FitCheckpointPlan
  readonly reuse?: FitReuse
  readonly memory?: FitMemory
}

/** Causes that no other parameters would mend: the study must not go on and write them down as bad trials. */
const NOT_THE_TRIAL = [
  'disk-full',
  'not-writable',
  'no-python',
  'no-lightgbm',
  'no-xgboost',
  'no-tensorflow',
  'device-not-available',
  'child-not-started',
]

/**
 * The value of step k is the metric on the test part of fold k - 1, of a model fitted on its training part in a worker process.
 * @returns what `runStudy` evaluates: it throws `trial-failed` where these parameters cannot be fitted, and what the fit threw where that is not their fault
 */
export function foldObjective(options: FoldObjectiveOptions): RunStudyOptions['evaluate'] {
  const { model, fixed, y, folds, metric: name, seed, folder, X, ...rest } = options
  const { labelEndTime, sampleWeight, checkpoints, reuse, memory, threadsPerFit, device, requireDevice } = rest
  const metric = classificationMetrics.find((one) => one.name === name)!
  return async (trial: StudyTrial, step: number, signal: AbortSignal): Promise<number> => {
    const fold = folds[step - 1]!
    try {
      const [fit] = await fitFolds({
        ...{ runFolder: folder, X, y, folds: [fold], seed, workers: 1, threadsPerFit, device, requireDevice, signal },
        models: [{ name: model, spec: { kind: model, params: { ...fixed, ...trial.params } } }],
        ...(labelEndTime !== undefined && { labelEndTime }),
        ...(sampleWeight !== undefined && { sampleWeight }),
        ...(checkpoints !== undefined && { checkpoints }),
        ...(reuse !== undefined && { reuse }),
        ...(memory !== undefined && { memory }),
      })
      const { rows, proba } = fit!
      return metric.compute({ y: Float64Array.from(rows, (row) => y[row]!), p: proba, threshold: 0.5 })
    } catch (error) {
      throw isTrialsFault(error) ? new LabError('trial-failed', error.message, { cause: error }) : error
    }
  }
}

function isTrialsFault(error: unknown): error is LabError {
  if (!isLabError(error) || error.code !== 'fit-failed') return false
  for (let cause: unknown = error; isLabError(cause); cause = cause.cause) if (NOT_THE_TRIAL.includes(cause.code)) return false
  return true
}
