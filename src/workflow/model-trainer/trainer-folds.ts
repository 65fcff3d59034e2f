import type { FeatureMatrix } from '../../preprocess/index.js'
import { walkForward, type Fold } from '../../split/index.js'
import type { ResolvedModelConfig } from './model-config.js'

export interface TrainerFolds {
  /** Walk-forward folds of the rows before the hold-out. */
  readonly cv: readonly Fold[]
  /** Trained on the rows before it, tested on those from it. */
  readonly holdout: Fold
}

export interface TrainerFoldsInput {
  readonly X: FeatureMatrix
  readonly y: Float64Array
  readonly labelEndTime: Float64Array
  /** Non-zero marks rows that can be trained on and predicted. */
  readonly usable: ArrayLike<number>
}

/** @throws LabError `too-few-bars`, `bad-split` */
export function trainerFolds({ X, y, labelEndTime, usable }: TrainerFoldsInput, { cv, holdoutShare }: ResolvedModelConfig): TrainerFolds {
  const ends = labelEndTime.map((end, row) => (Number.isFinite(y[row]!) ? end : NaN))
  const horizonMs = ends.reduce((longest, end, row) => (Number.isNaN(end) ? longest : Math.max(longest, end - X.time[row]!)), 0)
  const common = {
    ...{ horizonMs, validationShare: cv.validationShare },
    ...(cv.embargoMinutes !== null && { embargo: { minutes: cv.embargoMinutes } }),
  }
  const [holdout] = walkForward({ ...common, time: X.time, labelEndTime: ends, usable, nSplits: 1, testSize: holdoutShare })
  const from = X.rows - Math.round(X.rows * holdoutShare)
  const start = X.time[from]!
  // A label that needs a price of the hold-out is not known before it.
  const known = ends.subarray(0, from).map((end) => (end < start ? end : NaN))
  const before = { time: X.time.subarray(0, from), labelEndTime: known, usable: Array.from(usable).slice(0, from) }
  // Numbered after the folds: fits are known by model and fold.
  return { cv: walkForward({ ...common, ...before, nSplits: cv.folds, testSize: cv.testShare }), holdout: { ...holdout!, index: cv.folds } }
}
