import { loadConfig, type TrainingConfig } from '../../config/index.js'
import { interruptSignal, machineFacts } from '../../core/index.js'
import { loadBars } from '../../data/index.js'
import { FeatureEngineer } from '../../features/index.js'
import { assertNoLeaks } from '../../leaks/index.js'
import { directionLabels } from '../../labels/index.js'
import type { ClassificationMetricName } from '../../metrics/index.js'
import type { ModelKind } from '../../models/index.js'
import type { DevicePolicy } from '../../runtime/index.js'
import { openRun, type Run } from '../../track/index.js'
import {
  configuredSpace,
  studyStorage,
  writeStudyResult,
  type PrunerKind,
  type SamplerKind,
  type SearchSpace,
  type StudyTrial,
} from '../../tune/index.js'
import { announceDevice } from '../announce-device.js'
import { certifyRun } from '../certify-run.js'
import { directionLeakSubjects } from '../direction/direction-leaks.js'
import { directionModels } from '../direction/direction-models.js'
import { fitCheckpointPlan } from '../fits/fit-checkpoints.js'
import { FitMemory } from '../fits/fit-memory.js'
import { keepResources } from '../fits/keep-resources.js'
import { checkTuning } from './check-tuning.js'
import { saveTuning } from './save-tuning.js'
import { scoreHoldout, type HoldoutScore } from './score-holdout.js'
import { tuneModel, type TunedModel } from './tune-model.js'
import { tuningSplit } from './tuning-split.js'

/** What to search, on which bars. */
export interface TuneDirectionOptions {
  readonly model: ModelKind
  /** Name under datasets/ or path of a CSV or Parquet file. */
  readonly dataset: string
  readonly symbol?: string
  readonly timeframe?: string
  /** Bars ahead; default 1. */
  readonly horizon?: number
  /** Default: the project's config/ml/training.yaml, whose section `tuning` has the defaults of what follows. */
  readonly config?: TrainingConfig
  readonly study?: string
  readonly storage?: string
  readonly trials?: number
  readonly workers?: number
  readonly batch?: number
  readonly sampler?: SamplerKind
  readonly pruner?: PrunerKind
  readonly metric?: ClassificationMetricName
  readonly space?: SearchSpace
  /** LSTM; default 6. */
  readonly epochs?: number
  /** Default 7. */
  readonly seed?: number
  readonly timeoutMs?: number
  readonly device?: DevicePolicy
  readonly signal?: AbortSignal
  readonly onTrial?: (trial: StudyTrial, best: StudyTrial | undefined) => void
}

/** The run, the study, and its scores on the hold-out. */
export interface DirectionTuning {
  readonly run: Run
  readonly tuned: TunedModel
  /** Of the best parameters and of the defaults; empty where no trial is complete. */
  readonly holdout: readonly HoldoutScore[]
}

/**
 * Tunes one model of the direction job: bars, features, labels and leak certificate as there, a study on walk-forward folds of all bars but the latest, and in the end one
 * score of the best parameters, beside the defaults, on those. Best parameters are for `trainDirection({ tuned: STUDY })`.
 * @throws LabError of each step; the run is then marked failed (interrupted where it was stopped), the study keeps its trials
 */
export async function tuneDirection(options: TuneDirectionOptions): Promise<DirectionTuning> {
  const { model, dataset, symbol, timeframe, horizon = 1, epochs = 6, seed = 7, onTrial } = options
  const config = options.config ?? loadConfig()
  const settings = config.tuning
  const { sampler = settings.sampler, pruner = settings.pruner, metric = settings.metric, trials = settings.trials } = options
  const workers = Math.max(1, Math.min(options.workers ?? settings.workers, config.resources.max_workers, machineFacts().cores))
  // The batch must not follow from how many cores this machine has.
  const batch = options.batch ?? settings.batch ?? options.workers ?? settings.workers
  const space = options.space ?? configuredSpace(model, config)
  const defaults = directionModels([model], epochs, config)[0]!.spec.params
  const fixed = Object.fromEntries(Object.entries(defaults).filter(([name]) => !Object.hasOwn(space, name)))
  const parameters = {
    model,
    dataset,
    symbol: symbol ?? '',
    timeframe: timeframe ?? '',
    horizon,
    sampler,
    pruner,
    metric,
    trials,
    batch,
    seed,
  }
  const run = await openRun({ name: `tune-${model}`, seed, parameters })
  let memory: FitMemory | undefined
  try {
    await run.record('config', config)
    const device = await announceDevice(run, config, options.device)
    const { bars, source } = await loadBars({ dataset, ...(symbol && { symbol }), ...(timeframe && { timeframe }) })
    await run.record('dataset', source)
    const engineer = new FeatureEngineer()
    const X = engineer.fitTransform(bars)
    const labels = directionLabels(bars, { horizonBars: horizon })
    const split = tuningSplit({ bars, X, labels, model, fixed, space, holdoutShare: settings.holdout_share, config })
    const every = { folds: [...split.folds, split.holdout] }
    assertNoLeaks(await certifyRun(run, directionLeakSubjects({ bars, engineer, X, labels, split: every, config }), { seed }))
    memory = FitMemory.start({ config, gpu: device.inForce === 'cuda', onEvent: ({ time: _, ...event }) => run.event('memory', event) })
    const checkpoints = fitCheckpointPlan(config)
    const signal = options.signal ?? interruptSignal()
    const fit = {
      ...{ threadsPerFit: config.resources.threads_per_fit, device: device.requested, requireDevice: device.required, memory, seed },
      ...(checkpoints !== undefined && { checkpoints }),
      ...(signal !== undefined && { signal }),
    }
    const tuned = await tuneModel({
      ...fit,
      ...{ model, fixed, space, X, y: labels.y, labelEndTime: labels.endTime, folds: split.folds, metric },
      ...{ sampler, pruner, trials, workers, batch },
      maxFailuresInRow: settings.max_failures_in_row,
      maxRetries: settings.max_retries,
      heartbeatSeconds: settings.heartbeat_seconds,
      facts: { dataset: source, horizon, features: X.names.length, holdoutFrom: new Date(bars.time[split.holdoutFrom]!).toISOString() },
      ...(options.study !== undefined && { study: options.study }),
      storage: studyStorage(options.storage, settings.storage),
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
      onTrial: (trial, best) => {
        const { params, value, state, number, error } = trial
        run.event('trial', { number, state, params, value, ...(error !== null && { error }) })
        onTrial?.(trial, best)
      },
    })
    const best = tuned.result
    const holdout =
      best === undefined
        ? []
        : await scoreHoldout({
            ...fit,
            ...{ runFolder: run.folder, workers, X, labels, holdout: split.holdout, model },
            parameters: { tuned: { ...fixed, ...best.params }, default: defaults },
          })
    if (best !== undefined) {
      const { study, direction, facts } = best
      writeStudyResult({ study, model, metric, direction, facts: { ...facts, holdout } }, tuned.trials)
    }
    const checks =
      best === undefined
        ? undefined
        : await checkTuning({
            ...fit,
            ...{
              runFolder: run.folder,
              workers,
              X,
              y: labels.y,
              labelEndTime: labels.endTime,
              folds: split.folds,
              bars,
              model,
              fixed,
              tuned,
            },
            ...{ threshold: config.backtest.threshold, feeRate: config.backtest.fee_rate },
          })
    await keepResources(run, memory)
    await saveTuning({ run, tuned, holdout, checks, metric, source, bars, split, space })
    return { run, tuned, holdout }
  } catch (error) {
    await run.fail(error)
    throw error
  } finally {
    memory?.close()
  }
}
