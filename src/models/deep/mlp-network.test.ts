import type { Tensor2D } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { loadTensorflow, type LoadedTensorflow } from '../../native/tensorflow/index.js'
import { readWeights, train, trainMany, type LabelledSequences, type TrainOptions } from '../../train/index.js'
import { createMlpNetwork, type MlpNetworkConfig } from './mlp-network.js'

const BASE: Omit<MlpNetworkConfig, 'seed'> = {
  ...{ lookbackBars: 2, featureCount: 3, units: 7, layers: 2, dropout: 0, loss: 'cross-entropy', outputBias: 0.3 },
}

function sequences(samples: number): LabelledSequences {
  const rng = createRng(samples, 'mlp')
  const features = Float32Array.from({ length: (samples + 1) * 3 }, () => rng.normal())
  const endRow = Int32Array.from({ length: samples }, (_, i) => i + 1)
  return { features, featureCount: 3, lookback: 2, endRow, target: Float32Array.from(endRow, (row) => (features[row * 3]! > 0 ? 1 : 0)) }
}

describe.skipIf(nativeTestsMissing() !== undefined)('the MLP', () => {
  let loaded: LoadedTensorflow
  beforeAll(async () => void (loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })))

  it('computes what dense layers of tfjs with the same weights do', () => {
    const { tf } = loaded
    const network = createMlpNetwork(tf, { ...BASE, seed: 1 })
    tf.tidy(() => {
      const x = tf.tensor3d(sequences(20).features.slice(0, 54), [9, 2, 3])
      const [k1, b1, k2, b2, k3, b3] = network.weights.map(({ variable }) => variable)
      const h1 = x
        .reshape<Tensor2D>([9, 6])
        .matMul<Tensor2D>(k1 as Tensor2D)
        .add<Tensor2D>(b1!)
        .relu()
      const h2 = h1
        .matMul<Tensor2D>(k2 as Tensor2D)
        .add<Tensor2D>(b2!)
        .relu()
      const expected = h2
        .matMul<Tensor2D>(k3 as Tensor2D)
        .add(b3!)
        .dataSync()
      expect(network.logits(x).shape).toEqual([9, 1])
      network
        .logits(x)
        .dataSync()
        .forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
    })
    network.dispose()
  })

  it.each([
    ['without dropout', {}],
    ['with dropout', { dropout: 0.3 }],
    ['of a regression', { loss: 'squared-error' }],
    ['of one hidden layer, wide', { layers: 1, units: 200 }],
  ] as const)('gives several that are trained together the bytes of each alone: %s', async (_, change) => {
    const { tf } = loaded
    // Another number of samples in the last batch of one of them.
    const samples = [150, 150, 170]
    const options = (seed: number): TrainOptions => ({
      ...{ epochs: 3, batchSize: 32, learningRate: 0.01, gradientClip: 1, patience: 9, minDelta: 0, seed },
    })
    const make = () => samples.map((_, k) => createMlpNetwork(tf, { ...BASE, ...change, seed: k }))
    const [alone, together] = [make(), make()]
    const before = tf.memory().numTensors
    for (const [k, network] of alone.entries()) await train(tf, network, sequences(samples[k]!), sequences(20), options(k))
    const results = await trainMany(
      tf,
      together.map((network, k) => ({
        ...{ name: `m${k}`, network, data: sequences(samples[k]!), validation: sequences(20), options: options(k) },
      })),
    )
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
    expect(together.map(readWeights)).toEqual(alone.map(readWeights))
    expect(tf.memory().numTensors).toBe(before)
    for (const network of [...alone, ...together]) network.dispose()
  })
})
