import { readFileSync } from 'node:fs'
import type { Sequential, Tensor, Variable } from '@tensorflow/tfjs'
import { projectPath } from '../../core/index.js'
import { lstmLayer, type LoadedTensorflow } from '../../native/tensorflow/index.js'

/** Values that Keras computes; made by make-golden.py beside it, which names the shapes. */
export interface Golden {
  readonly source: string
  readonly matmul: readonly number[]
  readonly lstmOutput: readonly number[]
  readonly lstmKernelGradient: readonly number[]
  readonly lstmRecurrentGradient: readonly number[]
  readonly lstmBiasGradient: readonly number[]
}

export interface SelfTestResult {
  readonly what: string
  /** Largest absolute difference from the golden values, divided by the largest golden value. NaN where a value is not a number. */
  readonly relativeError: number
}

const BATCH = 3
const STEPS = 5
const INPUTS = 4
const UNITS = 6

export const readGolden = (): Golden => JSON.parse(readFileSync(projectPath('src/setup/self-test/golden.json'), 'utf8')) as Golden

/** A card multiplies with 10 bits of mantissa (TF32) unless told otherwise; a processor with 23. */
export const allowedError = (device: 'cuda' | 'cpu'): number => (device === 'cuda' ? 5e-3 : 1e-5)

/** sin(frequency), sin(2 frequency), ...: the same as `wave` of make-golden.py. */
const wave = (length: number, frequency: number, scale = 1): number[] =>
  Array.from({ length }, (_, i) => Math.fround(scale * Math.fround(Math.sin(frequency * (i + 1)))))

/** Runs a matrix product and one LSTM forward and backward by the path in force, and compares them with Keras. */
export function runSelfTest(loaded: LoadedTensorflow, golden: Golden = readGolden()): SelfTestResult[] {
  const { tf } = loaded
  const results: SelfTestResult[] = []
  tf.tidy(() => {
    const product = tf.matMul(tf.tensor2d(wave(20, 0.7), [4, 5]), tf.tensor2d(wave(15, 1.3), [5, 3]))
    const model: Sequential = tf.sequential()
    model.add(lstmLayer(loaded, { units: UNITS, seed: 1, inputShape: [STEPS, INPUTS] }))
    model.setWeights([
      tf.tensor2d(wave(INPUTS * 4 * UNITS, 1.7, 0.5), [INPUTS, 4 * UNITS]),
      tf.tensor2d(wave(UNITS * 4 * UNITS, 2.3, 0.5), [UNITS, 4 * UNITS]),
      tf.tensor1d(wave(4 * UNITS, 2.9, 0.5)),
    ])
    const x = tf.tensor3d(wave(BATCH * STEPS * INPUTS, 1.1), [BATCH, STEPS, INPUTS])
    const target = tf.tensor2d(wave(BATCH * UNITS, 1.9), [BATCH, UNITS])
    const weights = model.trainableWeights.map((weight) => (weight as unknown as { readonly val: Variable }).val)
    const { grads } = tf.variableGrads(() => (model.apply(x) as Tensor).sub(target).square().mean(), weights)
    const [kernel, recurrent, bias] = weights.map(({ name }) => grads[name]!) as [Tensor, Tensor, Tensor]
    results.push(
      compare('matrix product', product, golden.matmul),
      compare('LSTM output', model.apply(x) as Tensor, golden.lstmOutput),
      compare('LSTM kernel gradient', kernel, golden.lstmKernelGradient),
      compare('LSTM recurrent gradient', recurrent, golden.lstmRecurrentGradient),
      compare('LSTM bias gradient', bias, golden.lstmBiasGradient),
    )
    model.dispose()
  })
  return results
}

function compare(what: string, tensor: Tensor, golden: readonly number[]): SelfTestResult {
  const values = tensor.dataSync()
  if (values.length !== golden.length) return { what, relativeError: NaN }
  let error = 0
  // Not Math.max: it would pass a NaN on only by luck of its place.
  for (const [i, value] of values.entries()) {
    const difference = Math.abs(value - golden[i]!)
    if (!(difference <= error)) error = difference
    if (Number.isNaN(error)) break
  }
  return { what, relativeError: error / Math.max(...golden.map(Math.abs)) }
}
