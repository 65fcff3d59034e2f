import { fitPreprocessor, preprocessorFromJson, type FeatureMatrix, type Preprocessor } from '../../preprocess/index.js'
import { loadTensorflow, type LoadedTensorflow, type TensorflowDevice } from '../../native/tensorflow/index.js'
import {
  predictLogits,
  predictProba,
  train as trainNetwork,
  type EpochResult,
  type LabelledSequences,
  type SequenceData,
} from '../../train/index.js'
import { describeBackend, environmentOf, slowerPath } from './lstm-backend.js'
import { inUnitsOf, learnTarget, lossOf, networkTargets, type NetworkTarget } from '../networks/network-target.js'
import { loadWeights, writeWeights, type WeightsManifest } from '../networks/network-weights.js'
import type { WeightedNetwork } from '../networks/weighted-network.js'
import { preparedWindows } from '../networks/windows.js'
import { createLstmNetwork, type LstmNetworkConfig } from './lstm-network.js'
import { lstmParamsSchema, type LstmParams } from './lstm-params.js'
import type { FitInput, FitProgress, FitReport, Model, Task } from '../model.js'
import { parseModelParams } from '../params.js'
import { callsOf, cannotContinue, checkNames, notAClassifier, notFitted } from '../rows.js'
import { readSavedModel, writeSavedModel, type SavedModel } from '../saved-model.js'

/** Where the LSTM computes. */
export interface LstmContext {
  readonly device: TensorflowDevice
  /** Any fallback is an error. */
  readonly requireDevice: boolean
}

interface Fitted {
  readonly loaded: LoadedTensorflow
  readonly network: WeightedNetwork
  readonly preprocessor: Preprocessor
  readonly target: NetworkTarget
}

interface SavedLstm extends SavedModel {
  readonly kind: 'lstm'
  readonly params: LstmParams
  readonly weights: WeightsManifest
  readonly target: NetworkTarget
}

/** Of a loaded model: nothing is fitted with it, and results do not depend on it. */
const PREDICTION_THREADS = 1

/** LSTM (or GRU) over windows of preprocessed (by default standardised) features, trained by `train` of src/train. */
class LstmModel implements Model {
  readonly kind = 'lstm'
  readonly task: Task
  readonly #params: LstmParams
  readonly #context: LstmContext
  #fitted: Fitted | undefined

  constructor(params: LstmParams, context: LstmContext, fitted?: Fitted) {
    this.task = params.task
    this.#params = params
    this.#context = context
    this.#fitted = fitted
  }

