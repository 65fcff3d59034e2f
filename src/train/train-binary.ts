import { setImmediate } from 'node:timers/promises'
import type { NamedTensorMap, Optimizer, Scalar, Tensor } from '@tensorflow/tfjs'
import { createRng, LabError } from '../core/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import { interruptedError } from '../runtime/index.js'
import { EarlyStopping } from './early-stopping.js'
import { readWeights, type Network } from './network.js'
import { crossEntropy, predictLogits } from './predict.js'
import { allSamples, gatherWindows, type LabelledSequences } from './sequence-data.js'

export interface TrainOptions {
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Largest Euclidean norm of all gradients together; longer ones are shortened to it. */
  readonly gradientClip: number
  /** Epochs without a better validation loss that are waited for. Without validation samples all epochs run and the last weights stay. */
  readonly patience: number
  readonly minDelta: number
  readonly seed: number
  readonly signal?: AbortSignal
  readonly onEpoch?: (epoch: EpochResult) => void
}

export interface EpochResult {
  /** From 1. */
  readonly epoch: number
  /** Mean over the epoch's batches, each before its update. */
  readonly trainLoss: number
  readonly validationLoss?: number
}

export interface TrainResult {
  readonly epochs: readonly EpochResult[]
  /** The epoch whose weights the network now has. */
  readonly bestEpoch: number
}

/**
 * Trains a binary classifier: cross entropy on log-odds, Adam, clipping by the global norm, early stopping on the validation loss with the best weights
 * put back. The order of samples is a function of seed and epoch. Equal inputs give equal bytes of weights on one machine and path, whatever the threads.
 * Between batches it looks at the signal and lets the event loop run, so that an interrupt or a message arrives within one batch.
 * Allocates nothing that outlives it; the network stays its owner's.
 * @throws LabError `interrupted`; `training-diverged` when a loss or gradient stops being a number, before it reaches the weights
 */
export async function trainBinary(
  tf: Tfjs,
  network: Network,
  train: LabelledSequences,
  validation: LabelledSequences,
  options: TrainOptions,
): Promise<TrainResult> {
  const optimizer = tf.train.adam(options.learningRate)
  const stopping = new EarlyStopping(options.patience, options.minDelta)
  const weight = withMeanOne(train.weight)
  const epochs: EpochResult[] = []
  let best = readWeights(network)
  try {
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const trainLoss = await runEpoch(tf, network, optimizer, train, weight, epoch, options)
      const validated = validation.endRow.length > 0
      const validationLoss = validated
        ? crossEntropy(await predictLogits(tf, network, validation), validation.target, withMeanOne(validation.weight))
        : undefined
      const result = { epoch, trainLoss, ...(validationLoss !== undefined && { validationLoss }) }
      epochs.push(result)
      options.onEpoch?.(result)
      if (validationLoss === undefined) continue
      if (stopping.improved(epoch, validationLoss)) best = readWeights(network)
      if (stopping.shouldStop) break
    }
    if (stopping.bestEpoch > 0 && stopping.bestEpoch < epochs.length)
      for (const [i, { variable }] of network.variables.entries())
        tf.tidy(() => variable.assign(tf.tensor(best[i]!.values, variable.shape)))
    return { epochs, bestEpoch: stopping.bestEpoch > 0 ? stopping.bestEpoch : epochs.length }
  } finally {
    optimizer.dispose()
  }
}

async function runEpoch(
  tf: Tfjs,
  network: Network,
  optimizer: Optimizer,
  data: LabelledSequences,
  weight: Float32Array | undefined,
  epoch: number,
  { batchSize, gradientClip, seed, signal }: TrainOptions,
): Promise<number> {
  const order = createRng(seed, `batch-order/${epoch}`).shuffle(allSamples(data.endRow.length))
  const batches = Math.ceil(order.length / batchSize)
  let total = 0
  for (let batch = 0; batch < batches; batch++) {
    await setImmediate()
    if (signal?.aborted === true) throw interruptedError(`training in epoch ${epoch}, batch ${batch + 1} of ${batches}`)
    const samples = order.subarray(batch * batchSize, (batch + 1) * batchSize)
    const at = { epoch, batch: batch + 1, batches, step: (epoch - 1) * batches + batch }
    total += samples.length * runBatch(tf, network, optimizer, data, weight, samples, gradientClip, at)
  }
  return total / order.length
}

interface BatchPosition {
  readonly epoch: number
  readonly batch: number
  readonly batches: number
  /** Number of the batch over all epochs, from 0. */
  readonly step: number
}

/** One update; gives the loss before it. */
function runBatch(
  tf: Tfjs,
  network: Network,
  optimizer: Optimizer,
  data: LabelledSequences,
  weight: Float32Array | undefined,
  samples: Int32Array,
  gradientClip: number,
  at: BatchPosition,
): number {
  const variables = network.variables.map(({ variable }) => variable)
  return tf.tidy(() => {
    const x = tf.tensor3d(gatherWindows(data, samples), [samples.length, data.lookback, data.featureCount])
    const target = tf.tensor1d(pick(data.target, samples))
    const sampleWeight = weight === undefined ? undefined : tf.tensor1d(pick(weight, samples))
    const { value, grads } = tf.variableGrads(() => {
      const logits = network.logits(x, at.step).flatten()
      // log(1 + e^z) - z y: the cross entropy of sigmoid(z), without overflow.
      const each = logits.softplus().sub(logits.mul(target))
      return (sampleWeight === undefined ? each : each.mul(sampleWeight)).mean<Scalar>()
    }, variables)
    const norm = tf.addN(Object.values(grads).map((gradient) => gradient.square().sum())).sqrt()
    const [loss, length] = tf.stack([value, norm]).dataSync() as unknown as [number, number]
    if (!Number.isFinite(loss) || !Number.isFinite(length)) throw diverged(loss, length, at)
    optimizer.applyGradients(length > gradientClip ? scaled(grads, gradientClip / length) : grads)
    return loss
  })
}

const scaled = (grads: NamedTensorMap, factor: number): NamedTensorMap =>
  Object.fromEntries(Object.entries(grads).map(([name, gradient]): [string, Tensor] => [name, gradient.mul(factor)]))

const pick = (values: Float32Array, samples: Int32Array): Float32Array => Float32Array.from(samples, (sample) => values[sample]!)

function withMeanOne(weight: Float32Array | undefined): Float32Array | undefined {
  if (weight === undefined || weight.length === 0) return undefined
  const sum = weight.reduce((total, value) => total + value, 0)
  if (!(sum > 0) || weight.some((value) => !(value >= 0) || value === Infinity))
    throw new LabError('bad-weight', 'Sample weights must be finite, not negative, and not all 0.', {
      received: `sum ${sum}`,
      expected: 'weights of at least 0 with a positive sum',
    })
  return weight.map((value) => (value * weight.length) / sum)
}

const diverged = (loss: number, norm: number, { epoch, batch, batches }: BatchPosition): LabError =>
  new LabError('training-diverged', 'The training left the range of numbers; the weights were not touched by this batch.', {
    received: `loss ${loss}, gradient norm ${norm} in epoch ${epoch}, batch ${batch} of ${batches}`,
    expected: 'finite numbers',
    help: 'lower learningRate (a tenth is a good first step) or gradientClip, and look at the scale of the features',
  })
