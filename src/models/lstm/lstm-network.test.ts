import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { loadTensorflow, recurrentLayer, type LoadedTensorflow } from '../../native/tensorflow/index.js'
import { train, type LabelledSequences } from '../../train/index.js'
import type { WeightedNetwork } from '../networks/weighted-network.js'
import { createLstmNetwork, type LstmNetworkConfig } from './lstm-network.js'
import { loadWeights, writeWeights } from '../networks/network-weights.js'

const BASE: LstmNetworkConfig = {
  ...{ lookbackBars: 6, featureCount: 3, units: 5, layers: 2, cell: 'lstm', bidirectional: false },
  ...{ dropout: 0, threads: 2, seed: 7, outputBias: 0.25 },
}
const folder = mkdtempSync(join(tmpdir(), 'barlab-lstm-network-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(nativeTestsMissing() !== undefined)('the network of the LSTM', () => {
  let loaded: LoadedTensorflow
  let tf: LoadedTensorflow['tf']

  beforeAll(async () => {
    loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
  })

  function withNetwork<T>(config: Partial<LstmNetworkConfig>, use: (network: WeightedNetwork) => T, from = loaded): T {
    const network = createLstmNetwork(from, { ...BASE, ...config })
    try {
      return tf.tidy(() => use(network) as never)
    } finally {
      network.dispose()
    }
  }
  const input = (rows: number): Tensor3D => tf.randomNormal([rows, BASE.lookbackBars, BASE.featureCount], 0, 1, 'float32', 3)
  const named = (network: WeightedNetwork): string[] => network.weights.map(({ name, variable }) => `${name} ${variable.shape.join('x')}`)

  it.each([
    [{ layers: 1 }, ['lstm_1/kernel 3x20', 'lstm_1/recurrent_kernel 5x20', 'lstm_1/bias 20', 'output/kernel 5x1', 'output/bias 1']],
    [
      { layers: 1, cell: 'gru' },
      ['gru_1/kernel 3x15', 'gru_1/recurrent_kernel 5x15', 'gru_1/bias 15', 'output/kernel 5x1', 'output/bias 1'],
    ],
    [
      { bidirectional: true },
      [
        ...['lstm_1/forward_kernel 3x20', 'lstm_1/forward_recurrent_kernel 5x20', 'lstm_1/forward_bias 20'],
        ...['lstm_1/backward_kernel 3x20', 'lstm_1/backward_recurrent_kernel 5x20', 'lstm_1/backward_bias 20'],
        ...['lstm_2/forward_kernel 10x20', 'lstm_2/forward_recurrent_kernel 5x20', 'lstm_2/forward_bias 20'],
        ...['lstm_2/backward_kernel 10x20', 'lstm_2/backward_recurrent_kernel 5x20', 'lstm_2/backward_bias 20'],
        ...['output/kernel 10x1', 'output/bias 1'],
      ],
    ],
  ] as const)('names its weights: %o', (config, names) => {
    expect(withNetwork(config, named)).toEqual(names)
  })

  const kinds = (['lstm', 'gru'] as const).flatMap((cell) =>
    [false, true].flatMap((bidirectional) => [1, 2, 3].map((layers) => ({ cell, bidirectional, layers }))),
  )
  it.each(kinds)('is that of stock layers, dropout included: %o', (kind) => {
    const stock: LoadedTensorflow = { tf, facts: { ...loaded.facts, path: 'stock' } }
    const result = (from: LoadedTensorflow): Float32Array[] =>
      withNetwork(
        { ...kind, dropout: 0.3 },
        (network) => {
          const x = input(9)
          const variables = network.variables.map(({ variable }) => variable)
          const { value, grads } = tf.variableGrads(() => network.logits(x, 5).square().mean(), variables)
          return [network.logits(x), value, ...variables.map(({ name }) => grads[name]!)].map((tensor) => tensor.dataSync<'float32'>())
        },
        from,
      )
    const wanted = result(stock)
    result(loaded).forEach((values, i) => {
      const largest = wanted[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      values.forEach((value, j) => expect(Math.abs(value - wanted[i]![j]!) / largest, `tensor ${i}`).toBeLessThan(1e-5))
    })
  })

  it('drops whole units out after every layer, by seed and step alone, and only in training', () => {
    const [dropout, step, rows] = [0.4, 11, 300]
    withNetwork({ dropout }, (network) => {
      const x = input(rows)
      // The same weights in layers of their own, and the masks drawn here.
      const layers = [true, false].map((returnSequences) => recurrentLayer(loaded, { cell: 'lstm', units: 5, seed: 1, returnSequences }))
      const mask = (purpose: string): number[] => {
        const rng = createRng(BASE.seed, purpose)
        return Array.from({ length: rows * 5 }, () => (rng.next() < dropout ? 0 : 1 / (1 - dropout)))
      }
      const masks = [tf.tensor(mask(`dropout/${step}/1`), [rows, 1, 5]), tf.tensor(mask(`dropout/${step}`), [rows, 5])]
      const state = layers.reduce<Tensor>((before, layer, i) => {
        layer.apply(before)
        layer.setWeights(network.weights.slice(3 * i, 3 * i + 3).map(({ variable }) => variable))
        return (layer.apply(before) as Tensor).mul(masks[i]!)
      }, x)
      const [kernel, bias] = network.weights.slice(6).map(({ variable }) => variable)
      // The output's own op adds in another order.
      const expected = (state as Tensor2D).matMul(kernel as Tensor2D).add(bias!)
      expect(network.logits(x, step).sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-6)
      expect(network.logits(x, step + 1).dataSync()).not.toEqual(network.logits(x, step).dataSync())
      expect(network.logits(x).dataSync()).not.toEqual(network.logits(x, step).dataSync())
      for (const one of masks) expect(one.greater(0).mean().dataSync()[0]).toBeCloseTo(1 - dropout, 1)
      expect(withNetwork({ dropout: 0, seed: 7 }, (same) => same.logits(x, step).dataSync())).toEqual(network.logits(x).dataSync())
    })
  })

  it.each([{}, { bidirectional: true }, { cell: 'gru' }] as const)(
    'trains on above layers that are frozen, and saves all: %o',
    async (kind) => {
      const rng = createRng(1, 'frozen')
      const samples = 60
      const data: LabelledSequences = {
        ...{ features: Float32Array.from({ length: (samples + 5) * 3 }, () => rng.normal()), featureCount: 3, lookback: 6 },
        endRow: Int32Array.from({ length: samples }, (_, i) => i + 5),
        target: Float32Array.from({ length: samples }, () => rng.int(2)),
      }
      const values = (network: WeightedNetwork): Map<string, number[]> =>
        new Map(network.weights.map(({ name, variable }) => [name, [...variable.dataSync()]]))
      const network = createLstmNetwork(loaded, { ...BASE, ...kind, frozenLayers: 1, dropout: 0.2 })
      const cell = 'cell' in kind ? kind.cell : 'lstm'
      expect(network.variables.some(({ name }) => name.startsWith(`${cell}_1/`))).toBe(false)
      const before = values(network)
      await train(tf, network, data, data, {
        epochs: 2,
        batchSize: 16,
        learningRate: 0.05,
        gradientClip: 1,
        patience: 2,
        minDelta: 0,
        seed: 1,
      })
      const after = values(network)
      for (const [name, weight] of after)
        if (name.startsWith(`${cell}_1/`)) expect(weight, name).toEqual(before.get(name))
        else expect(weight, name).not.toEqual(before.get(name))
      const manifest = writeWeights(folder, network)
      const back = createLstmNetwork(loaded, { ...BASE, ...kind, seed: 8 })
      loadWeights(tf, folder, manifest, back)
      expect(values(back)).toEqual(after)
      for (const one of [network, back]) one.dispose()
    },
  )

  it('cannot freeze more layers than it has', () => {
    for (const frozenLayers of [3, -1, 0.5])
      expect(() => createLstmNetwork(loaded, { ...BASE, frozenLayers })).toThrowError(
        expect.objectContaining({ code: 'bad-parameter' }) as Error,
      )
  })
})
