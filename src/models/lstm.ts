import { z } from 'zod'
import { fitStandardScaler, scalerFromJson, type FeatureMatrix, type Scaler, type ScalerJson } from '../preprocess/index.js'
import { loadTensorflow, type LoadedTensorflow, type TensorflowDevice, type TensorflowFacts } from '../native/tensorflow/index.js'
import { checkWindows, predictLogits, trainBinary, type LabelledSequences, type Network, type SequenceData } from '../train/index.js'
import { createLstmNetwork } from './lstm-network.js'
import { loadWeights, writeWeights, type WeightsManifest } from './lstm-weights.js'
import type { FitInput, FitProgress, FitReport, Model } from './model.js'
import { parseModelParams } from './params.js'
import { checkNames, gatherTargets, notFitted, trainingTargets } from './rows.js'
import { readSavedModel, writeSavedModel, type SavedModel } from './saved-model.js'

const count = (defaultValue: number): z.ZodDefault<z.ZodNumber> =>
  z.number().int('a whole number').positive('a positive whole number').default(defaultValue)

/** Parameters of the LSTM and of its training. */
export const lstmParamsSchema = z.strictObject({
  /** Length of the window the network reads, its own bar included. */
  lookbackBars: count(32),
  /** Width of each LSTM layer. */
  units: count(32),
  layers: count(1),
  /** Share of the last layer's outputs that a training step leaves out. */
  dropout: z.number().min(0, 'a share from 0 up to, not including, 1').lt(1, 'a share from 0 up to, not including, 1').default(0),
  /** At most; fewer where the validation loss stops falling. */
  epochs: count(10),
  batchSize: count(128),
  learningRate: z.number().positive('a positive number').default(1e-3),
  /** Epochs without a better validation loss that are waited for. */
  patience: z.number().int('a whole number').min(0, 'a whole number of at least 0').default(3),
  /** How much the validation loss must fall to count as better. */
  minDelta: z.number().min(0, 'a number of at least 0').default(0),
  /** Largest norm of all gradients together. */
  gradientClip: z.number().positive('a positive number').default(1),
})
export type LstmParams = z.output<typeof lstmParamsSchema>

/** Where the LSTM computes. */
export interface LstmContext {
  readonly device: TensorflowDevice
  /** Any fallback is an error. */
  readonly requireDevice: boolean
}

interface Fitted {
  readonly loaded: LoadedTensorflow
  readonly network: Network
  readonly scaler: Scaler
}

interface SavedLstm extends SavedModel {
  readonly kind: 'lstm'
  readonly params: LstmParams
  readonly scaler: ScalerJson
  readonly weights: WeightsManifest
}

/** Of a loaded model: nothing is fitted with it, and results do not depend on it. */
const PREDICTION_THREADS = 1

/** LSTM over windows of standardised features, trained by {@link trainBinary}. */
class LstmModel implements Model {
  readonly kind = 'lstm'
  readonly #params: LstmParams
  readonly #context: LstmContext
  #fitted: Fitted | undefined

  constructor(params: LstmParams, context: LstmContext, fitted?: Fitted) {
    this.#params = params
    this.#context = context
    this.#fitted = fitted
  }

