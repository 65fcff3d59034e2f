import { join } from 'node:path'
import { fitPreprocessor, preprocessorFromJson, type FeatureMatrix, type Preprocessor } from '../../preprocess/index.js'
import { loadTensorflow, type LoadedTensorflow } from '../../native/tensorflow/index.js'
import { predictLogits, predictProba, type LabelledSequences } from '../../train/index.js'
import { describeBackend, environmentOf, slowerPath } from '../lstm/lstm-backend.js'
import type { LstmContext } from '../lstm/lstm-model.js'
import type { FitInput, FitReport, Model, Task } from '../model.js'
import { inUnitsOf, learnTarget, lossOf, networkTargets, type NetworkTarget } from '../networks/network-target.js'
import { loadWeights, writeWeights, type WeightsManifest } from '../networks/network-weights.js'
import type { WeightedNetwork } from '../networks/weighted-network.js'
import { preparedWindows } from '../networks/windows.js'
import { parseModelParams } from '../params.js'
import { callsOf, cannotContinue, checkNames, notAClassifier, notFitted } from '../rows.js'
import { readSavedModel, writeSavedModel, type SavedModel } from '../saved-model.js'
import { createMember, memberSeed } from './create-member.js'
import { deepEnsembleParamsSchema, lookbackOf, type DeepEnsembleParams } from './deep-ensemble-params.js'
import { meanHistory, trainMembers } from './train-members.js'

interface Fitted {
  readonly loaded: LoadedTensorflow
  readonly networks: readonly WeightedNetwork[]
  readonly preprocessor: Preprocessor
  readonly target: NetworkTarget
}

interface SavedDeepEnsemble extends SavedModel {
  readonly kind: 'deep_ensemble'
  readonly params: DeepEnsembleParams
  readonly weights: readonly WeightsManifest[]
  readonly target: NetworkTarget
}

/**
 * Deep ensemble (Lakshminarayanan, Pritzel & Blundell 2017): networks that differ by start and order of samples, trained side by side in one fit. Predicts the mean of the
 * members; their spread says how little the data decided there.
 *
 * Each step of MLP members is one batched product a layer for all of them, on the card as on the CPU; LSTM members share one native call on the CPU, on a card each calls
 * cuDNN. (Never run on a card.)
 */
class DeepEnsembleModel implements Model {
  readonly kind = 'deep_ensemble'
  readonly task: Task
  readonly #params: DeepEnsembleParams
  readonly #context: LstmContext
  #fitted: Fitted | undefined

  constructor(params: DeepEnsembleParams, context: LstmContext, fitted?: Fitted) {
    this.task = params.task
    this.#params = params
    this.#context = context
    this.#fitted = fitted
  }

