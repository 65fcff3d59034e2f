import { readFileSync } from 'node:fs'
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../../core/index.js'
import { cudnnParameters } from './cudnn-parameters.js'
import { fusedLstm, loadTensorflow, type Tfjs } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'

type Arrays = Readonly<Record<string, readonly number[]>>

interface Golden {
  readonly cases: readonly {
    readonly name: string
    readonly batch: number
    readonly time: number
    readonly inputs: number
    readonly units: readonly number[]
    /** x; h0 and c0 where the case has an initial state. */
    readonly given: Arrays
    readonly layers: readonly Arrays[]
    /** dy, dh, dc of the loss sum(y dy) + sum(h dh) + sum(c dc); a missing one leaves its term out. */
    readonly factors: Arrays
    readonly outputs: Arrays
    readonly gradients: {
      readonly x: readonly number[]
      readonly h0?: readonly number[]
      readonly c0?: readonly number[]
      readonly layers: readonly Arrays[]
    }
  }[]
  readonly cudnn: Arrays & { readonly inputs: number; readonly units: number }
}

interface Outputs {
  readonly y: Tensor3D
  readonly h: Tensor2D
  readonly c: Tensor2D
}
type State = readonly [Tensor2D, Tensor2D]
/** One layer over x. What only the last state depends on is asked for by itself: that has a backward pass of its own. */
type Layer = (
  x: Tensor3D,
  weights: readonly Variable[],
  state: State | undefined,
  sequences: boolean,
) => Omit<Outputs, 'y'> & { y?: Tensor3D }

const golden = JSON.parse(readFileSync(projectPath('src/native/tensorflow/golden-lstm.json'), 'utf8')) as Golden
const RELATIVE = 1e-5

/** Values in float64 on which PyTorch and Keras agree (scripts/reference/lstm.py). */
describe.skipIf(nativeTestsMissing() !== undefined)('the LSTM of PyTorch and Keras', () => {
  let tf: Tfjs
  beforeAll(async () => {
    ;({ tf } = await loadTensorflow({ device: 'cpu', requireDevice: true }))
  })

  const fused: Layer = (x, [kernel, recurrentKernel, bias], state, sequences) => {
    const weights = { kernel: kernel as Tensor2D, recurrentKernel: recurrentKernel as Tensor2D, bias: bias as Tensor1D }
    const options = { path: 'fused-cpu', inputGradient: true, threads: 2, sequences } as const
    const { sequence, h, c } = fusedLstm(tf, { x, ...weights, ...(state !== undefined && { state }) }, options)
    return { h, c, ...(sequence !== undefined && { y: sequence }) }
  }

  const stock: Layer = (x, weights, state, sequences) => {
    const units = weights[1]!.shape[0]
    const layer = tf.layers.lstm({ units, recurrentActivation: 'sigmoid', returnSequences: sequences, returnState: true })
    // Built by a call: tfjs builds a layer again where `build` was called by hand.
    layer.apply(tf.zeros([1, 1, x.shape[2]]))
    // The reference's variables take the place of the layer's own, so that gradients can be asked for.
    for (const [i, weight] of layer.trainableWeights.entries()) {
      const inside = weight as unknown as { val: Variable }
      inside.val.dispose()
      inside.val = weights[i]!
    }
    const [output, h, c] = layer.apply(x, state === undefined ? {} : { initialState: [...state] }) as [Tensor, Tensor2D, Tensor2D]
    return { h, c, ...(sequences && { y: output as Tensor3D }) }
  }

  const expectClose = (actual: Tensor, wanted: readonly number[], name: string): void => {
    const values = [...actual.dataSync()]
    expect(values.length, name).toBe(wanted.length)
    const largest = Math.max(...wanted.map(Math.abs))
    const error = Math.max(...values.map((value, i) => Math.abs(value - wanted[i]!))) / largest
    expect(error, `relative error of ${name}`).toBeLessThan(RELATIVE)
  }

  describe.each([
    ['the fused op', fused],
    ['the stock layer', stock],
  ] as const)('%s', (_, layer) => {
    it.each(golden.cases)('gives its outputs and gradients: $name', ({ batch, time, inputs, units, ...reference }) => {
      tf.tidy(() => {
        const variable = (values: readonly number[], shape: number[]): Variable => tf.variable(tf.tensor([...values], shape))
        const { x: xs, h0, c0 } = reference.given
        const x = variable(xs!, [batch, time, inputs])
        const state = h0 === undefined ? undefined : ([variable(h0, [batch, units[0]!]), variable(c0!, [batch, units[0]!])] as const)
        const weights = reference.layers.map(({ kernel, recurrent, bias }, i) => {
          const [width, size] = [i === 0 ? inputs : units[i - 1]!, units[i]!]
          return [variable(kernel!, [width, 4 * size]), variable(recurrent!, [size, 4 * size]), variable(bias!, [4 * size])]
        })
        const { dy } = reference.factors
        const forward = (): ReturnType<Layer> => {
          let out: Partial<Outputs> = { y: x as Tensor as Tensor3D }
          for (const [i, each] of weights.entries())
            out = layer(out.y!, each, i === 0 ? (state as unknown as State) : undefined, i < weights.length - 1 || dy !== undefined)
          return out as ReturnType<Layer>
        }
        const outputs = forward()
        for (const [name, output] of Object.entries(outputs)) expectClose(output, reference.outputs[name]!, name)
        expect(Object.keys(outputs)).toContain('h')

        // tfjs cannot take the gradient of unstack where there is one step, which the stock layer needs for x.
        const known = layer === stock && time === 1 ? [] : [x]
        const all = [...known, ...(state ?? []), ...weights.flat()]
        const { grads } = tf.variableGrads(() => {
          const made = forward() as Partial<Record<string, Tensor>>
          const terms = Object.entries(reference.factors).map(([name, factor]) => {
            const output = made[name.slice(1)]!
            return output.mul(tf.tensor([...factor], output.shape)).sum()
          })
          return tf.addN(terms).asScalar()
        }, all)
        const { x: dx, h0: dh0, c0: dc0, layers } = reference.gradients
        const wanted = [
          ...known.map(() => ['x', dx] as const),
          ...(dh0 === undefined ? [] : [['h0', dh0] as const, ['c0', dc0!] as const]),
          ...layers.flatMap((each, i) => ['kernel', 'recurrent', 'bias'].map((name) => [`layer ${i + 1} ${name}`, each[name]!] as const)),
        ]
        expect(wanted).toHaveLength(all.length)
        for (const [i, [name, values]] of wanted.entries()) expectClose(grads[all[i]!.name]!, values, `gradient of ${name}`)
        for (const each of new Set([x, ...all])) each.dispose()
      })
    })
  })

  it("packs cuDNN's parameters as Keras does, to the number", () => {
    const { inputs, units, kernel, recurrent, bias, parameters } = golden.cudnn
    tf.tidy(() => {
      const matrix = (values: readonly number[], rows: number): Tensor2D => tf.tensor2d([...values], [rows, 4 * units])
      const packed = cudnnParameters(tf, matrix(kernel!, inputs), matrix(recurrent!, units), tf.tensor1d([...bias!]))
      expect([...packed.dataSync()]).toEqual(parameters)
    })
  })
})
