import type { Scalar, Tensor } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRng, manualClock, sha256 } from '../core/index.js'
import { requireTfjs, type Tfjs } from '../native/tensorflow/index.js'
import {
  lossWeights,
  readWeights,
  train,
  type EpochEvent,
  type LabelledSequences,
  type Network,
  type TrainOptions,
  withoutSamples,
} from './index.js'
import { allSamples, gatherWindows } from './sequence-data.js'
import { denseNetwork, problem, withNetwork } from './training-problem.fixture.js'

const OPTIONS: TrainOptions = { epochs: 4, batchSize: 32, learningRate: 0.05, gradientClip: 0.3, patience: 4, minDelta: 0, seed: 1 }
const hashOf = (network: Network): string => sha256(...readWeights(network).map(({ values }) => values))

describe('training', () => {
  let tf: Tfjs

  beforeAll(async () => {
    tf = requireTfjs()
    tf.enableProdMode()
    await tf.setBackend('cpu')
  })

  async function weights(options: Partial<TrainOptions>, data = problem(1, 200, 0.5)): Promise<Float32Array> {
    return withNetwork(denseNetwork(tf, 1), async (network) => {
      await train(tf, network, data, withoutSamples(data), { ...OPTIONS, ...options })
      return Float32Array.from(readWeights(network).flatMap(({ values }) => [...values]))
    })
  }

  it('gives the bytes of a plain loop around tf.train.adam', async () => {
    const data = problem(1, 100)
    const plain = await withNetwork(denseNetwork(tf, 1, 0.2), (network) => {
      const adam = tf.train.adam(OPTIONS.learningRate)
      const variables = network.variables.map(({ variable }) => variable)
      let step = 0
      for (let epoch = 1; epoch <= OPTIONS.epochs; epoch++) {
        const order = createRng(OPTIONS.seed, `batch-order/${epoch}`).shuffle(allSamples(100))
        for (let from = 0; from < 100; from += 32)
          tf.tidy(() => {
            const samples = order.subarray(from, from + 32)
            const x = tf.tensor3d(gatherWindows(data, samples), [samples.length, data.lookback, data.featureCount])
            const y = tf.tensor1d(Float32Array.from(samples, (sample) => data.target[sample]!))
            const { grads } = tf.variableGrads(() => {
              const z = network.logits(x, step++).flatten()
              return z.softplus().sub(z.mul(y)).mean<Scalar>()
            }, variables)
            const squares = variables.flatMap(({ name }) => [...grads[name]!.dataSync()].map((value) => value * value))
            const norm = Math.fround(Math.sqrt(squares.reduce((sum, square) => sum + square, 0)))
            const clip = Math.fround(OPTIONS.gradientClip)
            const scaled = (gradient: Tensor): Tensor => (norm > clip ? gradient.mul(clip / norm) : gradient)
            adam.applyGradients(Object.entries(grads).map(([name, gradient]) => ({ name, tensor: scaled(gradient) })))
          })
      }
      adam.dispose()
      return hashOf(network)
    })
    await withNetwork(denseNetwork(tf, 1, 0.2), async (network) => {
      await train(tf, network, data, withoutSamples(data), OPTIONS)
      expect(hashOf(network)).toBe(plain)
    })
  })

  it('limits each number of the gradients by `gradientClipValue`', async () => {
    const start = readWeights(denseNetwork(tf, 1)).flatMap(({ values }) => [...values])
    const options = { epochs: 1, batchSize: 200, learningRate: 1, optimizer: { kind: 'sgd' }, gradientClip: Infinity } as const
    const moved = async (gradientClipValue: number): Promise<number[]> =>
      [...(await weights({ ...options, gradientClipValue }))].map((value, i) => Math.abs(value - start[i]!))
    const free = await moved(100)
    expect(Math.max(...free)).toBeGreaterThan(0.02)
    ;(await moved(0.01)).forEach((size, i) => expect(size).toBeCloseTo(Math.min(0.01, free[i]!), 5))
  })

  it('lets classes count by their weights', async () => {
    const data = problem(3, 300, 0.5)
    // Three quarters of one class.
    const few: LabelledSequences = { ...data, target: data.target.map((value, i) => (i % 2 === 0 ? 1 : value)) }
    const ones = few.target.reduce((sum, value) => sum + value, 0)
    const byHand = few.target.map((value) => (value === 1 ? 1 / ones : 1 / (300 - ones)))
    expect(await weights({ classWeights: 'balanced' }, few)).toEqual(
      await weights({ classWeights: [300 / (2 * (300 - ones)), 300 / (2 * ones)] }, few),
    )
    const difference = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))
    expect(difference(await weights({ classWeights: 'balanced' }, few), await weights({}, { ...few, weight: byHand }))).toBeLessThan(1e-3)
    expect(await weights({ classWeights: 'balanced' }, few)).not.toEqual(await weights({}, few))
    const only = few.target.map(() => 1)
    expect(() => lossWeights(only, undefined, 'balanced')).toThrowError(expect.objectContaining({ code: 'one-class' }) as Error)
    expect(() => lossWeights(only, undefined, [1, 0])).toThrowError(expect.objectContaining({ code: 'bad-weight' }) as Error)
    expect(() => lossWeights(only, only.slice(1), undefined)).toThrowError(expect.objectContaining({ code: 'bad-weight' }) as Error)
    expect([...lossWeights(Float32Array.of(1, 0, 1), Float32Array.of(2, 1, 0), [3, 1])!]).toEqual([1.2, 1.8, 0].map(Math.fround))
  })

  it('tells loss, rate, pace and time left of each epoch, and keeps the clock out of the result', async () => {
    const clock = manualClock(0)
    const data = problem(1, 96)
    const events: EpochEvent[] = []
    await withNetwork(denseNetwork(tf, 1), async (inner) => {
      const network: Network = {
        ...inner,
        logits(x, step) {
          clock.advance(step === undefined ? 500 : 1000)
          return inner.logits(x, step)
        },
      }
      const schedule = { kind: 'exponential', decay: 0.5 } as const
      const result = await train(tf, network, data, problem(2, 40), { ...OPTIONS, schedule, clock, onEpoch: (event) => events.push(event) })
      expect(events.map(({ learningRate }) => learningRate)).toEqual([0.05, 0.025, 0.0125, 0.00625])
      // 3 batches of a second and an evaluation of half a second.
      expect(events.map(({ samplesPerSecond }) => samplesPerSecond)).toEqual([32, 32, 32, 32])
      expect(events.map(({ etaSeconds }) => etaSeconds)).toEqual([10.5, 7, 3.5, 0])
      expect(result.epochs).toEqual(events.map(({ samplesPerSecond: _, etaSeconds: __, ...epoch }) => epoch))
      expect(Object.keys(result.epochs[0]!).sort()).toEqual(['epoch', 'learningRate', 'trainLoss', 'validationLoss'])
    })
  })

  it('names epoch, batch and gradient where numbers end, and leaves the weights alone', async () => {
    const data = problem(1, 96)
    const features = Float32Array.from(data.features)
    await withNetwork(denseNetwork(tf, 1), async (inner) => {
      let before = ''
      // The output's kernel gets NaN from the fifth batch on: its gradient is the state, times what is finite.
      const network: Network = {
        ...inner,
        logits(x, step) {
          if (step === 4) before = hashOf(inner)
          const z = inner.logits(x, step)
          return step === 4 ? z.add(inner.variables[3]!.variable.mul(Infinity).mul(0)) : z
        },
      }
      const failure = await train(tf, network, { ...data, features }, withoutSamples(data), OPTIONS).catch(
        (error: unknown) => error as Error,
      )
      expect(failure).toMatchObject({
        code: 'training-diverged',
        received: expect.stringMatching(/epoch 2, batch 2 of 3; gradient is no number in .*output\/bias \(1 of 1\)/) as string,
      })
      expect(hashOf(inner)).toBe(before)
    })
  })

  it('refuses settings that make no sense', async () => {
    for (const wrong of [
      { epochs: 0 },
      { batchSize: 1.5 },
      { learningRate: NaN },
      { patience: -1 },
      { gradientClip: 0 },
      { gradientClipValue: 0 },
    ])
      await expect(weights(wrong)).rejects.toMatchObject({ code: 'bad-training-option' })
    await expect(weights({}, withoutSamples(problem(1, 10)))).rejects.toMatchObject({ code: 'no-samples' })
    await expect(weights({ epochs: Infinity, schedule: { kind: 'cosine' } })).rejects.toMatchObject({ code: 'bad-schedule' })
  })

  it('holds no more tensors after 200 steps than after the first', async () => {
    const counts: number[] = []
    const data = problem(1, 160)
    await withNetwork(denseNetwork(tf, 1, 0.2), (inner) => {
      const network: Network = {
        ...inner,
        logits(x, step) {
          if (step !== undefined) counts.push(tf.memory().numTensors)
          return inner.logits(x, step)
        },
      }
      return train(tf, network, data, problem(2, 40), { ...OPTIONS, batchSize: 16, epochs: 20, patience: 20 })
    })
    expect(counts).toHaveLength(200)
    expect(new Set(counts).size).toBe(1)
  })
})