  async fit(input: FitInput): Promise<FitReport> {
    if (input.continues === true) throw cannotContinue('deep_ensemble', 'the state of its optimisers is not saved with it')
    await this.close()
    const params = this.#params
    const { X, y, train, validation, sampleWeight, seed, threads } = input
    const { target, outputBias } = learnTarget(this.task, y, train)
    const preprocessor = fitPreprocessor(X, train, params.preprocess)
    const windows = preparedWindows(X, preprocessor, lookbackOf(params))
    const trainData: LabelledSequences = {
      ...windows(train),
      target: networkTargets(target, y, train),
      ...(sampleWeight !== undefined && { weight: Float32Array.from(sampleWeight) }),
    }
    const validationData: LabelledSequences = { ...windows(validation), target: networkTargets(target, y, validation) }
    const loaded = await loadTensorflow(this.#context)
    const config = { params, featureCount: preprocessor.names.length, threads, loss: lossOf(target), outputBias }
    const networks: WeightedNetwork[] = []
    try {
      for (let k = 0; k < params.members; k++) networks.push(createMember(loaded, config, memberSeed(seed, k)))
      const environment = {
        ...environmentOf(loaded, { ...params, ...config, lookbackBars: lookbackOf(params), seed }),
        member: params.member,
      }
      const results = await trainMembers({
        loaded,
        networks,
        params,
        train: trainData,
        validation: validationData,
        environment,
        fit: input,
      })
      this.#fitted = { loaded, networks, preprocessor, target }
      const history = meanHistory(results, params.epochs)
      const warnings = params.member === 'lstm' ? slowerPath(loaded.facts, params.cell) : []
      return {
        steps: history.length,
        bestStep: Math.max(...results.map(({ bestEpoch }) => bestEpoch)),
        history,
        backend: this.#backend(loaded),
        ...(warnings.length > 0 && { warnings }),
      }
    } catch (error) {
      for (const network of networks) network.dispose()
      throw error
    }
  }

  async predict(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    if (this.task === 'classification') return callsOf(await this.predictProba(X, rows))
    return meanOf(await this.#predictMembers(X, rows))
  }

  async predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> {
    this.#live()
    if (this.task === 'regression') throw notAClassifier('deep_ensemble')
    return meanOf(await this.#predictMembers(X, rows))
  }

  predictSpread = async (X: FeatureMatrix, rows: Int32Array): Promise<Float64Array> => deviationOf(await this.#predictMembers(X, rows))

  /** A network has no number of its own for a feature. */
  featureImportance(): undefined {
    return undefined
  }

  save(folder: string): Promise<void> {
    return new Promise((resolve) => {
      const { networks, preprocessor, target } = this.#live()
      const weights = networks.map((network, k) => writeWeights(memberFolder(folder, k), network))
      const values = { params: this.#params, preprocessor: preprocessor.toJSON(), weights, target }
      writeSavedModel<SavedDeepEnsemble>(folder, { kind: 'deep_ensemble', names: preprocessor.inputs, ...values })
      resolve()
    })
  }

  close(): Promise<void> {
    for (const network of this.#fitted?.networks ?? []) network.dispose()
    this.#fitted = undefined
    return Promise.resolve()
  }

  /** Probabilities, or predicted values, of each member. */
  async #predictMembers(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array[]> {
    const { loaded, networks, preprocessor, target } = this.#live()
    checkNames(X, preprocessor.inputs)
    const data = preparedWindows(X, preprocessor, lookbackOf(this.#params))(rows)
    const predictions: Float64Array[] = []
    for (const network of networks)
      predictions.push(
        this.task === 'classification'
          ? await predictProba(loaded.tf, network, data)
          : inUnitsOf(target, await predictLogits(loaded.tf, network, data)),
      )
    return predictions
  }

  #backend({ facts }: LoadedTensorflow): string {
    const { member, members, cell } = this.#params
    if (member === 'lstm') return `${describeBackend(facts, cell)}, ${members} members`
    const where = facts.tensorflow === undefined ? 'tfjs (pure JavaScript)' : `tensorflow ${facts.tensorflow} ${facts.inForce}`
    return `${where} (MLP, ${members} members in one product)`
  }

  #live(): Fitted {
    if (this.#fitted === undefined) throw notFitted()
    return this.#fitted
  }
}

const memberFolder = (folder: string, member: number): string => join(folder, `member-${member + 1}`)

const meanOf = (members: readonly Float64Array[]): Float64Array =>
  members[0]!.map((_, i) => members.reduce((sum, member) => sum + member[i]!, 0) / members.length)

/** Of the sample of members: divided by their number less one. */
function deviationOf(members: readonly Float64Array[]): Float64Array {
  const mean = meanOf(members)
  return mean.map((m, i) => Math.sqrt(members.reduce((sum, member) => sum + (member[i]! - m) ** 2, 0) / (members.length - 1)))
}

/** @throws LabError `unknown-parameter`, `bad-parameter` */
export function createDeepEnsembleModel(params: Readonly<Record<string, unknown>>, context: LstmContext): Model {
  return new DeepEnsembleModel(parseModelParams('deep_ensemble', deepEnsembleParamsSchema, params), context)
}

/** Predicts to the bit what the saved model did, on the same path. @throws LabError `no-model`, `damaged-model`, `bad-preprocessor`, `bad-scaler`, and those of {@link loadTensorflow} */
export async function loadDeepEnsembleModel(folder: string, context: LstmContext): Promise<Model> {
  const { params, preprocessor: json, weights, target } = readSavedModel<SavedDeepEnsemble>(folder)
  const preprocessor = preprocessorFromJson(json)
  const loaded = await loadTensorflow(context)
  const config = { params, featureCount: preprocessor.names.length, threads: 1, loss: lossOf(target), outputBias: 0 }
  const networks: WeightedNetwork[] = []
  try {
    for (const [k, manifest] of weights.entries()) {
      networks.push(createMember(loaded, config, 0))
      loadWeights(loaded.tf, memberFolder(folder, k), manifest, networks[k]!)
    }
  } catch (error) {
    for (const network of networks) network.dispose()
    throw error
  }
  return new DeepEnsembleModel(params, context, { loaded, networks, preprocessor, target })
}
