import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { fusedLstm, loadTensorflow, nativeBackend, recurrentLayer, type LoadedTensorflow, type RecurrentLayerConfig } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { probeFusedLstm } from './probe.js'

type Execute = (
  name: string,
  attributes: readonly { readonly name: string; readonly value: unknown }[],
  inputs: number[],
  outputs: number,
) => { id: number; shape: number[]; dtype: number }[]

/** What the CPU can tell about the cuDNN path: TensorFlow knows the ops, accepts their attributes and numbers of inputs, and has no kernel for them. */
describe.skipIf(nativeTestsMissing() !== undefined)('cuDNN without a card', () => {
  let loaded: LoadedTensorflow
  let tf: LoadedTensorflow['tf']

  beforeAll(async () => {
    loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
  })

  const onCard = (config: RecurrentLayerConfig): ReturnType<typeof recurrentLayer> =>
    recurrentLayer({ tf, facts: { ...loaded.facts, path: 'cudnn' } }, config)

  /** Answers the forward op with tensors of the right shapes; every other op goes to TensorFlow. Returns the ops in their order. */
  function withForward(
    shape: readonly [number, number, number],
    work: () => void,
  ): { name: string; attributes: Record<string, unknown> }[] {
    const [batch, time, units] = shape
    const backend = tf.backend() as unknown as { binding: { executeOp: Execute } }
    const { binding } = backend
    const calls: { name: string; attributes: Record<string, unknown> }[] = []
    const executeOp: Execute = (name, attributes, inputs, outputs) => {
      calls.push({ name, attributes: Object.fromEntries(attributes.map((attribute) => [attribute.name, attribute.value])) })
      if (name !== 'CudnnRNNV3') return binding.executeOp(name, attributes, inputs, outputs)
      const shapes = [[batch, time, units], [batch, 1, units], [batch, 1, units], [1], [1]]
      // Kept: whoever asked for the op disposes of its outputs.
      return shapes.map((shape) => ({ id: nativeBackend(tf)!.getInputTensorIds([tf.keep(tf.zeros(shape))])[0]!, shape, dtype: 1 }))
    }
    // The binding's own properties cannot be written.
    backend.binding = Object.defineProperties(
      {},
      { ...Object.getOwnPropertyDescriptors(binding), executeOp: { value: executeOp } },
    ) as never
    try {
      work()
    } finally {
      backend.binding = binding
    }
    return calls
  }

  it('the ops know the attributes, forward and backward, and lack only the kernel', () => {
    const zeros = [tf.zeros([2, 3, 4]), tf.zeros([4, 20]), tf.zeros([5, 20]), tf.zeros([20])] as const
    const run = (...[x, kernel, recurrentKernel, bias]: Tensor[]): Tensor => {
      const inputs = { x: x as Tensor3D, kernel: kernel as Tensor2D, recurrentKernel: recurrentKernel as Tensor2D, bias: bias as Tensor1D }
      return fusedLstm(tf, inputs, { path: 'cudnn', inputGradient: true, threads: 1, sequences: true }).h.sum()
    }
    expect(() => tf.tidy(() => run(...zeros))).toThrow(/CudnnRNNV3.*no registered kernels/s)
    const calls = withForward([2, 3, 5], () =>
      expect(() => tf.grads(run)([...zeros])).toThrow(/CudnnRNNBackpropV3.*no registered kernels/s),
    )
    const [forward, backward] = ['CudnnRNNV3', 'CudnnRNNBackpropV3'].map((op) => calls.find(({ name }) => name === op)!.attributes)
    expect(forward).toMatchObject({
      rnn_mode: 'lstm',
      input_mode: 'linear_input',
      direction: 'unidirectional',
      num_proj: 0,
      time_major: false,
    })
    expect(forward).toEqual({ ...backward, is_training: true })
  })

  it('a bidirectional layer is two calls in one direction each', () => {
    const layer = onCard({ cell: 'lstm', units: 5, seed: 1, bidirectional: true, returnSequences: true })
    let shape: number[] | undefined
    const calls = withForward([2, 3, 5], () => void (shape = (layer.apply(tf.ones([2, 3, 4])) as Tensor).shape))
    expect(shape).toEqual([2, 3, 10])
    const forward = calls.filter(({ name }) => name === 'CudnnRNNV3')
    expect(forward.map(({ attributes }) => attributes.direction)).toEqual(['unidirectional', 'unidirectional'])
  })

  it('a GRU goes the stock way: its reset gate is another one', () => {
    const layer = onCard({ cell: 'gru', units: 5, seed: 1 })
    expect(layer.constructor).toBe(tf.layers.gru({ units: 1 }).constructor)
  })

  it('the start-up probe says what does not work', () => {
    expect(probeFusedLstm(tf, 'cudnn')).toMatch(/CudnnRNNV3/)
    expect(probeFusedLstm(tf, 'fused-cpu')).toBeUndefined()
  })
})
