import type { Loss } from '../../train/index.js'
import type { Task } from '../model.js'
import { gatherTargets, regressionTargets, trainingTargets } from '../rows.js'

/** What a network's output means; learned from the training rows, saved with the model. */
export interface NetworkTarget {
  readonly task: Task
  /** Of a regression's targets in the training rows: the output is (y - mean) / deviation. 0 and 1 of a classifier, whose output is log-odds. */
  readonly mean: number
  readonly deviation: number
}

export const lossOf = ({ task }: NetworkTarget): Loss => (task === 'regression' ? 'squared-error' : 'cross-entropy')

/**
 * Learns the target of a task from its training rows.
 * @returns `outputBias`, where the output starts: the log-odds of the share of y = 1, so that training does not begin by learning it; 0 of a regression
 * @throws LabError `bad-target`, `one-class`, `constant-target`
 */
export function learnTarget(
  task: Task,
  y: Float64Array,
  train: Int32Array,
): { readonly target: NetworkTarget; readonly outputBias: number } {
  if (task === 'classification') {
    const targets = Float32Array.from(trainingTargets(y, train))
    const share = targets.reduce((sum, value) => sum + value, 0) / targets.length
    return { target: { task, mean: 0, deviation: 1 }, outputBias: Math.log(share / (1 - share)) }
  }
  const targets = regressionTargets(y, train, { training: true })
  const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length
  const deviation = Math.sqrt(targets.reduce((sum, value) => sum + (value - mean) ** 2, 0) / targets.length)
  return { target: { task, mean, deviation }, outputBias: 0 }
}

/** Targets of rows as the network learns them. @throws LabError `bad-target` */
export function networkTargets({ task, mean, deviation }: NetworkTarget, y: Float64Array, rows: Int32Array): Float32Array {
  if (task === 'classification') return Float32Array.from(gatherTargets(y, rows))
  return Float32Array.from(regressionTargets(y, rows), (value) => (value - mean) / deviation)
}

/** Outputs of a regression in units of y. */
export const inUnitsOf = ({ mean, deviation }: NetworkTarget, outputs: Float32Array): Float64Array =>
  Float64Array.from(outputs, (value) => mean + deviation * value)
