import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng, sha256 } from '../../core/index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { loadTensorflow, lstmSteps, nativeBackend, type LoadedTensorflow } from '../../native/tensorflow/index.js'
import { readWeights, train, trainMany, type LabelledSequences, type Network, type Training, type TrainOptions } from '../../train/index.js'
import { createLstmNetwork, type LstmNetworkConfig } from './lstm-network.js'

const OPTIONS: TrainOptions = { epochs: 3, batchSize: 32, learningRate: 0.01, gradientClip: 0.5, patience: 2, minDelta: 0, seed: 1 }
const BASE: LstmNetworkConfig = {
  ...{ lookbackBars: 6, featureCount: 3, units: 5, layers: 1, dropout: 0, threads: 2, seed: 1, outputBias: 0.1 },
}

function data(seed: number, samples: number, weighted = false): LabelledSequences {
  const rng = createRng(seed, 'train-many')
  const features = Float32Array.from({ length: (samples + 5) * 3 }, () => rng.normal())
  const endRow = Int32Array.from({ length: samples }, (_, i) => i + 5)
  const target = Float32Array.from(endRow, (row) => (features[row * 3]! + rng.normal() > 0 ? 1 : 0))
  return { features, featureCount: 3, lookback: 6, endRow, target, ...(weighted && { weight: target.map((y) => 1 + y) }) }
}

/** Symbols that differ in all that may differ: samples, weights of samples, units, options. */
const SYMBOLS: readonly {
  readonly samples: number
  readonly config: Partial<LstmNetworkConfig>
  readonly options: Partial<TrainOptions>
}[] = [
  { samples: 200, config: {}, options: {} },
  { samples: 70, config: { seed: 2, units: 9 }, options: { optimizer: { kind: 'sgd', momentum: 0.9 } } },
  { samples: 130, config: { seed: 3 }, options: { epochs: 5, batchSize: 48, schedule: { kind: 'cosine' } } },
]

