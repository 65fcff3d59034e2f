import type { Network } from '../../train/index.js'

export interface WeightedNetwork extends Network {
  /** All weights, frozen ones included, in the order in which they are saved; `variables` are those that are trained. */
  readonly weights: Network['variables']
}
