import { join } from 'node:path'
import { createRng } from '../../core/index.js'
import { logOdds } from '../calibrate/log-odds.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { FitInput, Model } from '../model.js'
import type { StackKit } from './stack-kit.js'
import { simplexWeights, type PredictionTable } from './simplex-weights.js'
import type { StackParams } from './stack-params.js'

/** Predictions of the bases for some rows, with the times of these. */
export interface BasePredictions extends PredictionTable {
  readonly time: Float64Array
}

/** Makes one prediction of those of the bases. */
export interface Combiner {
  combine(predictions: BasePredictions): Promise<Float64Array>
  /** Weight of each base, adding up to 1: of a meta-model its importances; undefined where it has none. */
  shares(): Float64Array | undefined
  /** Writes what is beside the weights below the folder of the stack. */
  save(folder: string): Promise<void>
  close(): Promise<void>
}

export interface FitCombinerInput {
  readonly params: StackParams
  readonly names: readonly string[]
  readonly predictions: BasePredictions
  readonly target: Float64Array
  readonly weight: Float64Array | undefined
  readonly kit: StackKit
  readonly fit: Pick<FitInput, 'seed' | 'threads' | 'signal'>
}

/** Learns the combination from out-of-fold predictions; `vote` learns nothing. */
export async function fitCombiner({ params, names, predictions, target, weight, kit, fit }: FitCombinerInput): Promise<Combiner> {
  const { combine, weights, task, meta } = params
  if (combine === 'vote') return weighted(weights ?? names.map(() => 1))
  const given = weight === undefined ? {} : { weight }
  if (combine === 'blend')
    return weighted(simplexWeights({ ...predictions, ...given, target, loss: task === 'regression' ? 'squares' : 'logLoss' }))
  const model = kit.create(meta!)
  try {
    await model.fit({
      X: asFeatures(names, predictions),
      y: target,
      train: Int32Array.from(target, (_, i) => i),
      validation: new Int32Array(0),
      ...(weight !== undefined && { sampleWeight: weight }),
      seed: createRng(fit.seed, 'stack/meta').int(2 ** 31 - 1),
      threads: fit.threads,
      ...(fit.signal !== undefined && { signal: fit.signal }),
    })
    return learned(model, names)
  } catch (error) {
    await model.close()
    throw error
  }
}

/** Weighted mean of the predictions. @param given of at least 0, not all 0 */
function weighted(given: ArrayLike<number>): Combiner {
  const total = Array.from(given).reduce((sum, value) => sum + value, 0)
  return mixed(Float64Array.from(given, (value) => value / total))
}

/** The same of weights that add up to 1, as they are: divided once more, their last bits would change. */
export function mixed(weights: Float64Array): Combiner {
  return {
    combine: ({ values, models }) =>
      Promise.resolve(
        Float64Array.from({ length: values.length / models }, (_, i) => {
          const mean = weights.reduce((sum, weight, j) => sum + weight * values[i * models + j]!, 0)
          // Rounding must not carry a mean out of the range of what it is the mean of.
          const row = values.subarray(i * models, (i + 1) * models)
          return Math.min(Math.max(...row), Math.max(Math.min(...row), mean))
        }),
      ),
    shares: () => weights,
    save: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}

/** A fitted meta-model of the bases' log-odds. */
export function learned(model: Model, names: readonly string[]): Combiner {
  return {
    combine: (predictions) =>
      model.predictProba(
        asFeatures(names, predictions),
        Int32Array.from(predictions.time, (_, i) => i),
      ),
    shares: () => toShares(model.featureImportance()),
    save: (folder) => model.save(join(folder, 'meta')),
    close: () => model.close(),
  }
}

const asFeatures = (names: readonly string[], { values, time }: BasePredictions): FeatureMatrix => ({
  ...{ names, time, rows: time.length, values: logOdds(values) },
})

/** Non-negative numbers as parts of 1; undefined where there are none, or all are 0. */
export function toShares(values: Float64Array | undefined): Float64Array | undefined {
  const total = values?.reduce((sum, value) => sum + value, 0) ?? 0
  return total > 0 ? values!.map((value) => value / total) : undefined
}
