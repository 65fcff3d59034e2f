import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs'
import type { Tfjs } from '../native/tensorflow/index.js'
import type { Loss } from './loss.js'

/** What the training loop needs of a network with one output. It does not know what is inside. */
export interface Network {
  /**
   * Log-odds of y = 1, or what a regression predicts, [batch]; differentiable by {@link variables}.
   * @param step undefined when predicting; while training the number of the batch, from which a network draws its dropout.
   */
  logits(x: Tensor3D, step?: number): Tensor1D | Tensor2D
  /** What its output is trained by. Default: cross entropy, the output is log-odds. */
  readonly loss?: Loss
  /** Trainable weights in a fixed order, with names that do not depend on what else the process has made. */
  readonly variables: readonly { readonly name: string; readonly variable: Variable }[]
  /** Where loss and gradients of several such networks can be computed in one call, to the bytes of each by itself. */
  readonly joint?: JointNetwork
  /** Frees its tensors. Safe to call twice. */
  dispose(): void
}

export interface JointNetwork {
  /** Networks with the same key go together. */
  readonly key: string
  /** Loss and gradients of a batch of each network. Called in a tidy. */
  gradients(batches: readonly JointBatch[]): LossGradients[]
}

export interface JointBatch {
  readonly network: Network
  readonly x: Tensor3D
  readonly target: Tensor1D
  readonly weight: Tensor1D | undefined
  /** Number of the batch, from which a network draws its dropout. */
  readonly step: number
}

export interface LossGradients {
  /** Mean loss of the samples, each times its weight. */
  readonly loss: Scalar
  /** By position of the network's weights; tfjs leaves out that of a weight that the loss does not depend on. */
  readonly gradients: readonly (Tensor | undefined)[]
}

/** Values of all weights, by name. */
export interface WeightValues {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Copies the weights out of the backend. */
export function readWeights({ variables }: Pick<Network, 'variables'>): WeightValues[] {
  return variables.map(({ name, variable }) => ({ name, shape: [...variable.shape], values: new Float32Array(variable.dataSync()) }))
}

/** Puts copies of values that {@link readWeights} gave back into the network, bit by bit. */
export function assignWeights(tf: Tfjs, { variables }: Network, weights: readonly WeightValues[]): void {
  for (const [i, { variable }] of variables.entries()) tf.tidy(() => variable.assign(tf.tensor(weights[i]!.values.slice(), variable.shape)))
}
