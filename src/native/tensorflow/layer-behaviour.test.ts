import type { SymbolicTensor, Tensor, Variable } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { recurrentLayer, loadTensorflow, type LoadedTensorflow } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'

const CELLS = ['lstm', 'gru'] as const
const STATES = { lstm: 2, gru: 1 }

describe.skipIf(nativeTestsMissing() !== undefined)('a fused layer', () => {
  let loaded: LoadedTensorflow
  let tf: LoadedTensorflow['tf']

  beforeAll(async () => {
    loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
  })

  type Made = ReturnType<typeof tf.layers.rnn>
  const both = (config: Omit<Parameters<typeof recurrentLayer>[1], 'units' | 'seed'>): [Made, Made] => {
    const made = (facts: LoadedTensorflow['facts']): Made => recurrentLayer({ tf, facts }, { units: 4, seed: 1, ...config }) as Made
    return [made(loaded.facts), made({ ...loaded.facts, path: 'stock' })]
  }
  const list = (output: unknown): Tensor[] => (Array.isArray(output) ? (output as Tensor[]) : [output as Tensor])
  const distance = (a: Tensor, b: Tensor): number => a.sub(b).abs().max().dataSync()[0]!
  const random = (seed: number, ...shape: number[]): Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed)

  /** The stock class from before the fused one took its place, to tell which of the two ran. */
  const stockCalls = (layer: Made, work: () => void): number => {
    const stock = Object.getPrototypeOf(Object.getPrototypeOf(layer)) as { call: (...args: unknown[]) => unknown }
    const { call } = stock
    let calls = 0
    stock.call = function (...args) {
      calls++
      return call.apply(this, args)
    }
    try {
      work()
    } finally {
      stock.call = call
    }
    return calls
  }

  it.each(CELLS)('carries an initial state and gives the last one back: %s', (cell) => {
    tf.tidy(() => {
      for (const bidirectional of [false, true]) {
        const [layer, plain] = both({ cell, bidirectional, returnState: true, returnSequences: true })
        const x = random(1, 2, 6, 3)
        const state = Array.from({ length: STATES[cell] * (bidirectional ? 2 : 1) }, (_, i) => random(2 + i, 2, 4))
        const [outputs, wanted] = [layer, plain].map((one) => list(one.apply(x, { initialState: state }))) as [Tensor[], Tensor[]]
        expect(outputs).toHaveLength(1 + state.length)
        outputs.forEach((output, i) => expect(distance(output, wanted[i]!)).toBeLessThan(1e-6))
        if (bidirectional) continue
        // The last state is where the next window goes on.
        const first = list(layer.apply(x.slice([0, 0, 0], [2, 4, 3]), { initialState: state }))
        const second = list(layer.apply(x.slice([0, 4, 0], [2, 2, 3]), { initialState: first.slice(1) }))
        second.slice(1).forEach((output, i) => expect(distance(output, outputs[i + 1]!)).toBeLessThan(1e-6))
      }
    })
  })

  it.each(CELLS)('takes the state of another layer within a model: %s', (cell) => {
    const x = tf.input({ shape: [5, 3] })
    const [first] = both({ cell, returnState: true })
    const [decoder] = both({ cell })
    const [, ...state] = first.apply(x) as SymbolicTensor[]
    const model = tf.model({ inputs: x, outputs: decoder.apply(x, { initialState: state }) as SymbolicTensor })
    const input = random(1, 2, 5, 3)
    let out: Tensor | undefined
    expect(stockCalls(first, () => void (out = model.predict(input) as Tensor))).toBe(0)
    const states = list(first.apply(input)).slice(1)
    expect(distance(out!, decoder.apply(input, { initialState: states }) as Tensor)).toBeLessThan(1e-6)
  })

  it.each(CELLS)('that is frozen has no gradient, and those around it keep theirs: %s', (cell) => {
    tf.tidy(() => {
      const config = (units: number, returnSequences: boolean): Parameters<typeof recurrentLayer>[1] => ({
        cell,
        units,
        seed: 1,
        returnSequences,
      })
      const layers = [config(4, true), config(5, true), config(6, false)].map((one) => recurrentLayer(loaded, one))
      const forward = (x: Tensor): Tensor => layers.reduce((state, layer) => layer.apply(state) as Tensor, x)
      const x = random(1, 7, 5, 3)
      forward(x)
      const variables = layers.map((layer) => layer.weights.map((weight) => (weight as unknown as { val: Variable }).val))
      const gradients = (): Record<string, Tensor> => tf.variableGrads(() => forward(x).square().mean()).grads
      const before = gradients()
      layers[1]!.trainable = false
      expect(layers[1]!.trainableWeights).toEqual([])
      const trainable = layers.flatMap((layer) => layer.trainableWeights.map((weight) => (weight as unknown as { val: Variable }).val))
      const { grads } = tf.variableGrads(() => forward(x).square().mean(), trainable)
      expect(Object.keys(grads).sort()).toEqual([...variables[0]!, ...variables[2]!].map(({ name }) => name).sort())
      for (const name of Object.keys(grads)) expect(grads[name]!.dataSync()).toEqual(before[name]!.dataSync())
    })
  })

  it.each(CELLS)('stays as it is in a training where it is frozen: %s', async (cell) => {
    const model = tf.sequential()
    const frozen = recurrentLayer(loaded, { cell, units: 4, seed: 1, inputShape: [5, 3], returnSequences: true })
    const trained = recurrentLayer(loaded, { cell, units: 3, seed: 2 })
    for (const layer of [frozen, trained, tf.layers.dense({ units: 1 })]) model.add(layer)
    frozen.trainable = false
    const values = (): number[][][] => [frozen, trained].map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]))
    const before = values()
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    await model.fit(random(1, 20, 5, 3), random(2, 20, 1), { epochs: 2, verbose: 0 })
    const after = values()
    expect(after[0]).toEqual(before[0])
    for (const [i, weight] of after[1]!.entries()) expect(weight).not.toEqual(before[1]![i])
  })

  it.each(CELLS)('goes the stock way with a mask, and when it keeps states between calls: %s', (cell) => {
    tf.tidy(() => {
      const [layer, plain] = both({ cell })
      const x = random(1, 2, 6, 3).mul(tf.tensor3d([1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0], [2, 6, 1]))
      const masked = (one: Made): Tensor =>
        tf.sequential({ layers: [tf.layers.masking({ maskValue: 0, inputShape: [6, 3] }), one] }).apply(x) as Tensor
      let out: Tensor | undefined
      expect(stockCalls(layer, () => void (out = masked(layer)))).toBe(1)
      expect(out!.dataSync()).toEqual(masked(plain).dataSync())
      expect(stockCalls(layer, () => void layer.apply(x))).toBe(0)
      const stateful = (Class: typeof layer.constructor): Made =>
        new (Class as new (args: object) => Made)({ units: 4, recurrentActivation: 'sigmoid', stateful: true, batchInputShape: [2, 6, 3] })
      const [kept, plainKept] = [stateful(layer.constructor), stateful(plain.constructor)]
      kept.apply(x)
      plainKept.apply(x)
      plainKept.setWeights(kept.getWeights())
      kept.resetStates()
      plainKept.resetStates()
      for (let call = 0; call < 2; call++) expect((kept.apply(x) as Tensor).dataSync()).toEqual((plainKept.apply(x) as Tensor).dataSync())
      kept.resetStates()
    })
  })

  it.each(CELLS)('goes the stock way where the fused op does not know the activation, the bias or the dropout: %s', (cell) => {
    tf.tidy(() => {
      const [layer, plain] = both({ cell })
      const x = random(1, 2, 6, 3)
      for (const unknown of [{ recurrentActivation: 'hardSigmoid' }, { activation: 'relu' }, { useBias: false }]) {
        const made = (one: Made): Made =>
          new (one.constructor as new (args: object) => Made)({ units: 4, recurrentActivation: 'sigmoid', ...unknown })
        const [mine, theirs] = [made(layer), made(plain)]
        theirs.apply(x)
        let out: Tensor | undefined
        expect(stockCalls(mine, () => void (out = mine.apply(x) as Tensor))).toBe(1)
        theirs.setWeights(mine.getWeights())
        expect(out!.dataSync()).toEqual((theirs.apply(x) as Tensor).dataSync())
      }
    })
  })
})
