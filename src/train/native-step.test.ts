import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../core/index.js'
import { nativeTestsMissing } from '../../test/fixtures/native-addon.js'
import { loadTensorflow, nativeBackend, type Tfjs } from '../native/tensorflow/index.js'
import { readWeights, train, type Network, type TrainOptions, withoutSamples } from './index.js'
import { denseNetwork, problem, withNetwork } from './training-problem.fixture.js'

const OPTIONS: TrainOptions = { epochs: 4, batchSize: 32, learningRate: 0.05, gradientClip: 0.3, patience: 4, minDelta: 0, seed: 1 }
const hashOf = (network: Network): string => sha256(...readWeights(network).map(({ values }) => values))

describe.skipIf(nativeTestsMissing() !== undefined)('training by the native ops', () => {
  let tf: Tfjs

  beforeAll(async () => {
    const loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
    expect(loaded.facts.trainingOps).toBe('fused-cpu')
  })

  it('gives the same bytes each time and leaves no tensor behind, however it ends', async () => {
    const count = (): number[] => [tf.memory().numTensors, nativeBackend(tf)!.binding.getNumOfTensors()]
    const data = { ...problem(1, 100), weight: Float32Array.from({ length: 100 }, (_, i) => 1 + (i % 3)) }
    const before = count()
    const trained = (options: Partial<TrainOptions> = {}): Promise<string> =>
      withNetwork(denseNetwork(tf, 1, 0.2), async (network) => {
        await train(tf, network, data, problem(2, 40), { ...OPTIONS, ...options })
        return hashOf(network)
      })
    const first = await trained()
    expect(await trained()).toBe(first)
    expect(await trained({ gradientClip: Infinity })).not.toBe(first)
    expect(await trained({ gradientClipValue: 0.01 })).not.toBe(first)
    await expect(trained({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' })
    await expect(trained({ epochs: Infinity, schedule: { kind: 'cosine' } })).rejects.toMatchObject({ code: 'bad-schedule' })
    expect(count()).toEqual(before)
  })

  it('names the gradients where numbers end, and leaves the weights alone', async () => {
    const data = problem(1, 96)
    await withNetwork(denseNetwork(tf, 1), async (inner) => {
      let before = ''
      const network: Network = {
        ...inner,
        logits(x, step) {
          if (step === 4) before = hashOf(inner)
          const z = inner.logits(x, step)
          return step === 4 ? z.mul(tf.tensor2d([[NaN]])) : z
        },
      }
      await expect(train(tf, network, data, withoutSamples(data), OPTIONS)).rejects.toMatchObject({
        code: 'training-diverged',
        received: expect.stringMatching(/loss NaN, gradient norm NaN in epoch 2, batch 2 of 3; .*output\/bias \(1 of 1\)/) as string,
      })
      expect(hashOf(inner)).toBe(before)
    })
  })
})
