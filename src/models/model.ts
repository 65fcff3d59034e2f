import type { FeatureMatrix } from '../preprocess/index.js'
import type { CheckpointEvent, CheckpointOptions, MemoryGuard, MemoryShrink } from '../train/index.js'

/** classification: y is 0 or 1. regression: y is any finite number. */
export type Task = 'classification' | 'regression'

/**
 * One binary classifier or regression, whatever library is behind it. A model owns its preprocessing (scaler fitted on training rows only), so that what is
 * saved predicts by itself. `X` is always the whole matrix: sequence models read the rows before a given row from it.
 */
export interface Model {
  readonly kind: ModelKind
  readonly task: Task
  fit(input: FitInput): Promise<FitReport>
  /**
   * What y is expected to be for each of `rows`, in their order: of a classifier 1 where the probability is above 0.5, else 0.
   * Rows whose inputs are not all finite are an error, never a silent mean.
   */
  predict(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array>
  /** Probability of y = 1 for each of `rows`, in their order. @throws LabError `not-a-classifier` */
  predictProba(X: FeatureMatrix, rows: Int32Array): Promise<Float64Array>
  /**
   * How far the members of an ensemble lie apart for each of `rows`: the standard deviation of their probabilities or predicted values. undefined of a kind without members.
   */
  readonly predictSpread?: (X: FeatureMatrix, rows: Int32Array) => Promise<Float64Array>
  /**
   * The model's own measure, one non-negative number a feature in the order of X.names: gain of trees, |coefficient| of scaled inputs; undefined where it has none.
   * Measures that any model has: `permutationImportance`, and of those with {@link shapValues} the mean of |SHAP|.
   */
  featureImportance(): Float64Array | undefined
  /** What each feature adds to the prediction of each row, exactly; undefined of a kind that cannot say so at a bearable cost. */
  readonly shapValues?: (X: FeatureMatrix, rows: Int32Array) => Promise<ShapValues>
  /** Writes the model into an empty folder; `loadModel(folder)` reads it. */
  save(folder: string): Promise<void>
  /** Frees native memory and children. Safe to call twice. */
  close(): Promise<void>
}

/** Every kind of model. */
export type ModelKind = 'logistic' | 'lightgbm' | 'xgboost' | 'random_forest' | 'lstm' | 'deep_ensemble' | 'stack'

/**
 * `base` plus the values of a row is its prediction: of classifiers in log-odds, of regressions in units of y. `values` is row-major, one row for each row asked
 * for and one column for each of `X.names`; a feature that preprocessing dropped has 0.
 */
export interface ShapValues {
  readonly base: number
  readonly values: Float64Array
}

/** What a model is fitted on, and how. */
export interface FitInput {
  readonly X: FeatureMatrix
  /** Targets by row of X: 0 or 1, or any number of a regression (NaN where unknown; such rows must not be asked for). */
  readonly y: Float64Array
  /** When the label of each row of X is known, ms; what splits its training rows once more (a stack) purges by it. Default: at the row's own time. */
  readonly labelEndTime?: Float64Array
  readonly train: Int32Array
  /** For early stopping; may be empty. */
  readonly validation: Int32Array
  /** By position in `train`; undefined means all 1. */
  readonly sampleWeight?: Float64Array
  readonly seed: number
  /** Threads of this fit: a recorded setting, never derived from how many fits run beside it. */
  readonly threads: number
  /**
   * Go on from what the model has learned before, in `fit` or loaded, with as many steps again on these rows; its preprocessing stays as it is.
   * Default false: begin anew. @throws LabError `cannot-continue` of a kind whose library has no such thing, `not-fitted`
   */
  readonly continues?: boolean
  readonly signal?: AbortSignal
  /**
   * Where and when a model that trains in steps (LSTM, XGBoost; an epoch is then a round) writes checkpoints: a fit that was interrupted or killed goes on there when it is asked for again with the
   * same input, to the same bytes. The folder belongs to the fit alone; the caller removes it when the fitted model is saved. Others do not touch it.
   */
  readonly checkpoint?: FitCheckpoint
  /** Asked between steps by a model that can go on with less memory or stop with a checkpoint (the LSTM): see `LoopOptions.memory`. */
  readonly memory?: MemoryGuard
  readonly onProgress?: (event: FitProgress) => void
  readonly onNotice?: (notice: FitNotice) => void
}

/** Where and when a fit writes checkpoints. */
export type FitCheckpoint = Pick<CheckpointOptions, 'folder' | 'everyEpochs' | 'everyMinutes' | 'keepDays'>

/** What happened in a fit beside its steps. */
export type FitNotice = CheckpointEvent | ({ readonly type: 'memory-shrink' } & MemoryShrink)

/** One step of a fit. */
export interface FitProgress {
  /** Epoch, boosting round, group of a forest's trees or iteration, from 1. */
  readonly step: number
  readonly totalSteps: number
  readonly trainLoss?: number
  readonly validationLoss?: number
  /** Of the step's last update, where there is one. */
  readonly learningRate?: number
  /** Figures of the clock, for showing; not kept in a report. */
  readonly samplesPerSecond?: number
  readonly etaSeconds?: number
}

/** What a fit did. */
export interface FitReport {
  /** Steps done, and the one whose parameters were kept. */
  readonly steps: number
  readonly bestStep: number
  /** Loss per step, for learning curves. */
  readonly history: readonly FitProgress[]
  /** What computed it: 'scikit-learn 1.9.1', 'lightgbm 4.7.0', 'xgboost 3.2.0 (cuda:0)', 'tensorflow cpu (fused LSTM)', 'pure JavaScript'. */
  readonly backend: string
  /** What a reviewer should know: not converged, nothing to split. */
  readonly warnings?: readonly string[]
}
