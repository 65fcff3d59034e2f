import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { writeFileAtomicSync } from '../../core/index.js'
import { fitPreprocessor, preprocessorFromJson, type FeatureMatrix, type Preprocessor } from '../../preprocess/index.js'
import { LightgbmBooster, LightgbmDataset, lightgbmVersion, type LightgbmParameters } from '../../native/lightgbm/index.js'
import { interruptedError } from '../../runtime/index.js'
import type { FitInput, FitProgress, FitReport, Model } from '../model.js'
import { parseModelParams, preprocessParam } from '../params.js'
import { callsOf, checkNames, checkRows, gatherTargets, notFitted, trainingTargets } from '../rows.js'
import { readSavedModel, writeSavedModel, type SavedModel } from '../saved-model.js'

const fraction = z.number().gt(0, 'a number above 0, at most 1').lte(1, 'a number above 0, at most 1')
const positive = z.number().int('a whole number').positive('a positive number')
const atLeast0 = z.number().nonnegative('0 or more')

/**
 * Parameters of gradient boosted trees. Defaults are for noisy market data: small steps, few leaves, large leaves, rows and columns sampled,
 * stopped early. Names and meanings are LightGBM's in camelCase.
 */
export const lightgbmParamsSchema = z.strictObject({
  /** Most trees that are grown; early stopping usually ends before. */
  rounds: positive.default(300),
  learningRate: fraction.default(0.03),
  numLeaves: z.number().int('a whole number').min(2, 'at least 2').max(131072, 'at most 131072').default(15),
  /** Greatest depth of a tree; -1 means no limit beside numLeaves. */
  maxDepth: z.number().int('a whole number').min(-1, '-1 (no limit) or more').default(-1),
  minDataInLeaf: positive.default(100),
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
  /** Rounds without a better validation log-loss before growing stops. Without validation rows all rounds are grown. */
  patience: positive.default(30),
  /** Trees need no scaling: features come as they are where nothing is asked for. */
  preprocess: preprocessParam('none'),
})
export type LightgbmParams = z.output<typeof lightgbmParamsSchema>

/** LightGBM's own names. `deterministic` with a fixed way of building histograms makes the trees the same for any number of threads. */
export function nativeParameters(params: LightgbmParams, seed: number, threads: number): LightgbmParameters {
  return {
    objective: 'binary',
    metric: 'binary_logloss',
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
    seed,
    num_threads: threads,
    deterministic: true,
    force_row_wise: true,
    verbosity: -1,
  }
}

interface Fitted {
  readonly booster: LightgbmBooster
  readonly rounds: number
  readonly preprocessor: Preprocessor
}

interface SavedLightgbm extends SavedModel {
  readonly kind: 'lightgbm'
  readonly rounds: number
  readonly params: LightgbmParams
}

/** Gradient boosted trees by LightGBM's C library, bit-equal to its Python package with the same parameters. */
class LightgbmModel implements Model {
  readonly kind = 'lightgbm'
  readonly task = 'classification'
  readonly #params: LightgbmParams
  #fitted: Fitted | undefined

  constructor(params: LightgbmParams, fitted?: Fitted) {
    this.#params = params
    this.#fitted = fitted
  }

