import type { SearchSpace } from '../search-space.js'

/** Small networks, one window for all trials. Members are not searched: more are never worse. Epochs neither: early stopping finds them. */
export const deepEnsembleSpace: SearchSpace = {
  units: { kind: 'categorical', choices: [16, 32, 64, 128] },
  layers: { kind: 'int', low: 1, high: 3 },
  dropout: { kind: 'float', low: 0, high: 0.5 },
  learningRate: { kind: 'float', low: 1e-4, high: 1e-2, log: true },
  batchSize: { kind: 'categorical', choices: [64, 128, 256] },
}
