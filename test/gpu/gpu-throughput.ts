import { createRng } from '../../src/core/index.js'
import type { LoadedTensorflow } from '../../src/native/tensorflow/index.js'
import { createLstmNetwork } from '../../src/models/lstm/lstm-network.js'
import { train, type LabelledSequences, withoutSamples } from '../../src/train/index.js'

export interface ThroughputTask {
  readonly batch: number
  readonly time: number
  readonly inputs: number
  readonly units: number
  /** Batches of an epoch. */
  readonly batches: number
  readonly epochs: number
}

export interface ThroughputAnswer {
  /** Training samples a second in the fastest epoch; the first does not count. */
  readonly samplesPerSecond: number
}

/** Whole training steps of an LSTM: windows gathered, forward, backward, clipping, Adam. */
export async function runThroughput(loaded: LoadedTensorflow, task: ThroughputTask): Promise<ThroughputAnswer> {
  const { batch, time, inputs, units, batches, epochs } = task
  const samples = batch * batches
  const rng = createRng(1, 'gpu-throughput')
  const data: LabelledSequences = {
    ...{ features: Float32Array.from({ length: (samples + time) * inputs }, () => rng.normal()), featureCount: inputs, lookback: time },
    endRow: Int32Array.from({ length: samples }, (_, i) => i + time),
    target: Float32Array.from({ length: samples }, () => rng.int(2)),
  }
  const network = createLstmNetwork(loaded, {
    ...{ lookbackBars: time, featureCount: inputs, units, layers: 1, dropout: 0, threads: 2, seed: 1, outputBias: 0 },
  })
  const ends: number[] = []
  try {
    await train(loaded.tf, network, data, withoutSamples(data), {
      ...{ epochs, batchSize: batch, learningRate: 1e-3, gradientClip: 1, patience: epochs, minDelta: 0, seed: 1 },
      onEpoch: () => void ends.push(performance.now()),
    })
  } finally {
    network.dispose()
  }
  const fastest = Math.min(...ends.slice(1).map((end, i) => end - ends[i]!))
  return { samplesPerSecond: (1000 * samples) / fastest }
}
