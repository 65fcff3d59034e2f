import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import { fusedGru, loadTensorflow, nativeBackend, type Tfjs } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'

interface Case {
  readonly batch: number
  readonly time: number
  readonly inputs: number
  readonly units: number
}

/** Nothing a multiple of a vector, one row, one unit, more rows than slices, groups of 1, 2, 3 and 4 vectors and one more. */
const CASES: Case[] = [
  { batch: 7, time: 9, inputs: 5, units: 13 },
  { batch: 1, time: 3, inputs: 1, units: 1 },
  { batch: 33, time: 4, inputs: 17, units: 50 },
  { batch: 300, time: 2, inputs: 3, units: 30 },
  { batch: 5, time: 12, inputs: 70, units: 80 },
  { batch: 3, time: 3, inputs: 4, units: 37 },
]

describe.skipIf(nativeTestsMissing() !== undefined)('the GRU ops', () => {
  let tf: Tfjs

  beforeAll(async () => {
    tf = (await loadTensorflow({ device: 'cpu', requireDevice: true })).tf
  })

  const random = (seed: number, shape: number[], scale = 0.5): Tensor => {
    const rng = createRng(seed, 'gru-ops')
    return tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * rng.normal()),
      shape,
    )
  }

  /** The equations step by step, from ordinary tfjs ops. */
  function reference([x, kernel, recurrent, bias, h0]: Tensor[]): [Tensor3D, Tensor2D] {
    const units = recurrent!.shape[0]
    const columns = (matrix: Tensor): [Tensor2D, Tensor2D, Tensor2D] => tf.split(matrix, 3, 1) as [Tensor2D, Tensor2D, Tensor2D]
    const [uz, ur, uc] = columns(recurrent!)
    let h = h0 as Tensor2D
    const steps: Tensor2D[] = []
    for (const step of tf.unstack(x!, 1) as Tensor2D[]) {
      const [xz, xr, xc] = columns(step.matMul<Tensor2D>(kernel as Tensor2D).add(bias!))
      const z = xz.add<Tensor2D>(h.matMul(uz)).sigmoid()
      const r = xr.add<Tensor2D>(h.matMul(ur)).sigmoid()
      const c = xc.add<Tensor2D>(r.mul<Tensor2D>(h).matMul(uc)).tanh()
      h = z.mul<Tensor2D>(h).add<Tensor2D>(tf.scalar(1).sub(z).mul(c))
      steps.push(h)
    }
    expect(h.shape[1]).toBe(units)
    return [tf.stack(steps, 1) as Tensor3D, h]
  }

  const relativeError = (a: Tensor, b: Tensor): number =>
    tf.tidy(() => a.sub(b).abs().max().div(b.abs().max().maximum(1e-6)).dataSync()[0]!)

  const inputsOf = ({ batch, time, inputs, units }: Case): Tensor[] => [
    random(1, [batch, time, inputs]),
    random(2, [inputs, 3 * units]),
    random(3, [units, 3 * units], 0.3),
    random(4, [3 * units]),
    random(5, [batch, units]),
  ]

  const run = (tensors: Tensor[], sequences: boolean, threads: number, inputGradient = true): Tensor[] => {
    const [x, kernel, recurrentKernel, bias, state] = tensors as [Tensor3D, Tensor2D, Tensor2D, Tensor1D, Tensor2D]
    const out = fusedGru(tf, { x, kernel, recurrentKernel, bias, state }, { inputGradient, threads, sequences })
    return [...(out.sequence === undefined ? [] : [out.sequence]), out.h]
  }

  it.each(CASES)('equal the equations, outputs and all five gradients: %o', (shape) => {
    tf.tidy(() => {
      const tensors = inputsOf(shape)
      for (const sequences of [true, false]) {
        const wantedOf = (args: Tensor[]): Tensor[] => reference(args).slice(sequences ? 0 : 1)
        const weighted = (outputs: Tensor[]): Tensor =>
          tf.addN(outputs.map((out, i) => out.mul(random(10 + i + (sequences ? 0 : 1), out.shape)).sum()))
        const wanted = wantedOf(tensors)
        run(tensors, sequences, 2).forEach((out, i) => expect(relativeError(out, wanted[i]!)).toBeLessThan(1e-5))
        const gradients = tf.grads((...args: Tensor[]) => weighted(run(args, sequences, 2)))(tensors)
        const wantedGradients = tf.grads((...args: Tensor[]) => weighted(wantedOf(args)))(tensors)
        gradients.forEach((gradient, i) => expect(relativeError(gradient, wantedGradients[i]!), `gradient ${i}`).toBeLessThan(1e-5))
      }
    })
  })

  it('start from zeros where no state is given, and give the gradient by x also where it was said not to be needed', () => {
    tf.tidy(() => {
      const [x, kernel, recurrentKernel, bias, state] = inputsOf(CASES[0]!) as [Tensor3D, Tensor2D, Tensor2D, Tensor1D, Tensor2D]
      const options = { inputGradient: true, threads: 1, sequences: false }
      const bare = fusedGru(tf, { x, kernel, recurrentKernel, bias }, options).h
      const zeros = fusedGru(tf, { x, kernel, recurrentKernel, bias, state: tf.zerosLike(state) }, options).h
      expect(bare.dataSync()).toEqual(zeros.dataSync())
      const gradient = (inputGradient: boolean): Tensor =>
        tf.grads((...args: Tensor[]) => run(args, true, 1, inputGradient)[0]!.square().sum())([x, kernel, recurrentKernel, bias, state])[0]!
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

  it('let a NaN through to its own row only, and stay finite at the ends of the exponential', () => {
    tf.tidy(() => {
      const [x, ...rest] = inputsOf({ batch: 4, time: 5, inputs: 2, units: 3 })
      const values = x!.arraySync() as number[][][]
      values[2]![1]![0] = NaN
      const h = run([tf.tensor3d(values), ...rest], false, 1)[0]!.arraySync() as number[][]
      expect(h.map((row) => row.some(Number.isNaN))).toEqual([false, false, true, false])
      const large = [x!.mul(1e6), ...rest]
      const gradients = tf.grads((...args: Tensor[]) => run(args, true, 1)[0]!.sum())(large)
      for (const tensor of [...run(large, true, 1), ...gradients]) expect(tensor.dataSync().every(Number.isFinite)).toBe(true)
    })
  })

  it('name the op and the input whose shape is wrong', () => {
    tf.tidy(() => {
      const tensors = inputsOf(CASES[0]!)
      tensors[2] = tf.zeros([13, 38])
      expect(() => run(tensors, true, 1)).toThrow(/BarlabGru: u has shape \[13,38\], expected \[13,39\]/)
    })
  })

  it('keep no native tensor', () => {
    const count = (): number[] => [tf.memory().numTensors, nativeBackend(tf)!.binding.getNumOfTensors()]
    const before = count()
    for (let i = 0; i < 3; i++)
      tf.tidy(() => {
        const tensors = inputsOf(CASES[0]!)
        tf.grads((...args: Tensor[]) => run(args, i === 0, 2, i < 2)[0]!.sum())(tensors).forEach((gradient) => gradient.dataSync())
      })
    expect(count()).toEqual(before)
  })
})
