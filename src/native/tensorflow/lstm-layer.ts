import type { Tensor, Tensor1D, Tensor2D, Tensor3D, layers } from '@tensorflow/tfjs'
import { createRng } from '../../core/index.js'
import type { Tfjs } from './backend.js'
import { orthogonalInitializer } from './initializers.js'
import type { LoadedTensorflow } from './load.js'
import { fusedLstm, type FusedPath } from './lstm-ops.js'

export interface LstmLayerConfig {
  readonly units: number
  readonly seed: number
  /** Threads of the CPU op, at most; results do not depend on them. Default 1. */
  readonly threads?: number
  /** [time, inputs]; for the first layer of a model. */
  readonly inputShape?: readonly [number, number]
  /** True: output of every step [batch, time, units]; false (default): of the last one [batch, units]. */
  readonly returnSequences?: boolean
  readonly returnState?: boolean
  readonly goBackwards?: boolean
}

type LstmLayer = ReturnType<Tfjs['layers']['lstm']>
type StockConstructor = new (args: Parameters<Tfjs['layers']['lstm']>[0]) => LstmLayer

interface Variable {
  read(): Tensor
}

/** What the fused layer reads of the stock one; private in its typings. */
interface StockInternals {
  readonly cell: {
    readonly kernel: Variable
    readonly recurrentKernel: Variable
    readonly bias: Variable | null
    readonly useBias: boolean
    readonly dropout: number
    readonly recurrentDropout: number
    readonly activation: { getClassName(): string }
    readonly recurrentActivation: { getClassName(): string }
  }
  readonly stateful: boolean
  readonly returnSequences: boolean
  readonly returnState: boolean
  readonly goBackwards: boolean
  readonly inboundNodes: readonly { readonly inboundLayers: readonly { getClassName(): string }[] }[]
}

type CallOptions = { mask?: unknown; initialState?: Tensor2D[] } | undefined

const classes = new WeakMap<object, StockConstructor>()

/** One subclass for each tfjs and path; it takes the stock name, so configuration, weight names and saved files are those of `tf.layers.lstm`. */
function fusedClass(tf: Tfjs, path: FusedPath): StockConstructor {
  const known = classes.get(tf)
  if (known !== undefined) return known
  const Stock = tf.layers.lstm({ units: 1 }).constructor as StockConstructor
  class FusedLstm extends Stock {
    static className = 'LSTM'
    threads = 1

    override call(inputs: Tensor | Tensor[], kwargs: CallOptions): Tensor | Tensor[] {
      const layer = this as unknown as StockInternals
      if (!isFusable(layer, kwargs)) return super.call(inputs, kwargs as never)
      return tf.tidy(() => {
        let x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor3D
        if (layer.goBackwards) x = x.reverse(1)
        const { cell } = layer
        const state = kwargs?.initialState
        const weights = {
          kernel: cell.kernel.read() as Tensor2D,
          recurrentKernel: cell.recurrentKernel.read() as Tensor2D,
          bias: cell.bias!.read() as Tensor1D,
        }
        const { sequence, h, c } = fusedLstm(
          tf,
          { x, ...weights, ...(state !== undefined && { state: [state[0]!, state[1]!] as const }) },
          { path, inputGradient: !readsModelInput(layer), threads: this.threads, sequences: layer.returnSequences },
        )
        const output = sequence ?? h
        return layer.returnState ? [output, h, c] : output
      })
    }
  }
  tf.serialization.registerClass(FusedLstm as never)
  const made = FusedLstm as unknown as StockConstructor
  classes.set(tf, made)
  return made
}

/** The fused ops know tanh, sigmoid gates and a bias; masks, dropout and states kept between calls go the stock way. */
function isFusable({ cell, stateful }: StockInternals, kwargs: CallOptions): boolean {
  return (
    cell.useBias &&
    cell.bias !== null &&
    !(cell.dropout > 0) &&
    !(cell.recurrentDropout > 0) &&
    cell.activation.getClassName() === 'tanh' &&
    cell.recurrentActivation.getClassName() === 'sigmoid' &&
    !stateful &&
    kwargs?.mask === undefined
  )
}

const readsModelInput = (layer: StockInternals): boolean => layer.inboundNodes[0]?.inboundLayers[0]?.getClassName() === 'InputLayer'

/**
 * An LSTM layer with Keras' defaults (sigmoid gates, not tfjs' hardSigmoid; forget bias 1; Glorot uniform and orthogonal weights, from the seed), run by
 * the path in force: cuDNN, our CPU ops, or the stock steps. To every other code it is `tf.layers.lstm`: same class name, configuration and weights.
 */
export function lstmLayer({ tf, facts }: LoadedTensorflow, config: LstmLayerConfig): layers.Layer {
  const rng = createRng(config.seed, 'lstm-layer')
  const args: Parameters<Tfjs['layers']['lstm']>[0] = {
    units: config.units,
    activation: 'tanh',
    recurrentActivation: 'sigmoid',
    unitForgetBias: true,
    kernelInitializer: tf.initializers.glorotUniform({ seed: rng.int(2 ** 31) }),
    recurrentInitializer: orthogonalInitializer(tf, rng.int(2 ** 31)),
    returnSequences: config.returnSequences ?? false,
    returnState: config.returnState ?? false,
    goBackwards: config.goBackwards ?? false,
    ...(config.inputShape !== undefined && { inputShape: [...config.inputShape] }),
  }
  if (facts.path === 'stock' || facts.path === 'pure-js') return tf.layers.lstm(args)
  const layer = new (fusedClass(tf, facts.path))(args)
  return Object.assign(layer, { threads: config.threads ?? 1 })
}
