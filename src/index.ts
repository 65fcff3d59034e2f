/** The face of Barlab: what notebooks and programs import. Nothing is implemented here, and importing it starts nothing. */
export * from './core/index.js'
export * from './config/index.js'
export * from './data/index.js'
export * from './indicators/index.js'
export * from './preprocess/index.js'
export * from './features/index.js'
export * from './labels/index.js'
export * from './split/index.js'
export * from './leaks/index.js'
export * from './metrics/index.js'
export * from './backtest/index.js'
export { loadTensorflow, type LoadedTensorflow, type LoadTensorflowOptions, type TensorflowFacts } from './native/tensorflow/index.js'
export {
  AdaptiveTrainer,
  createOptimizer,
  createSchedule,
  DEFAULT_TRAINING_CONFIG,
  logisticNetwork,
  predictProba,
  readWeights,
  train,
  trainMany,
  type AdaptiveTrainerOptions,
  type CheckpointOptions,
  type EpochEvent,
  type EpochMetrics,
  type LabelledSequences,
  type Network,
  type SequenceData,
  type ScheduleOptions,
  type TrainedOne,
  type Training,
  type TrainingSummary,
  type TrainOptions,
  type TrainResult,
} from './train/index.js'
export * from './models/index.js'
export * from './select/index.js'
export * from './evaluate/index.js'
export * from './tune/index.js'
export * from './track/index.js'
export * from './report/index.js'
export * from './workflow/index.js'

export * from './notebook/index.js'