describe.skipIf(nativeTestsMissing() !== undefined)('trainMany', () => {
  const folder = mkdtempSync(join(tmpdir(), 'train-many-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let loaded: LoadedTensorflow
  beforeAll(async () => void (loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })))

  function trainings(config: Partial<LstmNetworkConfig> = {}, options: (i: number) => Partial<TrainOptions> = () => ({})): Training[] {
    return SYMBOLS.map((symbol, i) => ({
      name: `S${i}`,
      network: createLstmNetwork(loaded, { ...BASE, ...symbol.config, ...config }),
      data: data(i, symbol.samples, i === 2),
      validation: data(10 + i, 40),
      options: { ...OPTIONS, ...symbol.options, ...options(i) },
    }))
  }
  const hashOf = (network: Network): string => sha256(...readWeights(network).map(({ values }) => values))
  const hashes = (all: readonly Training[]): string[] => all.map(({ network }) => hashOf(network))
  const close = (all: readonly Training[]): void => all.forEach(({ network }) => network.dispose())

  async function alone(config: Partial<LstmNetworkConfig>) {
    const all = trainings(config)
    const results = []
    for (const { network, data, validation, options } of all) results.push(await train(loaded.tf, network, data, validation, options))
    const found = { results, hashes: hashes(all) }
    close(all)
    return found
  }

  it.each([
    ['one layer', { layers: 1 }],
    ['two layers', { layers: 2 }],
    ['three layers, three threads', { layers: 3, threads: 3 }],
  ])('gives each the bytes and the history of a training of its own: %s', async (_, config) => {
    const expected = await alone(config)
    const all = trainings(config)
    const results = await trainMany(loaded.tf, all)
    expect(results.map(({ result }) => result)).toEqual(expected.results)
    expect(hashes(all)).toEqual(expected.hashes)
    close(all)
  })

  it('takes networks that cannot go together along', async () => {
    const expected = await alone({ dropout: 0.3 })
    const all = trainings({ dropout: 0.3 })
    expect(all.every(({ network }) => network.joint === undefined)).toBe(true)
    await trainMany(loaded.tf, all)
    expect(hashes(all)).toEqual(expected.hashes)
    close(all)
  })

  it('computes batches of all networks in one call', async () => {
    const all = trainings()
    const sizes: number[] = []
    const watched = all.map((one) => ({
      ...one,
      network: {
        ...one.network,
        joint: {
          key: 'all',
          gradients: (parts: Parameters<NonNullable<Network['joint']>['gradients']>[0]) => (
            sizes.push(parts.length),
            one.network.joint!.gradients(parts)
          ),
        },
      },
    }))
    await trainMany(loaded.tf, watched)
    // 7, 3 and 3 batches an epoch: three together, and those that are left.
    expect(sizes.slice(0, 3)).toEqual([3, 3, 3])
    expect(Math.min(...sizes)).toBeLessThan(3)
    close(all)
  })

  it('keeps a failure to its own network, and leaves no tensor behind', async () => {
    const count = (): number[] => [loaded.tf.memory().numTensors, nativeBackend(loaded.tf)!.binding.getNumOfTensors()]
    const before = count()
    const expected = await alone({})
    const all = trainings({}, (i) => (i === 1 ? { learningRate: 1e38, gradientClip: 1e30, optimizer: { kind: 'adam' } } : {}))
    const results = await trainMany(loaded.tf, all)
    expect(results.map(({ name, error }) => [name, (error as { code?: string } | undefined)?.code])).toEqual([
      ['S0', undefined],
      ['S1', 'training-diverged'],
      ['S2', undefined],
    ])
    const found = hashes(all)
    expect([found[0], found[2]]).toEqual([expected.hashes[0], expected.hashes[2]])
    close(all)
    expect(count()).toEqual(before)
  })

  it('goes on from the checkpoints of each after an interruption', async () => {
    const expected = await alone({})
    const stop = new AbortController()
    const checkpoint = (i: number): Partial<TrainOptions> => ({ checkpoint: { folder: join(folder, `S${i}`) }, signal: stop.signal })
    const all = trainings({}, (i) => ({ ...checkpoint(i), onEpoch: ({ epoch }) => epoch === 2 && stop.abort() }))
    await expect(trainMany(loaded.tf, all)).rejects.toMatchObject({ code: 'interrupted' })
    close(all)
    const again = trainings({}, (i) => ({ checkpoint: { folder: join(folder, `S${i}`) } }))
    await trainMany(loaded.tf, again)
    expect(hashes(again)).toEqual(expected.hashes)
    close(again)
  })

  it('names what does not fit', () => {
    const { tf } = loaded
    tf.tidy(() => {
      const weights = [tf.zeros([3, 8]), tf.zeros([2, 8]), tf.zeros([8]), tf.zeros([2, 1]), tf.zeros([1])]
      const step = { x: tf.zeros([4, 5, 3]) as never, target: tf.zeros([4]) as never, weight: undefined, weights }
      expect(lstmSteps(tf, [step], 1, 1)[0]!.loss.dataSync()[0]).toBeCloseTo(Math.LN2, 6)
      const wrong =
        (change: object): (() => unknown) =>
        () =>
          lstmSteps(tf, [step, { ...step, ...change }], 1, 1)
      expect(wrong({ target: tf.zeros([3]) })).toThrow(/y of network 1 has shape \[3\], expected \[4\]/)
      expect(wrong({ weight: tf.zeros([5]) })).toThrow(/w of network 1 has shape \[5\], expected \[4\]/)
      expect(wrong({ x: tf.zeros([4, 5, 2]) })).toThrow(/a kernel of network 1 has shape \[3,8\], expected \[2,8\]/)
      expect(wrong({ x: tf.zeros([0, 5, 3]) })).toThrow(/with elements/)
      expect(() => lstmSteps(tf, [{ ...step, weights: weights.slice(1) }], 1, 1)).toThrow()
    })
  })
})
