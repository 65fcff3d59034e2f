import { loadConfig, type TrainingConfig } from '../../config/index.js'
import { loadBars } from '../../data/index.js'
import { FeatureEngineer } from '../../features/index.js'
import { assertNoLeaks } from '../../leaks/index.js'
import { directionLabels } from '../../labels/index.js'
import type { ModelKind } from '../../models/index.js'
import type { DevicePolicy } from '../../runtime/index.js'
import { openRun, type Run } from '../../track/index.js'
import { announceDevice } from '../announce-device.js'
import { certifyRun } from '../certify-run.js'
import { directionLeakSubjects } from './direction-leaks.js'
import { directionModels } from './direction-models.js'
import { directionSplit } from './direction-split.js'
import { fitDirection } from './fit-direction.js'
import { saveDirection } from './save-direction.js'
import { scoreDirection, type DirectionScores } from './score-direction.js'

/** Parameters of the direction job. */
export interface TrainDirectionOptions {
  /** Name under datasets/ or path of a CSV or Parquet file. */
  readonly dataset: string
  readonly symbol?: string
  /** Merge the bars into longer ones first: '4h', '1d'. */
  readonly timeframe?: string
  /** Bars ahead; default 1. */
  readonly horizon?: number
  /** Default: the project's config/ml/training.yaml. */
  readonly config?: TrainingConfig
  /** Default: all three. */
  readonly models?: readonly ModelKind[]
  /** Names of studies (`npm run tune`) whose best parameters their models get. Default none. */
  readonly tuned?: readonly string[]
  /** LSTM; default 6. */
  readonly epochs?: number
  readonly seed?: number
  /** Default: from the configuration (backtest.threshold). */
  readonly threshold?: number
  readonly workers?: number
  /** Default: BARLAB_DEVICE, then the configuration. */
  readonly device?: DevicePolicy
  readonly signal?: AbortSignal
}

/** The run, and what its models scored. */
export interface DirectionResult {
  readonly run: Run
  readonly scores: DirectionScores
}

/**
 * The direction notebook as one call: bars, features, labels, folds, leak certificate, fits, scores, gates, run folder and report. Folds and embargo come from
 * `training.validation` of the configuration.
 * @throws LabError of each step; the run is then marked failed (interrupted where it was stopped), finished fits are kept
 */
export async function trainDirection(options: TrainDirectionOptions): Promise<DirectionResult> {
  const { dataset, symbol, timeframe, horizon = 1, epochs = 6, seed = 7, workers = 2, tuned = [] } = options
  const config = options.config ?? loadConfig()
  const threshold = options.threshold ?? config.backtest.threshold
  const models = directionModels(options.models ?? ['logistic', 'lightgbm', 'lstm'], epochs, config, tuned)
  const parameters = {
    dataset,
    symbol: symbol ?? '',
    timeframe: timeframe ?? '',
    horizon,
    models: models.map(({ name }) => name),
    ...(tuned.length > 0 && { tuned }),
    epochs,
    seed,
    threshold,
  }
  const run = await openRun({ name: 'direction', seed, parameters })
  try {
    await run.record('config', config)
    const device = await announceDevice(run, config, options.device)
    const { bars, quality, source } = await loadBars({ dataset, ...(symbol && { symbol }), ...(timeframe && { timeframe }) })
    await run.record('dataset', source)
    const engineer = new FeatureEngineer()
    const X = engineer.fitTransform(bars)
    const labels = directionLabels(bars, { horizonBars: horizon })
    const { n_splits, test_size, embargo_minutes } = config.training.validation
    const split = directionSplit({ bars, X, labels, models, folds: n_splits, testSize: test_size, embargoMinutes: embargo_minutes, config })
    const certificate = await certifyRun(run, directionLeakSubjects({ bars, engineer, X, labels, split, config }), { seed })
    assertNoLeaks(certificate)
    const fits = await fitDirection({
      run,
      X,
      labels,
      split,
      models,
      seed,
      workers,
      config,
      device,
      ...(options.signal && { signal: options.signal }),
    })
    const scores = scoreDirection({ bars, labels, split, fits, threshold, config })
    await saveDirection({ run, deviceBanner: device.banner, seed, bars, quality, source, X, certificate, labels, split, fits, scores })
    return { run, scores }
  } catch (error) {
    await run.fail(error)
    throw error
  }
}
