import { createModel } from '../../src/models/index.js'
import type { TensorflowDevice } from '../../src/native/tensorflow/index.js'
import { market, range } from '../fixtures/market.js'

export interface EnsembleTask {
  readonly member: 'mlp' | 'lstm'
  readonly members: number
}

export interface EnsembleAnswer {
  readonly proba: Float64Array
  readonly spread: Float64Array
  readonly backend: string
  readonly fitMs: number
}

/** A deep ensemble on a learnable problem: the same inputs on every device. */
export async function runEnsemble(device: TensorflowDevice, { member, members }: EnsembleTask): Promise<EnsembleAnswer> {
  const { X, y } = market(3000, 12)
  const params = {
    member,
    members,
    units: 32,
    layers: 2,
    lookbackBars: member === 'mlp' ? 2 : 12,
    epochs: 4,
    batchSize: 128,
    learningRate: 0.005,
  }
  const model = createModel({ kind: 'deep_ensemble', params }, { device, requireDevice: true })
  try {
    const started = performance.now()
    const { backend } = await model.fit({ X, y, train: range(20, 2200), validation: range(2200, 2500), seed: 4, threads: 2 })
    const fitMs = performance.now() - started
    const test = range(2500, 3000)
    return { proba: await model.predictProba(X, test), spread: await model.predictSpread!(X, test), backend, fitMs }
  } finally {
    await model.close()
  }
}
