import { z } from 'zod'
import type { LightgbmParameters } from '../../native/lightgbm/index.js'
import { preprocessParam } from '../params.js'
import { atLeast0, fraction, monotoneParam, positiveInt, taskParam } from './tree-params.js'

/**
 * Parameters of gradient boosted trees. Defaults are for noisy market data: small steps, few leaves, large leaves, rows and columns sampled,
 * stopped early. Names and meanings are LightGBM's in camelCase.
 */
export const lightgbmParamsSchema = z.strictObject({
  task: taskParam,
  /** Most trees that are grown; early stopping usually ends before. */
  rounds: positiveInt.default(300),
  learningRate: fraction.default(0.03),
  numLeaves: z.number().int('a whole number').min(2, 'at least 2').max(131072, 'at most 131072').default(15),
  /** Greatest depth of a tree; -1 means no limit beside numLeaves. */
  maxDepth: z.number().int('a whole number').min(-1, '-1 (no limit) or more').default(-1),
  minDataInLeaf: positiveInt.default(100),
  /** Share of the features each tree may use. */
  featureFraction: fraction.default(0.7),
  /** Share of the rows each tree is grown on, drawn anew every `baggingFreq` rounds. */
  baggingFraction: fraction.default(0.8),
  /** 0: no sampling of rows. */
  baggingFreq: z.number().int('a whole number').nonnegative('0 or more').default(1),
  lambdaL1: atLeast0.default(0),
  lambdaL2: atLeast0.default(10),
  minGainToSplit: atLeast0.default(0),
  maxBin: z.number().int('a whole number').min(2, 'at least 2').max(65535, 'at most 65535').default(255),
  /** Rounds without a better validation loss (log-loss; squared error of a regression) before growing stops. Without validation rows all rounds are grown. */
  patience: positiveInt.default(30),
  /** { feature: 1 }: the prediction never falls while the feature rises; -1: never rises; 0: free. */
  monotone: monotoneParam,
  /** Trees need no scaling: features come as they are where nothing is asked for. */
  preprocess: preprocessParam('none'),
})
/** Parameters of `lightgbm` with their defaults filled in. */
export type LightgbmParams = z.output<typeof lightgbmParamsSchema>

/**
 * LightGBM's own names. `deterministic` with a fixed way of building histograms makes the trees the same for any number of threads.
 * @param monotone constraints by column, see `monotoneConstraints`
 */
export function nativeParameters(params: LightgbmParams, seed: number, threads: number, monotone?: readonly number[]): LightgbmParameters {
  return {
    ...(params.task === 'classification' ? { objective: 'binary', metric: 'binary_logloss' } : { objective: 'regression', metric: 'l2' }),
    // Only told, so that a saved model says it as Python's does: rounds are counted here.
    num_iterations: params.rounds,
    learning_rate: params.learningRate,
    num_leaves: params.numLeaves,
    max_depth: params.maxDepth,
    min_data_in_leaf: params.minDataInLeaf,
    feature_fraction: params.featureFraction,
    bagging_fraction: params.baggingFraction,
    bagging_freq: params.baggingFreq,
    lambda_l1: params.lambdaL1,
    lambda_l2: params.lambdaL2,
    min_gain_to_split: params.minGainToSplit,
    max_bin: params.maxBin,
    ...(monotone !== undefined && { monotone_constraints: monotone.join(',') }),
    seed,
    ...deterministic(threads),
  }
}

/** Settings without which LightGBM's last bits depend on the number of threads. */
export const deterministic = (threads: number): LightgbmParameters => ({
  num_threads: threads,
  deterministic: true,
  force_row_wise: true,
  verbosity: -1,
})