  async fit({ X, y, train, validation, sampleWeight, seed, threads, signal, onProgress }: FitInput): Promise<FitReport> {
    await this.close()
    const { lookbackBars, epochs } = this.#params
    const targets = Float32Array.from(trainingTargets(y, train))
    const scaler = fitStandardScaler(X, train)
    const windows = scaledWindows(X, scaler, lookbackBars)
    const trainData: LabelledSequences = {
      ...windows(train),
      target: targets,
      ...(sampleWeight !== undefined && { weight: Float32Array.from(sampleWeight) }),
    }
    const validationData: LabelledSequences = { ...windows(validation), target: Float32Array.from(gatherTargets(y, validation)) }
    const loaded = await loadTensorflow(this.#context)
    const network = createLstmNetwork(loaded, {
      ...this.#params,
      featureCount: X.names.length,
      threads,
      seed,
      outputBias: logOdds(targets),
    })
    try {
      const history: FitProgress[] = []
      const result = await trainBinary(loaded.tf, network, trainData, validationData, {
        ...this.#params,
        seed,
        ...(signal !== undefined && { signal }),
        onEpoch: ({ epoch, trainLoss, validationLoss }) => {
          const progress = { step: epoch, totalSteps: epochs, trainLoss, ...(validationLoss !== undefined && { validationLoss }) }
          history.push(progress)
          onProgress?.(progress)
        },
      })
      this.#fitted = { loaded, network, scaler }
      const { fallback } = loaded.facts
      return {
        steps: history.length,
        bestStep: result.bestEpoch,
        history,
        backend: describeBackend(loaded.facts),
        ...(fallback !== undefined && { warnings: [`The LSTM ran on a slower path: ${fallback}.`] }),
      }
    } catch (error) {
      network.dispose()
      throw error
    }
  }

  async predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    if (this.#fitted === undefined) throw notFitted()
    const { loaded, network, scaler } = this.#fitted
    checkNames(X, scaler.names)
    const logits = await predictLogits(loaded.tf, network, scaledWindows(X, scaler, this.#params.lookbackBars)(rows))
    return Float64Array.from(logits, (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))))
  }

  /** An LSTM has no number of its own for a feature. */
  featureImportance(): undefined {
    return undefined
  }

  save(folder: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#fitted === undefined) throw notFitted()
      const { network, scaler } = this.#fitted
      const weights = writeWeights(folder, network)
      const values = { params: this.#params, scaler: scaler.toJSON(), weights }
      writeSavedModel<SavedLstm>(folder, { format: 1, kind: 'lstm', names: scaler.names, ...values })
      resolve()
    })
  }

  close(): Promise<void> {
    this.#fitted?.network.dispose()
    this.#fitted = undefined
    return Promise.resolve()
  }
}

/** Scales the matrix once and gives windows over it. @throws LabError `incomplete-window` */
function scaledWindows(X: FeatureMatrix, scaler: Scaler, lookback: number): (rows: Int32Array) => SequenceData {
  const features = scaler.transformFloat32(X)
  return (endRow) => {
    const data = { features, featureCount: X.names.length, lookback, endRow }
    checkWindows(data, X.names)
    return data
  }
}

function logOdds(targets: Float32Array): number {
  const share = targets.reduce((sum, value) => sum + value, 0) / targets.length
  return Math.log(share / (1 - share))
}

function describeBackend({ inForce, path, tensorflow }: TensorflowFacts): string {
  if (tensorflow === undefined) return 'tfjs (pure JavaScript)'
  const layer = { cudnn: 'cuDNN LSTM', 'fused-cpu': 'fused LSTM', stock: 'stock LSTM', 'pure-js': 'stock LSTM' }[path]
  return `tensorflow ${tensorflow} ${inForce} (${layer})`
}

/** @throws LabError `unknown-parameter`, `bad-parameter` */
export function createLstmModel(params: Readonly<Record<string, unknown>>, context: LstmContext): Model {
  return new LstmModel(parseModelParams('lstm', lstmParamsSchema, params), context)
}

/** Predicts to the bit what the saved model did, on the same path. @throws LabError `no-model`, `damaged-model`, `bad-scaler`, and those of {@link loadTensorflow} */
export async function loadLstmModel(folder: string, context: LstmContext): Promise<Model> {
  const { params, scaler: scalerJson, weights } = readSavedModel<SavedLstm>(folder)
  const scaler = scalerFromJson(scalerJson)
  const loaded = await loadTensorflow(context)
  const config = { ...params, featureCount: scaler.names.length, threads: PREDICTION_THREADS, seed: 0, outputBias: 0 }
  const network = createLstmNetwork(loaded, config)
  try {
    loadWeights(loaded.tf, folder, weights, network)
  } catch (error) {
    network.dispose()
    throw error
  }
  return new LstmModel(params, context, { loaded, network, scaler })
}