  async fit(input: FitInput): Promise<FitReport> {
    if (input.continues === true) throw cannotContinue('lstm', 'the state of its optimiser is not saved with it')
    await this.close()
    const { X, y, train, validation, sampleWeight, seed, threads, signal, checkpoint, memory, onProgress, onNotice } = input
    const { lookbackBars, epochs } = this.#params
    const { target, outputBias } = learnTarget(this.task, y, train)
    const preprocessor = fitPreprocessor(X, train, this.#params.preprocess)
    const windows = preparedWindows(X, preprocessor, lookbackBars)
    const trainData: LabelledSequences = {
      ...windows(train),
      target: networkTargets(target, y, train),
      ...(sampleWeight !== undefined && { weight: Float32Array.from(sampleWeight) }),
    }
    const validationData: LabelledSequences = { ...windows(validation), target: networkTargets(target, y, validation) }
    const loaded = await loadTensorflow(this.#context)
    const config: LstmNetworkConfig = {
      ...this.#params,
      featureCount: preprocessor.names.length,
      threads,
      seed,
      loss: lossOf(target),
      outputBias,
    }
    const network = createLstmNetwork(loaded, config)
    try {
      const progress = ({ epoch, trainLoss, validationLoss, learningRate }: EpochResult): FitProgress => ({
        ...{ step: epoch, totalSteps: epochs, trainLoss, learningRate },
        ...(validationLoss !== undefined && { validationLoss }),
      })
      const result = await trainNetwork(loaded.tf, network, trainData, validationData, {
        ...this.#params,
        seed,
        ...(signal !== undefined && { signal }),
        ...(checkpoint !== undefined && {
          checkpoint: { ...checkpoint, environment: environmentOf(loaded, config), onEvent: (event) => onNotice?.(event) },
        }),
        ...(memory !== undefined && { memory }),
        onMemory: (event) => onNotice?.({ type: 'memory-shrink', ...event }),
        onEpoch: ({ samplesPerSecond, etaSeconds, ...epoch }) => onProgress?.({ ...progress(epoch), samplesPerSecond, etaSeconds }),
      })
      // Of all epochs, also of those before an interruption.
      const history = result.epochs.map(progress)
      this.#fitted = { loaded, network, preprocessor, target }
      const warnings = [...slowerPath(loaded.facts, this.#params.cell), ...computedInParts(result.epochs, this.#params.batchSize)]
      return {
        steps: history.length,
        bestStep: result.bestEpoch,
        history,
        backend: describeBackend(loaded.facts, this.#params.cell),
        ...(warnings.length > 0 && { warnings }),
      }
    } catch (error) {
      network.dispose()
      throw error
    }
  }

  async predict(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    if (this.task === 'classification') return callsOf(await this.predictProba(X, rows))
    const { loaded, network, target } = this.#live()
    return inUnitsOf(target, await predictLogits(loaded.tf, network, this.#windows(X, rows)))
  }

  async predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    const { loaded, network } = this.#live()
    if (this.task === 'regression') throw notAClassifier('lstm')
    return predictProba(loaded.tf, network, this.#windows(X, rows))
  }

  /** An LSTM has no number of its own for a feature. */
  featureImportance(): undefined {
    return undefined
  }

  save(folder: string): Promise<void> {
    return new Promise((resolve) => {
      const { network, preprocessor, target } = this.#live()
      const weights = writeWeights(folder, network)
      const values = { params: this.#params, preprocessor: preprocessor.toJSON(), weights, target }
      writeSavedModel<SavedLstm>(folder, { kind: 'lstm', names: preprocessor.inputs, ...values })
      resolve()
    })
  }

  close(): Promise<void> {
    this.#fitted?.network.dispose()
    this.#fitted = undefined
    return Promise.resolve()
  }

  #windows(X: FeatureMatrix, rows: Int32Array): SequenceData {
    const { preprocessor } = this.#live()
    checkNames(X, preprocessor.inputs)
    return preparedWindows(X, preprocessor, this.#params.lookbackBars)(rows)
  }

  #live(): Fitted {
    if (this.#fitted === undefined) throw notFitted()
    return this.#fitted
  }
}

function computedInParts(epochs: readonly EpochResult[], batchSize: number): string[] {
  const first = epochs.find(({ microBatch }) => microBatch !== undefined)
  if (first === undefined) return []
  const smallest = Math.min(...epochs.map(({ microBatch = batchSize }) => microBatch))
  return [
    `Memory was short: from epoch ${first.epoch} on, batches of ${batchSize} were computed in parts, down to ${smallest} samples. Sums are rounded otherwise.`,
  ]
}

/** @throws LabError `unknown-parameter`, `bad-parameter` */
export function createLstmModel(params: Readonly<Record<string, unknown>>, context: LstmContext): Model {
  return new LstmModel(parseModelParams('lstm', lstmParamsSchema, params), context)
}

/** Predicts to the bit what the saved model did, on the same path. @throws LabError `no-model`, `damaged-model`, `bad-preprocessor`, `bad-scaler`, and those of {@link loadTensorflow} */
export async function loadLstmModel(folder: string, context: LstmContext): Promise<Model> {
  const { params, preprocessor: json, weights, target } = readSavedModel<SavedLstm>(folder)
  const preprocessor = preprocessorFromJson(json)
  const loaded = await loadTensorflow(context)
  const config = {
    ...params,
    featureCount: preprocessor.names.length,
    threads: PREDICTION_THREADS,
    seed: 0,
    outputBias: 0,
    loss: lossOf(target),
  }
  const network = createLstmNetwork(loaded, config)
  try {
    loadWeights(loaded.tf, folder, weights, network)
  } catch (error) {
    network.dispose()
    throw error
  }
  return new LstmModel(params, context, { loaded, network, preprocessor, target })
}
