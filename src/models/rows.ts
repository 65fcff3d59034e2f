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

export const notFitted = (): LabError =>
  new LabError('not-fitted', 'The model has not been fitted.', { help: 'call fit() first, or load a fitted model with loadModel(folder)' })