  async fit(input: FitInput): Promise<FitReport> {
    const { X, y, train, validation, sampleWeight, seed, threads, signal } = input
    const native = nativeParameters(this.#params, seed, threads)
    const { preprocess } = this.#params
    const weight = sampleWeight === undefined ? {} : { weight: Float32Array.from(sampleWeight) }
    const label = Float32Array.from(trainingTargets(y, train))
    if (preprocess.missing.policy === 'reject') checkRows(X, train)
    const preprocessor = fitPreprocessor(X, train, preprocess)
    const columns = preprocessor.names.length
    const open: { close(): void }[] = []
    try {
      const trainSet = LightgbmDataset.createSync({ values: preprocessor.transform(X, train), columns, label, ...weight }, native)
      open.push(trainSet)
      const validationSets: LightgbmDataset[] = []
      if (validation.length > 0) {
        const rows = { values: preprocessor.transform(X, validation), columns, label: Float32Array.from(gatherTargets(y, validation)) }
        validationSets.push(LightgbmDataset.createSync(rows, native, trainSet))
        open.push(...validationSets)
      }
      const booster = LightgbmBooster.createSync(trainSet, validationSets, native)
      open.push(booster)
      const { history, bestStep, warnings } = await this.#grow(booster, validationSets.length > 0, signal, input.onProgress)
      this.#fitted?.booster.close()
      // The text holds the kept rounds alone and every number exactly; the grown booster also keeps its data sets alive.
      this.#fitted = { booster: LightgbmBooster.fromTextSync(booster.toTextSync(bestStep)), rounds: bestStep, preprocessor }
      return {
        steps: history.length,
        bestStep,
        history,
        backend: `lightgbm ${lightgbmVersion()}`,
        ...(warnings.length > 0 && { warnings }),
      }
    } finally {
      for (const part of open.reverse()) part.close()
    }
  }

  async #grow(booster: LightgbmBooster, validated: boolean, signal: AbortSignal | undefined, onProgress: FitInput['onProgress']) {
    const { rounds, patience } = this.#params
    const history: FitProgress[] = []
    const warnings: string[] = []
    let bestStep = 1
    let bestLoss = Infinity
    for (let step = 1; step <= rounds; step++) {
      // A round is one blocking call: between rounds the process hears an abort and the end of its parent.
      await nextTurn()
      if (signal?.aborted === true) throw interruptedError(`LightGBM before round ${step}`)
      const grew = booster.updateSync()
      if (!grew && step > 1) break
      const trainLoss = booster.evaluateSync(0)
      const progress = { step, totalSteps: rounds, trainLoss, ...(validated && { validationLoss: booster.evaluateSync(1) }) }
      history.push(progress)
      onProgress?.(progress)
      const loss = progress.validationLoss ?? -step
      if (loss < bestLoss) [bestLoss, bestStep] = [loss, step]
      if (!grew) {
        warnings.push('No split was possible: the model predicts the share of y = 1. Smaller minDataInLeaf or more rows would allow one.')
        break
      }
      if (step - bestStep >= patience) break
    }
    return { history, bestStep, warnings }
  }

  predict = async (X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> => callsOf(await this.predictProba(X, rows))

  predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    return new Promise((resolve) => {
      const { booster, rounds, preprocessor } = this.#live()
      checkNames(X, preprocessor.inputs)
      resolve(booster.predictSync(preprocessor.transform(X, rows), preprocessor.names.length, rounds))
    })
  }

  featureImportance(): Float64Array | undefined {
    if (this.#fitted === undefined) return undefined
    const { booster, preprocessor, rounds } = this.#fitted
    return preprocessor.toInputs(booster.gainImportanceSync(preprocessor.names.length, rounds))
  }

  save(folder: string): Promise<void> {
    return new Promise((resolve) => {
      const { booster, rounds, preprocessor } = this.#live()
      writeFileAtomicSync(join(folder, 'model.txt'), booster.toTextSync(rounds))
      const values = { names: preprocessor.inputs, preprocessor: preprocessor.toJSON(), rounds, params: this.#params }
      writeSavedModel<SavedLightgbm>(folder, { kind: 'lightgbm', ...values })
      resolve()
    })
  }

  close(): Promise<void> {
    this.#fitted?.booster.close()
    this.#fitted = undefined
    return Promise.resolve()
  }

  #live(): Fitted {
    if (this.#fitted === undefined) throw notFitted()
    return this.#fitted
  }
}

/** @throws LabError `unknown-parameter`, `bad-parameter` */
export function createLightgbmModel(params: Readonly<Record<string, unknown>>): Model {
  return new LightgbmModel(parseModelParams('lightgbm', lightgbmParamsSchema, params))
}

/** @throws LabError `no-model`, `bad-preprocessor`, `bad-scaler`, `no-lightgbm`, `lightgbm-error` */
export function loadLightgbmModel(folder: string): Model {
  const { params, rounds, preprocessor: json } = readSavedModel<SavedLightgbm>(folder)
  const preprocessor = preprocessorFromJson(json)
  const booster = LightgbmBooster.fromTextSync(readFileSync(join(folder, 'model.txt'), 'utf8'))
  return new LightgbmModel(params, { booster, rounds, preprocessor })
}
