import { createRng, isLabError, sha256 } from '../../src/core/index.js'
import type { LoadedTensorflow } from '../../src/native/tensorflow/index.js'
import { createLstmNetwork } from '../../src/models/lstm/lstm-network.js'
import { readWeights, train, type EpochResult, type LabelledSequences } from '../../src/train/index.js'

export interface TrainingTask {
  /** Where checkpoints go; undefined: none. */
  readonly folder?: string
  /** Stops after this epoch, as a person would. */
  readonly stopAfter?: number
}

export interface TrainingAnswer {
  readonly epochs: readonly EpochResult[]
  /** sha256 of all weights; undefined where the training was stopped. */
  readonly weights?: string
}

const LOOKBACK = 20
const FEATURES = 6
const EPOCHS = 8

/** y says, with some noise, whether the first feature's sum over the last five steps is positive. */
function problem(samples: number): LabelledSequences {
  const rng = createRng(1, 'gpu-training')
  const features = Float32Array.from({ length: (samples + LOOKBACK) * FEATURES }, () => rng.normal())
  const endRow = Int32Array.from({ length: samples }, (_, i) => i + LOOKBACK)
  const sum = (row: number): number => [0, 1, 2, 3, 4].reduce((total, back) => total + features[(row - back) * FEATURES]!, 0)
  const target = Float32Array.from(endRow, (row) => (sum(row) + 0.3 * rng.normal() > 0 ? 1 : 0))
  return { features, featureCount: FEATURES, lookback: LOOKBACK, endRow, target }
}

/** Two LSTM layers with dropout on a learnable problem: the same inputs on every device. */
export async function runTraining(loaded: LoadedTensorflow, { folder, stopAfter }: TrainingTask): Promise<TrainingAnswer> {
  const data = problem(1500)
  const part = (from: number, to: number): LabelledSequences => ({
    ...data,
    endRow: data.endRow.subarray(from, to),
    target: data.target.subarray(from, to),
  })
  const network = createLstmNetwork(loaded, {
    ...{ lookbackBars: LOOKBACK, featureCount: FEATURES, units: 24, layers: 2, dropout: 0.2 },
    ...{ threads: 2, seed: 3, outputBias: 0 },
  })
  const stop = new AbortController()
  const epochs: EpochResult[] = []
  try {
    const result = await train(loaded.tf, network, part(0, 1200), part(1200, 1500), {
      ...{ epochs: EPOCHS, batchSize: 64, learningRate: 0.01, gradientClip: 1, patience: EPOCHS, minDelta: 0, seed: 5 },
      signal: stop.signal,
      ...(folder !== undefined && { checkpoint: { folder, environment: { path: loaded.facts.path } } }),
      onEpoch: (epoch) => {
        epochs.push(epoch)
        if (epoch.epoch === stopAfter) stop.abort()
      },
    })
    return { epochs: result.epochs, weights: sha256(...readWeights(network).map(({ values }) => values)) }
  } catch (error) {
    if (stopAfter !== undefined && isLabError(error) && error.code === 'interrupted') return { epochs }
    throw error
  } finally {
    network.dispose()
  }
}
