import type { layers, Sequential, Tensor2D, Variable } from '@tensorflow/tfjs'
import { createRng } from '../core/index.js'
import { lstmLayer, type LoadedTensorflow } from '../native/tensorflow/index.js'
import type { Network } from '../train/index.js'

export interface LstmNetworkConfig {
  readonly lookbackBars: number
  readonly featureCount: number
  readonly units: number
  readonly layers: number
  /** Share of the last LSTM layer's outputs that a training step leaves out. */
  readonly dropout: number
  readonly threads: number
  readonly seed: number
  /** First bias of the output: the log-odds of the training targets, so that training does not start by learning their mean. */
  readonly outputBias: number
}

/** LSTM layers over the window, the last state, dropout, one linear output. */
export function createLstmNetwork(loaded: LoadedTensorflow, config: LstmNetworkConfig): Network {
  const { tf } = loaded
  const { dropout, seed } = config
  const { stack, head } = buildLayers(loaded, config)
  // Named by position, because tfjs numbers its own names through all models of a process.
  const named = [
    ...stack.layers.flatMap((layer, i) =>
      layer.trainableWeights.map((weight, j) => ({ name: `lstm_${i + 1}/${LSTM_WEIGHTS[j]!}`, weight })),
    ),
    ...head.trainableWeights.map((weight, j) => ({ name: `output/${DENSE_WEIGHTS[j]!}`, weight })),
  ]
  const variables = named.map(({ name, weight }) => ({ name, variable: (weight as unknown as { readonly val: Variable }).val }))
  let alive = true
  return {
    variables,
    logits(x, step) {
      const state = stack.apply(x) as Tensor2D
      return head.apply(
        step !== undefined && dropout > 0 ? state.mul(tf.tensor2d(keepMask(state.shape, dropout, seed, step), state.shape)) : state,
      ) as Tensor2D
    },
    dispose() {
      if (!alive) return
      alive = false
      for (const { variable } of variables) variable.dispose()
    },
  }
}

interface NetworkLayers {
  readonly stack: Sequential
  readonly head: layers.Layer
}

function buildLayers(
  loaded: LoadedTensorflow,
  { lookbackBars, featureCount, units, layers, threads, seed, outputBias }: LstmNetworkConfig,
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
      stack.add(lstmLayer(loaded, { units, threads, seed: seeds[i]!, returnSequences: i < layers - 1, ...first }))
    }
    head.build([null, units])
  })
  return { stack, head }
}

const LSTM_WEIGHTS = ['kernel', 'recurrent_kernel', 'bias']
const DENSE_WEIGHTS = ['kernel', 'bias']

/** 0 for what is left out, 1 / (1 - dropout) for the rest; a function of seed and step alone. */
function keepMask([rows, columns]: [number, number], dropout: number, seed: number, step: number): Float32Array {
  const rng = createRng(seed, `dropout/${step}`)
  const keep = 1 / (1 - dropout)
  return Float32Array.from({ length: rows * columns }, () => (rng.next() < dropout ? 0 : keep))
}
