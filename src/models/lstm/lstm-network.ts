import type { layers, Sequential, Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs'
import { createRng, LabError } from '../../core/index.js'
import {
  linearOutput,
  lstmSteps,
  recurrentLayer,
  type LoadedTensorflow,
  type RecurrentCell,
  type Tfjs,
} from '../../native/tensorflow/index.js'
import type { JointNetwork, Loss } from '../../train/index.js'
import { keepMask } from '../networks/dropout.js'
import type { WeightedNetwork } from '../networks/weighted-network.js'

/** Shape, seed and threads of a network. */
export interface LstmNetworkConfig {
  readonly lookbackBars: number
  readonly featureCount: number
  readonly units: number
  readonly layers: number
  /** Default 'lstm'. */
  readonly cell?: RecurrentCell
  /** Each layer reads the window in both directions: twice the outputs. Default false. */
  readonly bidirectional?: boolean
  /** Share of each recurrent layer's outputs that a training step leaves out. */
  readonly dropout: number
  readonly threads: number
  readonly seed: number
  /** Default cross entropy. */
  readonly loss?: Loss
  /** First bias of the output: the log-odds of the training targets, so that training does not start by learning their mean. */
  readonly outputBias: number
  /** So many recurrent layers, from the first, keep the weights they have: for training further what was loaded. Default 0. */
  readonly frozenLayers?: number
}

/**
 * LSTM or GRU layers over the window, the last state, one linear output, dropout after each recurrent layer.
 * @throws LabError `bad-parameter` where more layers are to be frozen than there are
 */
export function createLstmNetwork(loaded: LoadedTensorflow, config: LstmNetworkConfig): WeightedNetwork {
  const { tf, facts } = loaded
  const { cell = 'lstm', dropout, seed, frozenLayers = 0, loss = 'cross-entropy' } = config
  if (!(Number.isInteger(frozenLayers) && frozenLayers >= 0 && frozenLayers <= config.layers))
    throw new LabError('bad-parameter', 'So many layers cannot be frozen.', {
      received: `frozenLayers ${frozenLayers}`,
      expected: `a whole number from 0 to ${config.layers}`,
    })
  const { stack, head } = buildLayers(loaded, config)
  // Named by position, because tfjs numbers its own names through all models of a process.
  const recurrent = stack.layers.map((layer, i) =>
    named(layer, `${cell}_${i + 1}`, config.bidirectional === true ? BOTH_DIRECTIONS : RECURRENT),
  )
  const output = named(head, 'output', DENSE)
  const weights = [...recurrent.flat(), ...output]
  const [kernel, bias] = output.map(({ variable }) => variable as Tensor) as [Tensor2D, Tensor1D]
  let alive = true
  return {
    loss,
    weights,
    variables: [...recurrent.slice(frozenLayers).flat(), ...output],
    logits(x, step) {
      const drop = (state: Tensor2D | Tensor3D, layer: number): Tensor2D | Tensor3D =>
        step !== undefined && dropout > 0 ? state.mul(keepMask(tf, state, dropout, seed, maskPurpose(step, layer, config.layers))) : state
      // Each layer by itself: walking the graph of the model again would cost as much as one of our ops.
      const state = stack.layers.reduce<Tensor>((input, layer, i) => drop(layer.call(input, {}) as Tensor2D | Tensor3D, i), x)
      return linearOutput(tf, facts.trainingOps, state as Tensor2D, kernel, bias)
    },
    ...(goesTogether(loaded, config) && { joint: jointLstm(tf, config.layers, config.threads) }),
    dispose() {
      if (!alive) return
      alive = false
      for (const { variable } of weights) variable.dispose()
    },
  }
}

/** Whether BarlabLstmSteps computes such a network: LSTM in one direction, all weights trained, nothing left out at random, cross entropy, on the CPU. */
const goesTogether = (
  { facts }: LoadedTensorflow,
  { cell = 'lstm', bidirectional = false, dropout, frozenLayers = 0, loss = 'cross-entropy' }: LstmNetworkConfig,
): boolean =>
  facts.path === 'fused-cpu' &&
  facts.trainingOps === 'fused-cpu' &&
  cell === 'lstm' &&
  !bidirectional &&
  dropout === 0 &&
  loss === 'cross-entropy' &&
  frozenLayers === 0

const jointLstm = (tf: Tfjs, layers: number, threads: number): JointNetwork => ({
  key: `lstm/${layers}/${threads}`,
  gradients: (batches) =>
    lstmSteps(
      tf,
      batches.map(({ network, x, target, weight }) => ({ x, target, weight, weights: network.variables.map(({ variable }) => variable) })),
      layers,
      threads,
    ),
})

interface NetworkLayers {
  readonly stack: Sequential
  readonly head: layers.Layer
}

function buildLayers(
  loaded: LoadedTensorflow,
  { lookbackBars, featureCount, units, layers, cell = 'lstm', bidirectional = false, threads, seed, outputBias }: LstmNetworkConfig,
): NetworkLayers {
  const { tf } = loaded
  const rng = createRng(seed, 'lstm-network')
  const seeds = Array.from({ length: layers + 1 }, () => rng.int(2 ** 31))
  const stack = tf.sequential()
  const head = tf.layers.dense({
    units: 1,
    kernelInitializer: tf.initializers.glorotUniform({ seed: seeds[layers]! }),
    biasInitializer: tf.initializers.constant({ value: outputBias }),
  })
  // In a tidy, because tfjs' layers leave behind the values their weights start from; the weights themselves outlive it.
  tf.tidy(() => {
    for (let i = 0; i < layers; i++) {
      const first = i === 0 && { inputShape: [lookbackBars, featureCount] as const }
      const returnSequences = i < layers - 1
      stack.add(recurrentLayer(loaded, { cell, bidirectional, units, threads, seed: seeds[i]!, returnSequences, ...first }))
    }
    head.build([null, bidirectional ? 2 * units : units])
  })
  return { stack, head }
}

const RECURRENT = ['kernel', 'recurrent_kernel', 'bias']
const BOTH_DIRECTIONS = ['forward', 'backward'].flatMap((direction) => RECURRENT.map((name) => `${direction}_${name}`))
const DENSE = ['kernel', 'bias']

const named = (layer: layers.Layer, prefix: string, names: readonly string[]): { name: string; variable: Variable }[] =>
  layer.weights.map((weight, i) => ({ name: `${prefix}/${names[i]!}`, variable: (weight as unknown as { readonly val: Variable }).val }))

/** What the mask of a layer is drawn for; the last layer's name is that of networks of one layer. */
const maskPurpose = (step: number, layer: number, layers: number): string =>
  layer === layers - 1 ? `dropout/${step}` : `dropout/${step}/${layer + 1}`
