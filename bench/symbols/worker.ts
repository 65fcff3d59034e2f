import { createLstmNetwork } from '../../src/models/index.js'
import { loadTensorflow } from '../../src/native/tensorflow/index.js'
import { serveParent } from '../../src/runtime/index.js'
import { JointTraining, TrainingLoop, withoutSamples, type LabelledSequences } from '../../src/train/index.js'
import { sequences } from '../lstm/problem.js'
import type { Shape } from '../lstm/shapes.js'

/** Networks that this worker trains, each over as many samples as the shape says. */
export interface Job {
  readonly shape: Shape
  readonly networks: number
  readonly threads: number
  /** Side by side, as `trainMany` does, instead of one after the other. */
  readonly together?: boolean
}

const { tf, ...loaded } = await loadTensorflow({ device: 'cpu' })
const kept = new Map<string, { readonly loops: TrainingLoop[]; readonly data: LabelledSequences; readonly none: LabelledSequences }>()

function prepared({ shape, networks, threads, together = false }: Job) {
  const { lookback, inputs, units, layers, batch } = shape
  const options = {
    epochs: Infinity,
    batchSize: batch,
    learningRate: 1e-3,
    gradientClip: 1,
    patience: 1,
    minDelta: 0,
    seed: 1,
    ...(together && { joint: new JointTraining(tf) }),
  }
  const loops = Array.from({ length: networks }, (_, seed) => {
    const config = { lookbackBars: lookback, featureCount: inputs, units, layers, dropout: 0, threads, seed, outputBias: 0 }
    return new TrainingLoop(tf, createLstmNetwork({ tf, ...loaded }, config), options)
  })
  const data = sequences(shape)
  return { loops, data, none: withoutSamples(data) }
}

/** One epoch of each network. Answers with the milliseconds; networks stay for the next call with the same job. */
serveParent(async (input) => {
  const job = input as Job
  const key = JSON.stringify(job)
  if (!kept.has(key)) kept.set(key, prepared(job))
  const { loops, data, none } = kept.get(key)!
  const started = performance.now()
  if (job.together === true) await Promise.all(loops.map((loop) => loop.runEpoch(data, none)))
  else for (const loop of loops) await loop.runEpoch(data, none)
  return performance.now() - started
})
