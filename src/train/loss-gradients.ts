import type { Tensor, Tensor1D, Tensor3D, TensorContainer } from '@tensorflow/tfjs'
import type { Tfjs } from '../native/tensorflow/index.js'
import { microBatches } from '../runtime/index.js'
import { batchLoss } from './loss.js'
import type { LossGradients, Network } from './network.js'
import { gatherWindows, type LabelledSequences } from './sequence-data.js'

/**
 * Loss and gradients of a batch, computed in parts of `microBatch` samples one after the other so that only one part's intermediate values are in memory. In parts, sums are
 * rounded otherwise, and what a network draws by the step (dropout) is drawn for each part alike.
 */
export function lossGradients(
  tf: Tfjs,
  network: Network,
  data: LabelledSequences,
  samples: Int32Array,
  step: number,
  microBatch: number,
): LossGradients {
  if (samples.length <= microBatch) return wholeBatch(tf, network, data, samples, step)
  let sum: LossGradients | undefined
  for (const { from, to, weight } of microBatches(samples.length, microBatch)) {
    const before: LossGradients | undefined = sum
    const part = (): LossGradients => plus(before, wholeBatch(tf, network, data, samples.subarray(from, to), step), weight)
    // tidy keeps the tensors of what it returns, though its types know plain records only.
    sum = tf.tidy(part as unknown as () => TensorContainer) as unknown as LossGradients
    if (before !== undefined) tf.dispose([before.loss, ...before.gradients.flatMap((gradient) => gradient ?? [])])
  }
  return sum!
}

function plus(sum: LossGradients | undefined, { loss, gradients }: LossGradients, share: number): LossGradients {
  const add = <T extends Tensor>(before: T | undefined, part: T): T =>
    before === undefined ? part.mul(share) : before.add(part.mul(share))
  return {
    loss: add(sum?.loss, loss),
    gradients: gradients.map((part, i) => (part === undefined ? undefined : add(sum?.gradients[i], part))),
  }
}

function wholeBatch(tf: Tfjs, network: Network, data: LabelledSequences, samples: Int32Array, step: number): LossGradients {
  const variables = network.variables.map(({ variable }) => variable)
  const { x, target, weight } = batchTensors(tf, data, samples)
  const { value, grads } = tf.variableGrads(
    () => batchLoss(tf, network.loss ?? 'cross-entropy', network.logits(x, step), target, weight),
    variables,
  )
  return { loss: value, gradients: variables.map(({ name }) => grads[name]) }
}

/** Windows, targets and weights of some samples as tensors. */
export function batchTensors(
  tf: Tfjs,
  data: LabelledSequences,
  samples: Int32Array,
): { readonly x: Tensor3D; readonly target: Tensor1D; readonly weight: Tensor1D | undefined } {
  return {
    x: tf.tensor3d(gatherWindows(data, samples), [samples.length, data.lookback, data.featureCount]),
    target: tf.tensor1d(pick(data.target, samples)),
    weight: data.weight === undefined ? undefined : tf.tensor1d(pick(data.weight, samples)),
  }
}

const pick = (values: Float32Array, samples: Int32Array): Float32Array => Float32Array.from(samples, (sample) => values[sample]!)
