import type { Scalar, Tensor } from '@tensorflow/tfjs'
import { loadTensorflow } from '../../src/native/tensorflow/index.js'
import { createLstmNetwork } from '../../src/models/lstm/lstm-network.js'
import { createOptimizer, TrainingLoop, withoutSamples } from '../../src/train/index.js'
import { allSamples, gatherWindows } from '../../src/train/sequence-data.js'
import { servePeer } from './peer-process.js'
import { readProblem } from './problem.js'

/** Our side of `npm run bench -- lstm`: the loop that `train` runs, epoch by epoch, over the network that the LSTM model makes. */
const { problem, data } = readProblem(process.argv[2]!)
const { batch, steps, lookback, inputs, units, layers, threads, learningRate, gradientClip } = problem
const loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
const { tf, facts } = loaded
const shape = { lookbackBars: lookback, featureCount: inputs, units, layers }
const network = createLstmNetwork(loaded, { ...shape, dropout: 0, threads, seed: 1, outputBias: 0 })
const patience = { epochs: Infinity, patience: Infinity, minDelta: 0 }
const loop = new TrainingLoop(tf, network, { ...patience, batchSize: batch, learningRate, gradientClip, seed: 1 })
const noSamples = withoutSamples(data)

async function epoch(): Promise<{ ms: number; loss: number }> {
  const started = performance.now()
  const { trainLoss } = await loop.runEpoch(data, noSamples)
  return { ms: performance.now() - started, loss: trainLoss }
}

/** The shortest of five. */
function shortest(work: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now()
    work()
    return performance.now() - started
  })
  return Math.min(...times)
}

/** What an epoch spends on copying its windows, and on the optimiser, each measured alone; the rest is the network, forward and backward, and the loss. */
function parts(): { gatherMs: number; optimizerMs: number } {
  const order = allSamples(problem.samples)
  const gatherMs = shortest(() => {
    for (let i = 0; i < steps; i++) gatherWindows(data, order.subarray(i * batch, (i + 1) * batch))
  })
  const variables = network.variables.map(({ variable }) => variable)
  const optimizer = createOptimizer(tf, variables, { kind: 'adam' })
  // Products of an op, as gradients are: they lie in TensorFlow before the clock starts.
  const gradients = variables.map((variable) => tf.tidy<Tensor>(() => variable.mul(1e-3)))
  const loss = tf.tidy(() => tf.scalar(1).mul<Scalar>(0.7))
  // A rate of 0 leaves the weights as they are.
  const optimizerMs = shortest(() => {
    for (let i = 0; i < steps; i++) tf.tidy(() => void optimizer.apply(loss, gradients, 0, 1))
  })
  tf.dispose([loss, ...gradients])
  optimizer.dispose()
  return { gatherMs, optimizerMs }
}

await servePeer({ tensorflow: facts.tensorflow ?? 'none', tfjs: tf.version['tfjs-core'], path: facts.path }, { epoch, parts })
