import { LabError } from '../core/index.js'
import { notFinite, type FeatureMatrix } from '../preprocess/index.js'

/**
 * Looks at every value of the given rows: what a model asks for whose preprocessing fills nothing.
 * @throws LabError `not-finite` naming the first missing value; `bad-row`
 */
export function checkRows(X: FeatureMatrix, rows: Int32Array): void {
  const width = X.names.length
  for (const row of rows) {
    if (row < 0 || row >= X.rows)
      throw new LabError('bad-row', 'A row outside the feature matrix was asked for.', {
        received: String(row),
        expected: `0 to ${X.rows - 1}`,
      })
    for (let j = 0; j < width; j++) if (!Number.isFinite(X.values[row * width + j])) throw notFinite(X, row, j)
  }
}

/** Targets of the given rows. @throws LabError `bad-target` for anything but 0 and 1 */
export function gatherTargets(y: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => {
    const value = y[row]
    if (value !== 0 && value !== 1)
      throw new LabError('bad-target', 'A row without a target was asked for.', {
        received: `y = ${value} in row ${row}`,
        expected: '0 or 1',
        help: 'make folds only of rows with a label',
      })
    return value
  })
}

/** Targets of the training rows. @throws LabError `one-class` where there is nothing to tell apart, `bad-target` */
export function trainingTargets(y: Float64Array, train: Int32Array): Float64Array {
  const targets = gatherTargets(y, train)
  const ones = targets.reduce((sum, value) => sum + value, 0)
  if (ones === 0 || ones === targets.length)
    throw new LabError('one-class', 'The training rows hold one class only.', {
      received: `${targets.length} rows, ${ones} of them with y = 1`,
      expected: 'rows of both classes',
      help: 'use more bars, fewer folds or a shorter horizon',
    })
  return targets
}

/** Targets of a regression. @throws LabError `bad-target` for what is not finite, `constant-target` where the training rows hold one value only */
export function regressionTargets(y: Float64Array, rows: Int32Array, { training = false } = {}): Float64Array {
  const targets = Float64Array.from(rows, (row) => {
    if (Number.isFinite(y[row])) return y[row]!
    throw new LabError('bad-target', 'A row without a target was asked for.', {
      received: `y = ${y[row]} in row ${row}`,
      expected: 'a finite number',
      help: 'make folds only of rows with a label',
    })
  })
  if (training && targets.every((value) => value === targets[0]))
    throw new LabError('constant-target', 'The training rows hold one target only.', {
      received: targets.length === 0 ? 'no rows' : `${targets.length} rows with y = ${targets[0]}`,
      expected: 'targets that differ',
      help: 'use more bars or fewer folds, and look at the labels: labels.summary()',
    })
  return targets
}

/** Calls by probabilities: 1 above a half, else 0. */
export const callsOf = (proba: Float64Array): Float64Array => proba.map((p) => (p > 0.5 ? 1 : 0))

/** @throws LabError `feature-mismatch` where X is not what the model was fitted on */
export function checkNames(X: FeatureMatrix, fitted: readonly string[]): void {
  const at = fitted.findIndex((name, i) => X.names[i] !== name)
  if (at >= 0 || X.names.length !== fitted.length)
    throw new LabError('feature-mismatch', 'The model was fitted on other features.', {
      received: at >= 0 ? `${X.names[at] ?? 'nothing'} at position ${at}` : `${X.names.length} features`,
      expected: at >= 0 ? fitted[at]! : `${fitted.length} features`,
      help: 'engineer the features with the settings of the training',
    })
}

export const notAClassifier = (kind: string): LabError =>
  new LabError('not-a-classifier', 'A regression has no probabilities.', {
    received: `predictProba of a ${kind} with task regression`,
    expected: 'predict(X, rows)',
    help: "for probabilities fit it with task: 'classification'",
  })

/** @param why what the library lacks */
export const cannotContinue = (kind: string, why: string): LabError =>
  new LabError('cannot-continue', `The model ${kind} cannot go on from what it has learned: ${why}.`, {
    received: 'continues: true',
    help: 'fit it anew on all rows, or use xgboost or lightgbm, which can',
  })

export const notFitted = (): LabError =>
  new LabError('not-fitted', 'The model has not been fitted.', { help: 'call fit() first, or load a fitted model with loadModel(folder)' })
