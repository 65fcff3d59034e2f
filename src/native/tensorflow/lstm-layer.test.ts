import type { Sequential, Tensor, Variable, io } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { lstmLayer, loadTensorflow, type LoadedTensorflow } from './index.js'
import { orthogonalValues } from './initializers.js'
import { nativeTestsMissing } from './native-test.fixture.js'

describe('orthogonal weights', () => {
  it.each([
    [4, 16],
    [16, 4],
    [5, 5],
  ])('of %i x %i have orthonormal rows or columns', (rows, columns) => {
    const values = orthogonalValues(rows, columns, 3)
    const row = (r: number): number[] => Array.from({ length: columns }, (_, c) => values[r * columns + c]!)
    const column = (c: number): number[] => Array.from({ length: rows }, (_, r) => values[r * columns + c]!)
    const short = Math.min(rows, columns)
    const vectors = Array.from({ length: short }, (_, i) => (rows >= columns ? column(i) : row(i)))
    for (let i = 0; i < short; i++)
      for (let j = 0; j < short; j++) {
        const dot = vectors[i]!.reduce((sum, value, k) => sum + value * vectors[j]![k]!, 0)
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 5)
      }
    expect(orthogonalValues(rows, columns, 3)).toEqual(values)
    expect(orthogonalValues(rows, columns, 4)).not.toEqual(values)
  })
})

describe.skipIf(nativeTestsMissing() !== undefined)('the fused layer', () => {
  let loaded: LoadedTensorflow
  let tf: LoadedTensorflow['tf']

  beforeAll(async () => {
    loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
  })

  const stock = (): LoadedTensorflow => ({ tf, facts: { ...loaded.facts, path: 'stock' } })

  function model(from: LoadedTensorflow, { stacked = false, returnSequences = false, goBackwards = false, units = 6 }): Sequential {
    const made = tf.sequential()
    made.add(lstmLayer(from, { units, seed: 5, inputShape: [8, 3], returnSequences: stacked || returnSequences, goBackwards, threads: 2 }))
    if (stacked) made.add(lstmLayer(from, { units: 4, seed: 6, returnSequences }))
    return made
  }

  it.each([
    { stacked: false, returnSequences: false, goBackwards: false },
    { stacked: false, returnSequences: true, goBackwards: false },
    { stacked: false, returnSequences: false, goBackwards: true },
    { stacked: false, returnSequences: true, goBackwards: true },
    { stacked: true, returnSequences: false, goBackwards: false },
    { stacked: true, returnSequences: true, goBackwards: false },
  ])('is the stock LSTM in all but speed: %o', (shape) => {
    const fused = model(loaded, shape)
    const plain = model(stock(), shape)
    expect(fused.layers.map((layer) => layer.getClassName())).toEqual(plain.layers.map((layer) => layer.getClassName()))
    const config = (made: Sequential): unknown => made.layers.map((layer) => ({ ...layer.getConfig(), name: '' }))
    expect(config(fused)).toEqual(config(plain))
    const x = tf.randomNormal([10, 8, 3], 0, 1, 'float32', 2)
    const result = (made: Sequential): Tensor[] => {
      const weights = made.trainableWeights.map((weight) => (weight as unknown as { readonly val: Variable }).val)
      const { value, grads } = tf.variableGrads(() => (made.apply(x) as Tensor).square().mean(), weights)
      return [made.apply(x) as Tensor, value, ...weights.map(({ name }) => grads[name]!)]
    }
    const wanted = result(plain)
    result(fused).forEach((tensor, i) => {
      const error = tensor.sub(wanted[i]!).abs().max().div(wanted[i]!.abs().max()).dataSync()[0]!
      expect(error).toBeLessThan(1e-5)
    })
  })

  it('comes back fused, with the same outputs, from a saved stock model', async () => {
    const made = model(loaded, { stacked: true })
    const x = tf.randomNormal([4, 8, 3], 0, 1, 'float32', 9)
    let saved: io.ModelArtifacts | undefined
    await made.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } })
      }),
    )
    const back = await tf.loadLayersModel(tf.io.fromMemory(saved!))
    expect(back.layers.map((layer) => layer.getClassName())).toEqual(['LSTM', 'LSTM'])
    expect(back.layers[0]).toBeInstanceOf(made.layers[0]!.constructor)
    expect((back.predict(x) as Tensor).dataSync()).toEqual((made.predict(x) as Tensor).dataSync())
  })

  it('goes the stock way where the fused op does not know the activation', () => {
    lstmLayer(loaded, { units: 2, seed: 1 })
    const hard = tf.sequential({ layers: [tf.layers.lstm({ units: 3, inputShape: [4, 2], recurrentActivation: 'hardSigmoid' })] })
    const Fused = model(loaded, {}).layers[0]!.constructor as new (args: object) => ReturnType<typeof tf.layers.lstm>
    const same = tf.sequential({ layers: [new Fused({ units: 3, inputShape: [4, 2], recurrentActivation: 'hardSigmoid' })] })
    same.setWeights(hard.getWeights())
    const x = tf.randomNormal([3, 4, 2], 0, 1, 'float32', 1)
    expect((same.predict(x) as Tensor).dataSync()).toEqual((hard.predict(x) as Tensor).dataSync())
  })

  it('carries an initial state and gives the last one back', () => {
    const layer = lstmLayer(loaded, { units: 3, seed: 1, returnState: true })
    const x = tf.randomNormal([2, 6, 2], 0, 1, 'float32', 1)
    const whole = layer.apply(x) as Tensor[]
    const first = layer.apply(x.slice([0, 0, 0], [2, 4, 2])) as Tensor[]
    const second = layer.apply(x.slice([0, 4, 0], [2, 2, 2]), { initialState: first.slice(1) }) as Tensor[]
    for (const i of [0, 1, 2]) expect(second[i]!.sub(whole[i]!).abs().max().dataSync()[0]).toBeLessThan(1e-6)
  })
})
