import type { SearchSpace } from '../search-space.js'

/** What keeps trees from learning single rows by heart. The number of trees is not searched: more are never worse. */
export const randomForestSpace: SearchSpace = {
  maxDepth: { kind: 'int', low: 3, high: 12 },
  minSamplesLeaf: { kind: 'int', low: 10, high: 400, log: true },
  maxFeatures: { kind: 'float', low: 0.05, high: 0.6, log: true },
  sampleShare: { kind: 'float', low: 0.3, high: 0.9 },
}
