import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import { fusedUpdate, linearOutput, loadTensorflow, nativeBackend, sigmoidCrossEntropy, type Tfjs, type UpdateInputs } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'

describe.skipIf(nativeTestsMissing() !== undefined)('the ops of a training step', () => {
  let tf: Tfjs

  beforeAll(async () => {
    tf = (await loadTensorflow({ device: 'cpu', requireDevice: true })).tf
  })

  const random = (seed: number, shape: number[], scale = 1): Tensor => {
    const rng = createRng(seed, 'training-ops')
    return tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * rng.normal()),
      shape,
    )
  }
  const near = (received: Tensor, wanted: readonly number[], error = 1e-6): void => {
    const largest = Math.max(...wanted.map(Math.abs), 1e-6)
    received.dataSync().forEach((value, i) => expect(Math.abs(value - wanted[i]!) / largest).toBeLessThan(error))
    expect(received.size).toBe(wanted.length)
  }

  it.each([1, 2, 7, 64, 300])('cross entropy and its gradient equal the formula in double precision: %i samples', (batch) => {
    tf.tidy(() => {
      const z = random(1, [batch, 1], 30)
      const y = random(2, [batch]).greater(0).cast<Tensor1D>('float32')
      const w = random(3, [batch]).abs().flatten()
      const [odds, target, weight] = [z, y, w].map((tensor) => [...tensor.dataSync()]) as [number[], number[], number[]]
      for (const weighted of [true, false]) {
        const of = (i: number): number => (weighted ? weight[i]! : 1)
        const each = odds.map((odd, i) => of(i) * (Math.max(odd, 0) - odd * target[i]! + Math.log1p(Math.exp(-Math.abs(odd)))))
        const slope = odds.map((odd, i) => (of(i) * (1 / (1 + Math.exp(-odd)) - target[i]!)) / batch)
        for (const logits of [z, z.flatten()])
          for (const ops of ['fused-cpu', 'tfjs'] as const) {
            const loss = (x: Tensor): Scalar => sigmoidCrossEntropy(tf, ops, x, y, weighted ? w : undefined)
            const { value, grad } = tf.valueAndGrad((x) => loss(x).mul(3))(logits)
            near(value, [(3 * each.reduce((sum, one) => sum + one, 0)) / batch])
            expect(grad.shape).toEqual(logits.shape)
            near(
              grad,
              slope.map((one) => 3 * one),
              2e-6,
            )
          }
      }
    })
  })

  it('cross entropy stays exact at the ends and lets NaN through', () => {
    tf.tidy(() => {
      const loss = (z: number, y: number): number => sigmoidCrossEntropy(tf, 'fused-cpu', tf.tensor1d([z]), tf.tensor1d([y])).dataSync()[0]!
      expect([loss(1000, 1), loss(-1000, 0), loss(1000, 0), loss(-1000, 1)]).toEqual([0, 0, 1000, 1000])
      expect(loss(0, 1)).toBe(Math.fround(Math.LN2))
      expect([loss(NaN, 0), loss(NaN, 1)]).toEqual([NaN, NaN])
    })
  })

  it.each([
    [1, 1],
    [5, 3],
    [128, 64],
    [33, 129],
  ])('one linear output and its gradients equal those of a matrix product: %i rows, %i inputs', (batch, inputs) => {
    tf.tidy(() => {
      const tensors = [random(1, [batch, inputs]), random(2, [inputs, 1]), random(3, [1])]
      const of =
        (ops: 'fused-cpu' | 'tfjs') =>
        (...[x, kernel, bias]: Tensor[]): Tensor =>
          linearOutput(tf, ops, x as Tensor2D, kernel as Tensor2D, bias as Tensor1D)
      const wanted = of('tfjs')(...tensors)
      near(of('fused-cpu')(...tensors), [...wanted.dataSync()], 3e-6)
      const gradients = (ops: 'fused-cpu' | 'tfjs'): Tensor[] =>
        tf.grads((...args) =>
          of(ops)(...args)
            .square()
            .sum(),
        )(tensors)
      const other = gradients('tfjs')
      gradients('fused-cpu').forEach((gradient, i) => {
        expect(gradient.shape).toEqual(tensors[i]!.shape)
        near(gradient, [...other[i]!.dataSync()], 5e-6)
      })
    })
  })

  it('name the input whose shape is wrong', () => {
    tf.tidy(() => {
      const z = tf.zeros([4, 1])
      const column = (length: number): Tensor1D => tf.zeros([length])
      expect(() => sigmoidCrossEntropy(tf, 'fused-cpu', z, column(3))).toThrow(/BarlabCrossEntropy: y has shape \[3\], expected \[4\]/)
      expect(() => sigmoidCrossEntropy(tf, 'fused-cpu', z, column(4), column(2))).toThrow(/w has shape \[2\], expected \[4\]/)
      expect(() => sigmoidCrossEntropy(tf, 'fused-cpu', tf.zeros([0, 1]), column(0))).toThrow(/z must not be empty/)
      expect(() => linearOutput(tf, 'fused-cpu', tf.zeros([4, 2]), tf.zeros([3, 1]), column(1))).toThrow(
        /BarlabLinear: w has shape \[3,1\], expected \[2,1\]/,
      )
      expect(() => linearOutput(tf, 'fused-cpu', tf.zeros([4, 2]), tf.zeros([2, 1]), column(2))).toThrow(
        /b has shape \[2\], expected \[1\]/,
      )
      const update: UpdateInputs = {
        loss: tf.scalar(1),
        gradientClip: 1,
        numbers: [-0.1, 0.9],
        factors: [0],
        gradients: [z],
        weights: [z],
        buffers: [column(4)],
      }
      const run = (rule: 'adam' | 'momentum', changed: Partial<UpdateInputs>) => () => fusedUpdate(tf, rule, { ...update, ...changed })
      expect(run('momentum', {})).not.toThrow()
      expect(run('momentum', { gradients: [tf.zeros([1, 4])] })).toThrow(/BarlabUpdate: gradient 0 has shape \[1,4\], expected \[4,1\]/)
      expect(run('momentum', { numbers: [1] })).toThrow(/numbers have shape \[2\], expected \[3\]/)
      expect(run('momentum', { factors: [0, 0] })).toThrow(/factors have shape \[2\], expected \[1\]/)
      expect(run('momentum', { buffers: [column(5)] })).toThrow(/buffer 0 has shape \[5\], expected \[4\]/)
      expect(run('momentum', { loss: column(2) as unknown as Scalar })).toThrow(/loss has shape \[2\]/)
      expect(run('adam', {})).toThrow(/rule must be adam with 2 buffers/)
    })
  })

  it('keep no native tensor', () => {
    const count = (): number[] => [tf.memory().numTensors, nativeBackend(tf)!.binding.getNumOfTensors()]
    const before = count()
    for (let i = 0; i < 3; i++)
      tf.tidy(() => {
        const loss = (x: Tensor): Scalar =>
          sigmoidCrossEntropy(tf, 'fused-cpu', linearOutput(tf, 'fused-cpu', x as Tensor2D, tf.ones([3, 1]), tf.zeros([1])), tf.ones([5]))
        tf.grad(loss)(random(1, [5, 3])).dataSync()
      })
    expect(count()).toEqual(before)
  })
})
