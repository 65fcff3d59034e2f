import type * as tfjs from '@tensorflow/tfjs'

/** The one tfjs of the process, as a value: it is loaded at first use, so modules here import its types only. */
export type Tfjs = typeof tfjs

/** One output of an eager op before tfjs knows it. */
interface RawTensor {
  readonly id: number
  readonly shape: number[]
  dtype: number
}

/** Attribute of an eager op; `type` is one of the binding's TF_ATTR_ numbers. */
export interface OpAttribute {
  readonly name: string
  readonly type: number
  readonly value: boolean | number | string
}

/** What this room uses of tfjs-node-gpu's backend object; part of it is private in its typings. */
export interface NativeBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: {
    readonly TF_Version: string
    readonly TF_FLOAT: number
    readonly TF_INT32: number
    readonly TF_ATTR_BOOL: number
    readonly TF_ATTR_FLOAT: number
    readonly TF_ATTR_INT: number
    readonly TF_ATTR_STRING: number
    readonly TF_ATTR_TYPE: number
    executeOp(name: string, attributes: OpAttribute[], inputIds: number[], outputs: number): RawTensor[]
    /** Tensors that hold native memory: the number that a leak test watches. */
    getNumOfTensors(): number
  }
  getInputTensorIds(tensors: tfjs.Tensor[]): number[]
  createOutputTensor(raw: RawTensor): tfjs.Tensor
}

/** The native backend of a loaded tfjs; undefined on the pure-JS one. */
export function nativeBackend(tf: Tfjs): NativeBackend | undefined {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : undefined
}

/** TensorFlow's number for int8, which tfjs does not know. */
const TF_INT8 = 6

/**
 * Runs any registered TensorFlow op. An int8 output (cuDNN's opaque host memory) is labelled int32: it may be passed on and disposed of, never read.
 * tfjs' own `executeMultipleOutputs` fails on it after the op ran, and leaks its outputs.
 */
export function runOp(
  backend: NativeBackend,
  name: string,
  attributes: OpAttribute[],
  inputs: tfjs.Tensor[],
  outputs: number,
): tfjs.Tensor[] {
  const { binding } = backend
  return binding
    .executeOp(name, attributes, backend.getInputTensorIds(inputs), outputs)
    .map((raw) => backend.createOutputTensor(raw.dtype === TF_INT8 ? { ...raw, dtype: binding.TF_INT32 } : raw))
}

/** Makes attributes for {@link runOp}: `attribute('threads', 'INT', 2)`. */
export function attribute(
  { binding }: NativeBackend,
  name: string,
  type: 'BOOL' | 'FLOAT' | 'INT' | 'STRING' | 'TYPE',
  value: boolean | number | string,
): OpAttribute {
  return { name, type: binding[`TF_ATTR_${type}`], value }
}
