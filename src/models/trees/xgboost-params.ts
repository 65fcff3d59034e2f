import { z } from 'zod'
import type { XgboostParameters } from '../../native/xgboost/index.js'
import { preprocessParam } from '../params.js'
import { atLeast0, depth, fraction, monotoneParam, positiveInt, taskParam } from './tree-params.js'

/**
 * Parameters of XGBoost's gradient boosted trees, grown by the histogram method. Defaults are for noisy market data: small steps, shallow trees, large leaves, rows
 * and columns sampled, stopped early. Names and meanings are XGBoost's in camelCase.
 */
export const xgboostParamsSchema = z.strictObject({
  task: taskParam,
  /** Most trees that are grown; early stopping usually ends before. */
  rounds: positiveInt.default(300),
  learningRate: fraction.default(0.03),
  /** 0: no limit. */
  maxDepth: depth.default(4),
  /** Least sum of second derivatives in a leaf: a quarter of a row or less each in a classification, one each in a regression. */
  minChildWeight: atLeast0.default(25),
  /** Share of the rows each tree is grown on, drawn anew every round. */
  subsample: fraction.default(0.8),
  /** Share of the features each tree may use. */
  colsampleByTree: fraction.default(0.7),
  /** L2 penalty of leaf values. */
  lambda: atLeast0.default(10),
  /** L1 penalty of leaf values. */
  alpha: atLeast0.default(0),
  /** Least gain of a split. */
  gamma: atLeast0.default(0),
  maxBin: z.number().int('a whole number').min(2, 'at least 2').max(65535, 'at most 65535').default(256),
  /** Rounds without a better validation loss (log-loss; root of the squared error of a regression) before growing stops. Without validation rows all rounds are grown. */
  patience: positiveInt.default(30),
  /** { feature: 1 }: the prediction never falls while the feature rises; -1: never rises; 0: free. */
  monotone: monotoneParam,
  /** Trees need no scaling: features come as they are where nothing is asked for. */
  preprocess: preprocessParam('none'),
})
/** Parameters of `xgboost` with their defaults filled in. */
export type XgboostParams = z.output<typeof xgboostParamsSchema>

/** How a fit runs, beside its parameters. */
export interface XgboostRun {
  readonly seed: number
  readonly threads: number
  readonly device: 'cuda' | 'cpu'
  /** By column, see `monotoneConstraints`. */
  readonly monotone?: readonly number[] | undefined
}

/** XGBoost's own names. With `seed_per_iteration` a round's draws begin from its number; what remains is in `XgboostRounds`. */
export function nativeParameters(params: XgboostParams, run: XgboostRun): XgboostParameters {
  return {
    ...objectiveOf(params.task),
    eta: params.learningRate,
    max_depth: params.maxDepth,
    min_child_weight: params.minChildWeight,
    subsample: params.subsample,
    colsample_bytree: params.colsampleByTree,
    lambda: params.lambda,
    alpha: params.alpha,
    gamma: params.gamma,
    ...(run.monotone !== undefined && { monotone_constraints: `(${run.monotone.join(',')})` }),
    ...histogramMethod(params.maxBin, run),
  }
}

export const objectiveOf = (task: XgboostParams['task']): XgboostParameters =>
  task === 'classification'
    ? { objective: 'binary:logistic', eval_metric: 'logloss' }
    : { objective: 'reg:squarederror', eval_metric: 'rmse' }

/** What every XGBoost fit here has in common. */
export const histogramMethod = (maxBin: number, { seed, threads, device }: XgboostRun): XgboostParameters => ({
  tree_method: 'hist',
  max_bin: maxBin,
  seed,
  seed_per_iteration: true,
  nthread: threads,
  device,
})
