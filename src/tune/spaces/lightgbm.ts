import type { SearchSpace } from '../search-space.js'

/** Around the defaults for noisy market data. Rounds are not searched: early stopping finds them. */
export const lightgbmSpace: SearchSpace = {
  learningRate: { kind: 'float', low: 0.005, high: 0.2, log: true },
  numLeaves: { kind: 'int', low: 4, high: 128, log: true },
  minDataInLeaf: { kind: 'int', low: 20, high: 500, log: true },
  featureFraction: { kind: 'float', low: 0.3, high: 1 },
  baggingFraction: { kind: 'float', low: 0.4, high: 1 },
  lambdaL1: { kind: 'float', low: 1e-3, high: 10, log: true },
  lambdaL2: { kind: 'float', low: 1e-2, high: 100, log: true },
}
