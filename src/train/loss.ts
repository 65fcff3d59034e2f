import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs'
import { sigmoidCrossEntropy, trainingOps, type Tfjs } from '../native/tensorflow/index.js'
import { crossEntropy } from './predict.js'

/** What is made small: cross entropy of log-odds with targets 0 or 1, or the mean squared distance of values to targets of any size. */
export type Loss = 'cross-entropy' | 'squared-error'

/** Mean loss of a batch, each sample times its weight; differentiable by the outputs. @param output [batch] or [batch, 1] */
export function batchLoss(tf: Tfjs, loss: Loss, output: Tensor, target: Tensor1D, weight?: Tensor1D): Scalar {
  if (loss === 'cross-entropy') return sigmoidCrossEntropy(tf, trainingOps(tf).ops, output, target, weight)
  const each = output.flatten().sub(target).square()
  return (weight === undefined ? each : each.mul(weight)).mean<Scalar>()
}

/** The same of outputs that were read out, in double precision; weights with mean 1 are applied where given. NaN without samples. */
export function meanLoss(loss: Loss, output: Float32Array, target: Float32Array, weight?: Float32Array): number {
  if (loss === 'cross-entropy') return crossEntropy(output, target, weight)
  let sum = 0
  for (let i = 0; i < output.length; i++) sum += (weight?.[i] ?? 1) * (output[i]! - target[i]!) ** 2
  return sum / output.length
}
