import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import { attribute, fusedLstm, loadTensorflow, nativeBackend, runOp, type Tfjs } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'

interface Case {
  readonly batch: number
  readonly time: number
  readonly inputs: number
  readonly units: number
}

/** Nothing a multiple of a vector, one row, one unit, more rows than slices, several weight panels. */
const CASES: Case[] = [
  { batch: 7, time: 9, inputs: 5, units: 13 },
  { batch: 1, time: 3, inputs: 1, units: 1 },
  { batch: 33, time: 4, inputs: 17, units: 50 },
  { batch: 300, time: 2, inputs: 3, units: 8 },
  { batch: 5, time: 12, inputs: 70, units: 32 },
]

describe.skipIf(nativeTestsMissing() !== undefined)('the LSTM ops', () => {
  let tf: Tfjs

  beforeAll(async () => {
    const loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
    expect(loaded.facts).toMatchObject({ inForce: 'cpu', path: 'fused-cpu' })
  })

  const random = (seed: number, shape: number[], scale = 0.5): Tensor => {
    const rng = createRng(seed, 'lstm-ops')
    return tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * rng.normal()),
      shape,
    )
  }

  /** The equations step by step, from ordinary tfjs ops: outputs and gradients for comparison. */
  function reference(
    x: Tensor3D,
    kernel: Tensor2D,
    recurrent: Tensor2D,
    bias: Tensor1D,
    h0: Tensor2D,
    c0: Tensor2D,
  ): [Tensor3D, Tensor2D, Tensor2D] {
    const units = recurrent.shape[0]
    let h = h0
    let c = c0
    const steps: Tensor2D[] = []
    for (const step of tf.unstack(x, 1) as Tensor2D[]) {
      const z = step.matMul<Tensor2D>(kernel).add<Tensor2D>(h.matMul(recurrent)).add<Tensor2D>(bias)
      const [i, f, g, o] = tf.split(z, [units, units, units, units], 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D]
      c = f.sigmoid().mul<Tensor2D>(c).add<Tensor2D>(i.sigmoid().mul(g.tanh()))
      h = o.sigmoid().mul<Tensor2D>(c.tanh())
      steps.push(h)
    }
    return [tf.stack(steps, 1) as Tensor3D, h, c]
  }

  const relativeError = (a: Tensor, b: Tensor): number =>
    tf.tidy(() => a.sub(b).abs().max().div(b.abs().max().maximum(1e-6)).dataSync()[0]!)

  const inputsOf = ({ batch, time, inputs, units }: Case): Tensor[] => [
    random(1, [batch, time, inputs]),
    random(2, [inputs, 4 * units]),
    random(3, [units, 4 * units], 0.3),
    random(4, [4 * units]),
    random(5, [batch, units]),
    random(6, [batch, units]),
  ]

  const run = (tensors: Tensor[], sequences: boolean, threads: number, inputGradient = true): Tensor[] => {
    const [x, kernel, recurrentKernel, bias, h0, c0] = tensors as [Tensor3D, Tensor2D, Tensor2D, Tensor1D, Tensor2D, Tensor2D]
    const out = fusedLstm(
      tf,
      { x, kernel, recurrentKernel, bias, state: [h0, c0] },
      { path: 'fused-cpu', inputGradient, threads, sequences },
    )
    return [...(out.sequence === undefined ? [] : [out.sequence]), out.h, out.c]
  }

  it.each(CASES)('equal the equations, outputs and all six gradients: %o', (shape) => {
    tf.tidy(() => {
      const tensors = inputsOf(shape)
      for (const sequences of [true, false]) {
        const weighted = (outputs: Tensor[]): Tensor =>
          tf.addN(outputs.map((out, i) => out.mul(random(10 + i + (sequences ? 0 : 1), out.shape)).sum()))
        const wanted = reference(...(tensors as Parameters<typeof reference>)).slice(sequences ? 0 : 1)
        run(tensors, sequences, 2).forEach((out, i) => expect(relativeError(out, wanted[i]!)).toBeLessThan(1e-5))
        const gradients = tf.grads((...args: Tensor[]) => weighted(run(args, sequences, 2)))(tensors)
        const wantedGradients = tf.grads((...args: Tensor[]) =>
          weighted(reference(...(args as Parameters<typeof reference>)).slice(sequences ? 0 : 1)),
        )(tensors)
        gradients.forEach((gradient, i) => expect(relativeError(gradient, wantedGradients[i]!), `gradient ${i}`).toBeLessThan(1e-5))
      }
    })
  })

  it('give the gradient by x also where it was said not to be needed', () => {
    tf.tidy(() => {
      const tensors = inputsOf(CASES[0]!)
      const gradient = (inputGradient: boolean): Tensor =>
        tf.grads((...args: Tensor[]) => run(args, true, 1, inputGradient)[0]!.square().sum())(tensors)[0]!
      expect(gradient(false).dataSync()).toEqual(gradient(true).dataSync())
    })
  })

  it.each(CASES)('give the same bytes for 1, 2, 3 and 8 threads: %o', (shape) => {
    tf.tidy(() => {
      const tensors = inputsOf(shape)
      const bytes = (threads: number): string =>
        [...run(tensors, true, threads), ...tf.grads((...args: Tensor[]) => run(args, true, threads)[0]!.square().sum())(tensors)]
          .map((tensor) => Buffer.from(Float32Array.from(tensor.dataSync()).buffer).toString('base64'))
          .join()
      const one = bytes(1)
      for (const threads of [2, 3, 8]) expect(bytes(threads) === one).toBe(true)
    })
  })

  it('let a NaN through to the output of its own row only', () => {
    tf.tidy(() => {
      const [x, ...rest] = inputsOf({ batch: 4, time: 5, inputs: 2, units: 3 })
      const values = x!.arraySync() as number[][][]
      values[2]![1]![0] = NaN
      const h = run([tf.tensor3d(values), ...rest], false, 1)[0]!.arraySync() as number[][]
      expect(h.map((row) => row.some(Number.isNaN))).toEqual([false, false, true, false])
    })
  })

  it('stay finite at the ends of the exponential', () => {
    tf.tidy(() => {
      const [x, ...rest] = inputsOf({ batch: 4, time: 5, inputs: 2, units: 3 })
      const out = run([x!.mul(1e6), ...rest], true, 1)
      const gradients = tf.grads((...args: Tensor[]) => run(args, true, 1)[0]!.sum())([x!.mul(1e6), ...rest])
      for (const tensor of [...out, ...gradients]) expect(tensor.dataSync().every(Number.isFinite)).toBe(true)
    })
  })

  it('name the input whose shape is wrong', () => {
    tf.tidy(() => {
      const tensors = inputsOf(CASES[0]!)
      tensors[2] = tf.zeros([13, 51])
      expect(() => run(tensors, true, 1)).toThrow(/u has shape \[13,51\], expected \[13,52\]/)
      tensors[2] = tf.zeros([13, 52])
      tensors[0] = tf.zeros([0, 9, 5])
      expect(() => run(tensors, true, 1)).toThrow(/must not be 0/)
    })
  })

  it('keep no native tensor', () => {
    const count = (): number => nativeBackend(tf)!.binding.getNumOfTensors()
    const before = [tf.memory().numTensors, count()]
    for (let i = 0; i < 3; i++)
      tf.tidy(() => {
        const tensors = inputsOf(CASES[0]!)
        tf.grads((...args: Tensor[]) => run(args, i === 0, 2, i < 2)[0]!.sum())(tensors).forEach((gradient) => gradient.dataSync())
      })
    expect([tf.memory().numTensors, count()]).toEqual(before)
  })

  it('pass cuDNN ops that TensorFlow accepts: without a card the only complaint is the missing kernel', () => {
    tf.tidy(() => {
      const backend = nativeBackend(tf)!
      const [x, kernel, recurrentKernel, bias] = inputsOf(CASES[0]!) as [Tensor3D, Tensor2D, Tensor2D, Tensor1D]
      const cudnn = { path: 'cudnn', inputGradient: true, threads: 1, sequences: true } as const
      expect(() => fusedLstm(tf, { x, kernel, recurrentKernel, bias }, cudnn)).toThrow(/CudnnRNNV3.*no registered kernels/s)
      const wrong = [attribute(backend, 'rnn_mode', 'STRING', 'no-such-mode'), attribute(backend, 'T', 'TYPE', backend.binding.TF_FLOAT)]
      expect(() => runOp(backend, 'CudnnRNNV3', wrong, [x, x, x, x, x], 5)).toThrow(/rnn_mode/)
    })
  })
})
