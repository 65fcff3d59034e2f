import { join } from 'node:path'
import { loadConfig } from '../../config/index.js'
import { EXIT, interruptSignal, LabError } from '../../core/index.js'
import type { Labels } from '../../labels/index.js'
import { createModel, loadModel, resolveModelSpec, rowsForModels, type ModelContext, type ModelSpec } from '../../models/index.js'
import { selectColumns, type FeatureMatrix } from '../../preprocess/index.js'
import { chooseFeatures, chooseOverFolds, type ChosenOverFolds } from '../../select/index.js'
import { openRun, type Run } from '../../track/index.js'
import { configuredSpace, studyStorage } from '../../tune/index.js'
import { fitFolds } from '../fits/fit-folds.js'
import { longest, tuneModel, type TunedModel, type TuneModelOptions } from '../tuning/index.js'
import { resolveModelConfig, type ModelConfig, type ResolvedModelConfig } from './model-config.js'
import { TrainedModel } from './trained-model.js'
import { trainerFolds } from './trainer-folds.js'
import { trainerMetrics } from './trainer-metrics.js'

/** What a model is trained on. */
export interface TrainerInput {
  readonly X: FeatureMatrix
  /** Of the same bars, targets 0 and 1; their end times decide what is purged. */
  readonly labels: Pick<Labels, 'y' | 'endTime' | 'horizonBars'>
  /** By row of X. */
  readonly sampleWeight?: Float64Array
  readonly signal?: AbortSignal
}

export interface Training {
  readonly run: Run
  readonly model: TrainedModel
  /** Undefined where all columns were kept. */
  readonly selection: ChosenOverFolds | undefined
  /** Undefined where parameters were not searched. */
  readonly tuning: TunedModel | undefined
}

/**
 * One call from features and labels to a scored, saved model: columns chosen, parameters searched, cross-validated walk-forward, fitted on everything before the hold-out
 * and scored there once. Every fit runs in a child process; the run folder keeps all of it.
 */
export class ModelTrainer {
  readonly config: ResolvedModelConfig
  readonly #context: ModelContext

  /** @throws LabError `unknown-setting`, `bad-setting`, `unknown-model`, `unknown-parameter`, `bad-parameter`, `not-a-classifier` */
  constructor(
    config: ModelConfig = {},
    context: Pick<ModelContext, 'device' | 'requireDevice'> = { device: 'auto', requireDevice: false },
  ) {
    this.config = resolveModelConfig(config)
    this.#context = context
    const { modelType: kind, params } = this.config
    if (createModel({ kind, params }, this.#context).task === 'regression')
      throw new LabError('not-a-classifier', 'ModelTrainer scores probabilities; a regression has none.', {
        received: "task: 'regression'",
        expected: "task: 'classification'",
        help: 'fit regressions with fitFolds and score them with regressionMetrics',
        exitCode: EXIT.usage,
      })
  }

  /**
   * Columns and parameters are chosen on rows before the hold-out alone: columns of the folds from the first fold's training rows, so that no fold is scored with columns that its
   * own test rows chose; those of the final model from all rows before the hold-out.
   * @returns the model is open: close it when it is done with
   * @throws LabError `too-few-bars`, `one-class`, `fit-failed`, `interrupted` (finished fits are kept), those of the search and the selection
   */
  async train(input: TrainerInput): Promise<Training> {
    const { modelType, metric, seed } = this.config
    const run = await openRun({ name: `train-${modelType}`, seed, parameters: { ...this.config } })
    let training: Training | undefined
    try {
      training = await this.#train(run, input)
      const { holdout } = training.model.metrics
      run.writeMetrics({ ...training.model.metrics, columns: training.model.facts.columns, spec: training.model.facts.spec })
      await training.model.save(run.path('model'))
      await run.finish('ok', {
        outcome: { headline: `${modelType}: ${metric} ${holdout.scores[metric]?.toFixed(4) ?? 'undefined'} on the hold-out` },
      })
      return training
    } catch (error) {
      await training?.model.close()
      await run.fail(error)
      throw error
    }
  }

  async #train(run: Run, { X, labels, sampleWeight, ...input }: TrainerInput): Promise<Training> {
    const { modelType: kind, params, metric, featureSelection, optimizeHyperparams, seed, threads, workers } = this.config
    const { y, endTime: labelEndTime, horizonBars } = labels
    const signal = input.signal ?? interruptSignal()
    const given = { y, labelEndTime, ...(sampleWeight !== undefined && { sampleWeight }), ...(signal !== undefined && { signal }) }
    const search = optimizeHyperparams ? this.#search() : undefined
    const { cv, holdout } = trainerFolds(
      { X, y, labelEndTime, ...rowsForModels(X, [{ kind, params: { ...params, ...(search !== undefined && longest(search.space)) } }]) },
      this.config,
    )
    const fit = { ...given, ...this.#context, runFolder: run.folder, seed, workers, threadsPerFit: threads }

    const about = { X, ...given, seed, threads, context: this.#context }
    const selection = featureSelection === null ? undefined : await chooseOverFolds(cv, about, featureSelection)
    const ofFolds = selection === undefined ? X : selectColumns(X, selection.folds[0]!.columns)
    const before = { ...about, train: Int32Array.from([...holdout.train, ...holdout.validation]) }
    const ofFinal = featureSelection === null ? X : selectColumns(X, (await chooseFeatures(before, featureSelection)).columns)

    const tuning = search === undefined ? undefined : await this.#tune({ ...fit, ...search, X: ofFolds, folds: cv })
    const spec: ModelSpec = resolveModelSpec({ kind, params: { ...params, ...tuning?.result?.params } })
    const models = [{ name: kind, spec }]
    const folds = await fitFolds({ ...fit, X: ofFolds, folds: cv, models })
    const [final] = await fitFolds({ ...fit, X: ofFinal, folds: [holdout], models })
    const importance = final!.importance === undefined ? undefined : [...final!.importance]
    const metrics = trainerMetrics(metric, y, horizonBars, folds, final!)
    const model = await loadModel(join(final!.folder, 'model'), this.#context)
    return { run, model: new TrainedModel(model, { spec, columns: ofFinal.names, metrics, importance }), selection, tuning }
  }

  #search(): Pick<TuneModelOptions, 'space' | 'storage'> {
    const config = loadConfig()
    return {
      space: this.config.space ?? configuredSpace(this.config.modelType, config),
      storage: studyStorage(undefined, config.tuning.storage),
    }
  }

  #tune(search: Omit<TuneModelOptions, 'model' | 'fixed' | 'metric' | 'trials' | 'batch'>): Promise<TunedModel> {
    const { modelType: model, params, metric, nTrials: trials, batch } = this.config
    const fixed = Object.fromEntries(Object.entries(params).filter(([name]) => !Object.hasOwn(search.space, name)))
    return tuneModel({ ...search, model, fixed, metric, trials, batch })
  }
}
