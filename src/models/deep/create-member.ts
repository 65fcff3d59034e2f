import { createRng } from '../../core/index.js'
import type { LoadedTensorflow } from '../../native/tensorflow/index.js'
import type { Loss } from '../../train/index.js'
import { createLstmNetwork } from '../lstm/lstm-network.js'
import type { WeightedNetwork } from '../networks/weighted-network.js'
import { lookbackOf, type DeepEnsembleParams } from './deep-ensemble-params.js'
import { createMlpNetwork } from './mlp-network.js'

export interface MemberConfig {
  readonly params: DeepEnsembleParams
  readonly featureCount: number
  readonly threads: number
  readonly loss: Loss
  readonly outputBias: number
}

/** Seed of a member, of its weights, its order of samples and its bootstrap: from the fit's seed and its position. */
export const memberSeed = (seed: number, member: number): number => createRng(seed, `deep-ensemble/${member}`).int(2 ** 31 - 1)

/** A network of the ensemble, as it is before training. */
export function createMember(loaded: LoadedTensorflow, { params, ...config }: MemberConfig, seed: number): WeightedNetwork {
  const all = { ...params, ...config, lookbackBars: lookbackOf(params), seed }
  return params.member === 'mlp' ? createMlpNetwork(loaded.tf, all) : createLstmNetwork(loaded, all)
}

/** How often each of `samples` was drawn for a member's bootstrap, times its own weight where there are weights. */
export function bootstrapWeights(samples: number, seed: number, weight: Float32Array | undefined): Float32Array {
  const rng = createRng(seed, 'bootstrap')
  return Float32Array.from({ length: samples }, (_, i) => poissonOne(() => rng.next()) * (weight?.[i] ?? 1))
}

/** Knuth's method: how many uniform numbers can be multiplied before the product falls below e^-1. */
function poissonOne(next: () => number): number {
  let count = 0
  for (let product = next(); product > Math.exp(-1); product *= next()) count++
  return count
}
