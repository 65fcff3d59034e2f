import type { Scalar, Tensor } from '@tensorflow/tfjs'
import { LabError } from '../core/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import type { Network } from './network.js'
import type { Optimizer } from './optimizer.js'
import { gatherWindows, type LabelledSequences } from './sequence-data.js'

export interface GradientLimits {
  /** Largest Euclidean norm of all gradients together; longer ones are shortened to it. Infinity: no limit. */
  readonly gradientClip: number
  /** Largest size of any single number of a gradient, cut off before the norm is taken. Default: no limit. */
  readonly gradientClipValue?: number
}

export interface BatchPosition {
  readonly epoch: number
  /** From 1. */
  readonly batch: number
  readonly batches: number
  /** Number of the batch over all epochs, from 0. */
  readonly step: number
}

/**
 * One update of the weights by the mean cross entropy of some samples.
 * @returns the loss before it
 * @throws LabError `training-diverged` naming the first gradient that is no number; the weights were not touched then
 */
export function batchStep(
  tf: Tfjs,
  network: Network,
  optimizer: Optimizer,
  data: LabelledSequences,
  samples: Int32Array,
  { gradientClip, gradientClipValue }: GradientLimits,
  learningRate: number,
  at: BatchPosition,
): number {
  const variables = network.variables.map(({ variable }) => variable)
  return tf.tidy(() => {
    const x = tf.tensor3d(gatherWindows(data, samples), [samples.length, data.lookback, data.featureCount])
    const target = tf.tensor1d(pick(data.target, samples))
    const sampleWeight = data.weight === undefined ? undefined : tf.tensor1d(pick(data.weight, samples))
    const { value, grads } = tf.variableGrads(() => {
      const logits = network.logits(x, at.step).flatten()
      // log(1 + e^z) - z y: the cross entropy of sigmoid(z), without overflow.
      const each = logits.softplus().sub(logits.mul(target))
      return (sampleWeight === undefined ? each : each.mul(sampleWeight)).mean<Scalar>()
    }, variables)
    const gradients = variables.map(({ name }) => clipByValue(grads[name], gradientClipValue))
    const norm = tf.addN(gradients.flatMap((gradient) => gradient?.square().sum() ?? [])).sqrt()
    const [loss, length] = tf.stack([value, norm]).dataSync() as unknown as [number, number]
    if (!Number.isFinite(loss) || !Number.isFinite(length)) throw diverged(loss, length, describeGradients(network, gradients), at)
    optimizer.apply(gradients, learningRate, length > gradientClip ? gradientClip / length : 1)
    return loss
  })
}

/** tfjs leaves out the gradient of a weight that the loss does not depend on. */
const clipByValue = (gradient: Tensor | undefined, limit: number | undefined): Tensor | undefined =>
  gradient === undefined || limit === undefined ? gradient : gradient.clipByValue(-limit, limit)

const pick = (values: Float32Array, samples: Int32Array): Float32Array => Float32Array.from(samples, (sample) => values[sample]!)

function describeGradients({ variables }: Network, gradients: readonly (Tensor | undefined)[]): string {
  const broken = variables.flatMap(({ name }, i) => {
    const values = gradients[i]?.dataSync<'float32'>() ?? new Float32Array(0)
    const count = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0)
    return count === 0 ? [] : [`${name} (${count} of ${values.length})`]
  })
  return broken.length === 0 ? 'all gradients are finite' : `gradient is no number in ${broken.join(', ')}`
}

const diverged = (loss: number, norm: number, gradients: string, { epoch, batch, batches }: BatchPosition): LabError =>
  new LabError('training-diverged', 'The training left the range of numbers; the weights were not touched by this batch.', {
    received: `loss ${loss}, gradient norm ${norm} in epoch ${epoch}, batch ${batch} of ${batches}; ${gradients}`,
    expected: 'finite numbers',
    help: 'lower learningRate (a tenth is a good first step) or gradientClip, and look at the scale of the features',
  })
