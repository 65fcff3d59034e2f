import type { Preprocessor } from '../../preprocess/index.js'
import type { FitInput, Task } from '../model.js'
import { gatherTargets, regressionTargets, trainingTargets } from '../rows.js'

/** What trees are grown on: preprocessed rows, made when asked for, so that a caller can drop them once a library has its own copy. */
export interface TreeRows {
  readonly task: Task
  readonly preprocessor: Preprocessor
  /** Of the columns that come out of preprocessing. */
  readonly names: readonly string[]
  /** By training row. */
  readonly label: Float64Array
  readonly weight?: Float64Array
  /** Row-major training rows. */
  readonly trainValues: () => Float64Array
  /** Undefined where there are no validation rows. */
  readonly validation?: { readonly label: Float64Array; readonly values: () => Float64Array }
}

/** @throws LabError `bad-target`, `one-class`, `constant-target`, and those of preprocessing */
export function treeRows(input: FitInput, task: Task, learnPreprocessor: () => Preprocessor): TreeRows {
  const { X, y, train, validation, sampleWeight } = input
  const classifies = task === 'classification'
  const label = classifies ? trainingTargets(y, train) : regressionTargets(y, train, { training: true })
  const validationLabel = classifies ? gatherTargets(y, validation) : regressionTargets(y, validation)
  const preprocessor = learnPreprocessor()
  return {
    task,
    preprocessor,
    names: preprocessor.names,
    label,
    ...(sampleWeight !== undefined && { weight: sampleWeight }),
    trainValues: () => preprocessor.transform(X, train),
    ...(validation.length > 0 && { validation: { label: validationLabel, values: () => preprocessor.transform(X, validation) } }),
  }
}
