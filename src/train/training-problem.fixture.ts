import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs'
import { createRng } from '../core/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import type { LabelledSequences, Network } from './index.js'

const LOOKBACK = 3
const FEATURES = 2

/** y says whether the first feature of the window's first row is positive. */
export function problem(seed: number, samples: number, noise = 0): LabelledSequences {
  const rng = createRng(seed, 'problem')
  const rows = samples + LOOKBACK - 1
  const features = Float32Array.from({ length: rows * FEATURES }, () => rng.normal())
  const endRow = Int32Array.from({ length: samples }, (_, i) => i + LOOKBACK - 1)
  const target = Float32Array.from(endRow, (row) => (features[(row - LOOKBACK + 1) * FEATURES]! + noise * rng.normal() > 0 ? 1 : 0))
  return { features, featureCount: FEATURES, lookback: LOOKBACK, endRow, target }
}

/** A hidden layer over the flat window with dropout by seed and step: small, and with all that a resume can get wrong. */
export function denseNetwork(tf: Tfjs, seed: number, dropout = 0, units = 5): Network {
  const inputs = LOOKBACK * FEATURES
  const rng = createRng(seed, 'dense-network')
  const matrix = (rows: number, columns: number): Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, () => rng.normal() / Math.sqrt(rows)),
      [rows, columns],
    )
  const variable = <T extends Tensor>(make: () => T): T & Variable => tf.tidy(() => tf.variable(make())) as unknown as T & Variable
  const hidden = variable(() => matrix(inputs, units))
  const bias = variable(() => tf.zeros([units]))
  const output = variable(() => matrix(units, 1))
  const outputBias = variable(() => tf.zeros([1]))
  return {
    variables: [
      { name: 'hidden/kernel', variable: hidden },
      { name: 'hidden/bias', variable: bias },
      { name: 'output/kernel', variable: output },
      { name: 'output/bias', variable: outputBias },
    ],
    logits(x, step) {
      let state = x.reshape<Tensor2D>([-1, inputs]).matMul<Tensor2D>(hidden).add<Tensor2D>(bias).tanh()
      if (step !== undefined && dropout > 0) {
        const draw = createRng(seed, `dropout/${step}`)
        const keep = Float32Array.from({ length: state.size }, () => (draw.next() < dropout ? 0 : 1 / (1 - dropout)))
        state = state.mul(tf.tensor2d(keep, state.shape))
      }
      return state.matMul<Tensor2D>(output).add(outputBias)
    },
    dispose() {
      for (const variable of [hidden, bias, output, outputBias]) variable.dispose()
    },
  }
}

/** Runs `use` with a network and frees it. */
export async function withNetwork<T>(network: Network, use: (network: Network) => T | Promise<T>): Promise<T> {
  try {
    return await use(network)
  } finally {
    network.dispose()
  }
}
