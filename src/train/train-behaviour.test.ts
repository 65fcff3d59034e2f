import type { Tensor2D, Variable } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { requireTfjs, type Tfjs } from '../native/tensorflow/index.js'
import { crossEntropy, predictLogits, readWeights, train, type Network, type TrainOptions, withoutSamples } from './index.js'
import { problem } from './training-problem.fixture.js'

const OPTIONS: TrainOptions = { epochs: 30, batchSize: 32, learningRate: 0.05, gradientClip: 5, patience: 30, minDelta: 0, seed: 1 }

describe('the training loop', () => {
  let tf: Tfjs

  beforeAll(async () => {
    tf = requireTfjs()
    tf.enableProdMode()
    await tf.setBackend('cpu')
  })

  /** Logistic regression over the flat window: what is right can be seen without an LSTM. */
  function linear(start = 0): Network {
    const [kernel, bias] = tf.tidy((): [Variable, Variable] => [tf.variable(tf.fill([6, 1], start)), tf.variable(tf.zeros([1]))])
    return {
      variables: [
        { name: 'kernel', variable: kernel },
        { name: 'bias', variable: bias },
      ],
      logits: (x) => x.reshape<Tensor2D>([-1, 6]).matMul<Tensor2D>(kernel).add(bias),
      dispose: () => {
        kernel.dispose()
        bias.dispose()
      },
    }
  }

  async function trained(options: Partial<TrainOptions> = {}, data = problem(1, 200)): Promise<Float32Array> {
    const network = linear()
    await train(tf, network, data, withoutSamples(data), { ...OPTIONS, ...options })
    const weights = readWeights(network)
    network.dispose()
    return Float32Array.from(weights.flatMap(({ values }) => [...values]))
  }

  it('finds the feature that decides', async () => {
    const weights = await trained()
    const rest = [...weights.subarray(1)].map(Math.abs)
    expect(weights[0]).toBeGreaterThan(3 * Math.max(...rest))
  })

  it('gives the same bytes for a seed, others for another', async () => {
    const first = await trained()
    expect(await trained()).toEqual(first)
    expect(await trained({ seed: 2 })).not.toEqual(first)
  })

  it('puts back the weights of the best epoch', async () => {
    const data = problem(1, 200, 3)
    const validation = problem(2, 200, 3)
    const network = linear()
    const { epochs, bestEpoch } = await train(tf, network, data, validation, {
      ...OPTIONS,
      epochs: 60,
      learningRate: 0.3,
      patience: 4,
    })
    const losses = epochs.map((epoch) => epoch.validationLoss!)
    expect(bestEpoch).toBe(1 + losses.indexOf(Math.min(...losses)))
    expect(epochs.length).toBe(bestEpoch + 5)
    expect(crossEntropy(await predictLogits(tf, network, validation), validation.target)).toBe(Math.min(...losses))
    network.dispose()
  })

  it('weighs samples by ratio alone: doubled weights change nothing, a weight of 0 removes a sample', async () => {
    const data = problem(1, 64)
    const flipped = {
      ...data,
      target: data.target.map((value, i) => (i % 4 === 0 ? 1 - value : value)),
      weight: data.target.map((_, i) => (i % 4 === 0 ? 0 : 1)),
    }
    const one = await trained({}, flipped)
    expect(await trained({}, { ...flipped, weight: flipped.weight.map((value) => value * 2) })).toEqual(one)
    expect(one[0]).toBeGreaterThan(1.5 * (await trained({}, { ...flipped, weight: data.target.map(() => 1) }))[0]!)
    await expect(trained({}, { ...data, weight: new Float32Array(64) })).rejects.toMatchObject({ code: 'bad-weight' })
  })

  it('limits the step by the norm of all gradients together', async () => {
    const data = problem(1, 32)
    const far = { ...data, features: data.features.map((value) => value * 1e4) }
    const weights = await trained({ epochs: 3, gradientClip: 1e-12 }, far)
    // Adam divides by the gradient's size plus 1e-7: clipped this far, it hardly moves.
    expect(Math.max(...weights.map(Math.abs))).toBeLessThan(1e-3)
  })

  it('stops at the next batch when asked to', async () => {
    const data = problem(1, 3200)
    const stop = new AbortController()
    let epochs = 0
    const network = linear()
    setTimeout(() => stop.abort(), 1)
    const work = train(tf, network, data, withoutSamples(data), {
      ...OPTIONS,
      epochs: 100_000,
      signal: stop.signal,
      onEpoch: () => epochs++,
    })
    await expect(work).rejects.toMatchObject({ code: 'interrupted', exitCode: 75 })
    expect(epochs).toBeLessThan(100_000)
    network.dispose()
  })

  it('does not start the next batch after an abort', async () => {
    const data = problem(1, 320)
    const stop = new AbortController()
    let forwards = 0
    const inner = linear()
    const network: Network = {
      ...inner,
      logits: (x, step) => {
        if (++forwards === 3) stop.abort()
        return inner.logits(x, step)
      },
    }
    await expect(train(tf, network, data, withoutSamples(data), { ...OPTIONS, signal: stop.signal })).rejects.toMatchObject({
      received: expect.stringContaining('batch 4 of 10') as string,
    })
    expect(forwards).toBe(3)
    inner.dispose()
  })

  it('stops at a loss that is no number and leaves the weights alone', async () => {
    const data = problem(1, 64)
    const network = linear(1e38)
    const features = data.features.map((value) => value * 1e30)
    await expect(train(tf, network, { ...data, features }, withoutSamples(data), OPTIONS)).rejects.toMatchObject({
      code: 'training-diverged',
    })
    expect(readWeights(network)[0]!.values).toEqual(new Float32Array(6).fill(1e38))
    network.dispose()
  })

  it('leaves no tensor behind, however it ends', async () => {
    const data = problem(1, 64)
    const before = tf.memory().numTensors
    await trained({ epochs: 2 }, data)
    const network = linear()
    await train(tf, network, data, problem(2, 40), { ...OPTIONS, epochs: 3 })
    await train(tf, network, data, problem(2, 40), { ...OPTIONS, signal: AbortSignal.abort() }).catch(() => undefined)
    network.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('cross entropy', () => {
  it('is exact at the ends', () => {
    expect(crossEntropy(Float32Array.of(0), Float32Array.of(1))).toBeCloseTo(Math.LN2, 12)
    expect(crossEntropy(Float32Array.of(1000, -1000), Float32Array.of(1, 0))).toBe(0)
    expect(crossEntropy(Float32Array.of(1000), Float32Array.of(0))).toBe(1000)
  })
})
