import type { SearchSpace } from '../search-space.js'

/** Shallow trees and strong penalties, for noisy market data. Rounds are not searched: early stopping finds them. */
export const xgboostSpace: SearchSpace = {
  learningRate: { kind: 'float', low: 0.005, high: 0.2, log: true },
  maxDepth: { kind: 'int', low: 2, high: 8 },
  minChildWeight: { kind: 'float', low: 1, high: 200, log: true },
  subsample: { kind: 'float', low: 0.4, high: 1 },
  colsampleByTree: { kind: 'float', low: 0.3, high: 1 },
  lambda: { kind: 'float', low: 1e-2, high: 100, log: true },
  alpha: { kind: 'float', low: 1e-3, high: 10, log: true },
  gamma: { kind: 'float', low: 0, high: 5 },
}
