import { isLabError, LabError } from '../../core/index.js'
import type { Fold } from '../../split/index.js'
import type { FitInput } from '../model.js'
import { foldsByTime } from './folds-by-time.js'
import { basePrediction, type InnerFits } from './inner-fits.js'
import type { BasePredictions } from './combiner.js'
import type { StackParams } from './stack-params.js'

/** Predictions of each base for training rows that it was not fitted on: by bases fitted on earlier rows alone, whose labels were known before the row's block began. */
export interface OutOfFold extends BasePredictions {
  /** Rows of X, in order of time; of each its inner fold. */
  readonly rows: Int32Array
  readonly fold: Int32Array
}

/**
 * Cuts the training rows by time into walk-forward folds: purged by the ends of their labels, with the embargo, each holding out for early stopping the share that the
 * stack's own fit does. Later rows than the training rows, and rows between them that were purged, are never looked at.
 * @throws LabError `too-few-rows`, `bad-label-end`
 */
export function innerFolds({ X, train, validation, labelEndTime }: FitInput, params: StackParams): Fold[] {
  const { innerFolds: nSplits, innerTestShare: testSize, embargoMinutes } = params
  try {
    return foldsByTime({
      ...{ rows: train, time: X.time, labelEndTime: labelEndTime ?? X.time, nSplits, testSize },
      validationShare: validation.length / (validation.length + train.length),
      ...(embargoMinutes !== null && { embargo: { minutes: embargoMinutes } }),
    })
  } catch (error) {
    if (!isLabError(error) || error.code !== 'too-few-bars') throw error
    throw new LabError('too-few-rows', 'There are too few training rows for the inner folds of a stack.', {
      received: `${train.length} training rows in ${nSplits} inner folds over the last ${testSize} of them: ${error.received}`,
      expected: error.expected ?? 'training rows in every inner fold',
      help: 'use more bars, fewer innerFolds, a smaller innerTestShare or a shorter horizon',
      cause: error,
    })
  }
}

/** Fits every base in every inner fold and predicts the fold's rows. */
export async function outOfFold(
  input: FitInput,
  params: StackParams,
  names: readonly string[],
  folds: readonly Fold[],
  fits: InnerFits,
): Promise<OutOfFold> {
  const models = names.length
  const rows = Int32Array.from(folds.flatMap(({ test }) => [...test]))
  const values = new Float64Array(rows.length * models)
  let from = 0
  for (const [f, { train, validation, test }] of folds.entries()) {
    for (const [j, name] of names.entries()) {
      const label = `inner fold ${f + 1} of ${folds.length}`
      const { model } = await fits.run({ part: `inner-${f}`, label, name, spec: params.bases[j]!, train, validation })
      try {
        const predicted = await basePrediction(model, params.task, input.X, test)
        for (const [i, value] of predicted.entries()) values[(from + i) * models + j] = value
      } finally {
        await model.close()
      }
    }
    from += test.length
  }
  const fold = Int32Array.from(folds.flatMap(({ test }, f) => [...test].map(() => f)))
  return { ...{ rows, fold, values, models }, time: Float64Array.from(rows, (row) => input.X.time[row]!) }
}

/** Which out-of-fold predictions the combination and the calibration are fitted on: positions. */
export interface FittedOn {
  readonly combiner: Int32Array
  readonly calibrator: Int32Array
}

/**
 * Without calibration the combination is fitted on all of them. With it, on those of all inner folds but the last, less the rows whose label was not known, or that stood
 * within the embargo, when the last one began; the calibration on the last inner fold. Of a vote nothing is fitted, so the calibration has them all.
 */
export function fittedOn(
  { rows, fold, time }: OutOfFold,
  folds: readonly Fold[],
  { labelEndTime, X }: FitInput,
  params: StackParams,
): FittedOn {
  const all = Int32Array.from(rows, (_, i) => i)
  const none = new Int32Array(0)
  if (params.calibrate === null) return { combiner: params.combine === 'vote' ? none : all, calibrator: none }
  if (params.combine === 'vote') return { combiner: none, calibrator: all }
  const last = folds.length - 1
  const calibrator = all.filter((i) => fold[i] === last)
  const begins = time[calibrator[0]!]!
  const gap = folds[last]!.embargoMs
  const isKnown = (i: number): boolean => (labelEndTime ?? X.time)[rows[i]!]! < begins && time[i]! + gap <= begins
  const combiner = all.filter((i) => fold[i]! < last && isKnown(i))
  if (combiner.length > 0) return { combiner, calibrator }
  throw new LabError('too-few-rows', 'No out-of-fold prediction is left for the combination to be learned from.', {
    received: `${rows.length} out-of-fold rows, none with a label that was known before the calibration's began`,
    expected: 'labels shorter than an inner fold',
    help: 'use more bars, more innerFolds, a shorter horizon, or calibrate: null',
  })
}

/** The predictions at some positions. */
export function predictionsAt({ values, models, time }: BasePredictions, positions: Int32Array): BasePredictions {
  const picked = new Float64Array(positions.length * models)
  for (const [k, i] of positions.entries()) picked.set(values.subarray(i * models, (i + 1) * models), k * models)
  return { values: picked, models, time: Float64Array.from(positions, (i) => time[i]!) }
}
