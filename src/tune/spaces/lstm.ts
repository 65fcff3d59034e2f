import type { SearchSpace } from '../search-space.js'

/** Small networks: the rows that all trials can use are those of the longest window. Epochs are not searched: early stopping finds them. */
export const lstmSpace: SearchSpace = {
  lookbackBars: { kind: 'categorical', choices: [16, 32, 64] },
  units: { kind: 'categorical', choices: [16, 32, 64] },
  layers: { kind: 'int', low: 1, high: 2 },
  dropout: { kind: 'float', low: 0, high: 0.5 },
  learningRate: { kind: 'float', low: 1e-4, high: 1e-2, log: true },
  batchSize: { kind: 'categorical', choices: [64, 128, 256] },
}
