import type { Sequential, Tensor, Variable } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { recurrentLayer, loadTensorflow, type LoadedTensorflow, type RecurrentLayerConfig } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'

const CELLS = ['lstm', 'gru'] as const

describe.skipIf(nativeTestsMissing() !== undefined)('the fused layers', () => {
  let loaded: LoadedTensorflow
  let tf: LoadedTensorflow['tf']

  beforeAll(async () => {
    loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
  })

  const stock = (): LoadedTensorflow => ({ tf, facts: { ...loaded.facts, path: 'stock' } })

  function model(from: LoadedTensorflow, { depth = 1, ...config }: Partial<RecurrentLayerConfig> & { depth?: number }): Sequential {
    const made = tf.sequential()
    for (let i = 0; i < depth; i++)
      made.add(
        recurrentLayer(from, {
          ...{ cell: 'lstm', units: 6 - i, seed: 5 + i, threads: 2, ...config },
          ...(i === 0 && { inputShape: [8, 3] as const }),
          returnSequences: i < depth - 1 || config.returnSequences === true,
        }),
      )
    return made
  }

  /** Output, loss and the gradients of all weights. */
  function result(made: Sequential, x: Tensor): Tensor[] {
    const weights = made.trainableWeights.map((weight) => (weight as unknown as { readonly val: Variable }).val)
    const { value, grads } = tf.variableGrads(() => (made.apply(x) as Tensor).square().mean(), weights)
    return [made.apply(x) as Tensor, value, ...weights.map(({ name }) => grads[name]!)]
  }

  function expectAlike(tensors: readonly Tensor[], wanted: readonly Tensor[]): void {
    expect(tensors.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape))
    tensors.forEach((tensor, i) => {
      const error = tensor.sub(wanted[i]!).abs().max().div(wanted[i]!.abs().max()).dataSync()[0]!
      expect(error, `tensor ${i}`).toBeLessThan(1e-5)
    })
  }

  const shapes = [1, 2, 3].flatMap((depth) =>
    [false, true].flatMap((returnSequences) => [false, true].map((goBackwards) => ({ depth, returnSequences, goBackwards }))),
  )
  const cases = CELLS.flatMap((cell) =>
    [false, true].flatMap((bidirectional) => shapes.map((shape) => ({ cell, bidirectional, ...shape }))),
  )
  it.each(cases)('are the stock ones in all but speed: %o', (shape) => {
    tf.tidy(() => {
      const [fused, plain] = [model(loaded, shape), model(stock(), shape)]
      expect(fused.layers.map((layer) => layer.getClassName())).toEqual(plain.layers.map((layer) => layer.getClassName()))
      const config = (made: Sequential): string =>
        JSON.stringify(made.layers.map((layer) => layer.getConfig())).replace(/"name":"[^"]*"/g, '""')
      expect(config(fused)).toBe(config(plain))
      // Named by tfjs with running numbers.
      const names = (made: Sequential): string[] => made.weights.map(({ name }) => name.replace(/\d+/g, ''))
      expect(names(fused)).toEqual(names(plain))
      const x = tf.randomNormal([10, 8, 3], 0, 1, 'float32', 2)
      expectAlike(result(fused, x), result(plain, x))
    })
  })

  it.each(CELLS)('have in both directions the order of tf.layers.bidirectional: %s', (cell) => {
    tf.tidy(() => {
      const [config, x] = [{ cell, bidirectional: true, returnSequences: true } as const, tf.randomNormal([4, 8, 3], 0, 1, 'float32', 3)]
      const made = model(loaded, config)
      const theirs = tf.sequential()
      const one = tf.layers[cell]({ units: 6, recurrentActivation: 'sigmoid', returnSequences: true })
      theirs.add(tf.layers.bidirectional({ layer: one, mergeMode: 'concat', inputShape: [8, 3] }))
      expect(made.layers[0]!.constructor).toBe(theirs.layers[0]!.constructor)
      theirs.setWeights(made.getWeights())
      expectAlike([made.apply(x) as Tensor], [theirs.apply(x) as Tensor])
      const [forward, backward] = [made.getWeights().slice(0, 3), made.getWeights().slice(3)]
      for (const [i, weight] of [forward[0]!, forward[1]!].entries()) expect(backward[i]!.dataSync()).not.toEqual(weight.dataSync())
    })
  })

  it.each(CELLS.flatMap((cell) => [1, 2, 17, 259, 300].map((batch) => [cell, batch] as const)))(
    'take any batch: %s of %i',
    (cell, batch) => {
      tf.tidy(() => {
        const config = { cell, depth: 2, units: 5 }
        const x = tf.randomNormal([batch, 8, 3], 0, 1, 'float32', batch)
        expectAlike(result(model(loaded, config), x), result(model(stock(), config), x))
      })
    },
  )

  it('ask for the gradient by their input only where something stands before them', () => {
    const asked: unknown[] = []
    const backend = tf.backend() as unknown as { binding: object }
    const { binding } = backend
    type Execute = (name: string, attributes: { name: string; value: unknown }[], ...rest: unknown[]) => unknown
    const executeOp: Execute = (name, attributes, ...rest) => {
      if (name.endsWith('Grad')) asked.push(attributes.find((attribute) => attribute.name === 'need_dx')?.value)
      return (binding as { executeOp: Execute }).executeOp(name, attributes, ...rest)
    }
    // The binding's own properties cannot be written.
    backend.binding = Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(binding), executeOp: { value: executeOp } })
    try {
      for (const bidirectional of [false, true]) tf.tidy(() => result(model(loaded, { depth: 2, bidirectional }), tf.ones([4, 8, 3])))
    } finally {
      backend.binding = binding
    }
    expect(asked).toEqual([true, false, true, true, false, false])
  })
})
