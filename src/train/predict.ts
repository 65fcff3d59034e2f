import { setImmediate } from 'node:timers/promises'
import { sigmoid } from '../metrics/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import type { Network } from './network.js'
import { allSamples, gatherWindows, type SequenceData } from './sequence-data.js'

/** Samples in one forward pass when predicting: fixed, so that a prediction does not depend on how many are asked for beside it. */
const BLOCK = 512

/** The network's output of every sample, in order: log-odds, or what a regression predicts. Yields to the event loop between blocks. */
export async function predictLogits(tf: Tfjs, network: Network, data: SequenceData): Promise<Float32Array> {
  const samples = allSamples(data.endRow.length)
  const out = new Float32Array(samples.length)
  for (let from = 0; from < samples.length; from += BLOCK) {
    const block = samples.subarray(from, from + BLOCK)
    const values = tf.tidy(() => {
      const x = tf.tensor3d(gatherWindows(data, block), [block.length, data.lookback, data.featureCount])
      return network.logits(x).dataSync<'float32'>()
    })
    out.set(values, from)
    await setImmediate()
  }
  return out
}

/** Probability of y = 1 for every sample, in order: {@link predictLogits} through the logistic function. */
export async function predictProba(tf: Tfjs, network: Network, data: SequenceData): Promise<Float64Array> {
  return Float64Array.from(await predictLogits(tf, network, data), sigmoid)
}

/** Mean binary cross entropy of log-odds in double precision, without overflow; weights with mean 1 are applied where given. */
export function crossEntropy(logits: Float32Array, target: Float32Array, weight?: Float32Array): number {
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i]!
    sum += (weight?.[i] ?? 1) * (Math.max(z, 0) - z * target[i]! + Math.log1p(Math.exp(-Math.abs(z))))
  }
  return sum / logits.length
}
