import { z } from 'zod'

/** Sections that are left out are filled with defaults key by key; a key that is not here is an error. Units stand in the names. */

const positiveInt = z.int().min(1)
const share = z.number().min(0).max(1)
const folder = z.string().min(1)

/** 'per_fold', or every so often: '10 epochs', '15 minutes'. */
const frequency = z.string().regex(/^(per_fold|[1-9]\d* (epochs|minutes))$/, 'expected "per_fold", "10 epochs" or "15 minutes"')

const resources = z.strictObject({
  max_memory_gb: z.number().positive().nullable().default(8),
  max_workers: positiveInt.default(4),
  threads_per_fit: positiveInt.default(1),
  device: z.enum(['auto', 'cuda', 'cpu']).default('auto'),
  /** Older name of device: true is cuda, false is cpu. Gone from the loaded configuration. */
  gpu_enabled: z.boolean().optional(),
  chunk_size: positiveInt.default(50_000),
  cache_size_gb: z.number().min(0).default(2),
  db_pool_size: positiveInt.default(20),
  temp_dir: folder.default('temp'),
  artifacts_dir: folder.default('artifacts'),
  logs_dir: folder.default('logs'),
  checkpoints_dir: folder.default('checkpoints'),
})

const embargo = z.union([z.number().min(0), z.literal('none')], 'expected a number of minutes from 0, or none')

const training = z.strictObject({
  validation: z
    .strictObject({
      method: z.literal('walk_forward').default('walk_forward'),
      n_splits: positiveInt.default(5),
      embargo_minutes: embargo.default(30),
      test_size: z.number().gt(0).lt(1).default(0.2),
      window: z.enum(['anchored', 'rolling']).default('anchored'),
      validation_share: z.number().min(0).lt(1).default(0.15),
    })
    .prefault({}),
  optimization: z
    .strictObject({
      early_stopping: z.strictObject({ patience: positiveInt.default(3), min_delta: z.number().min(0).default(0.001) }).prefault({}),
      max_iter: positiveInt.default(5000),
      auto_tune: z.boolean().default(true),
    })
    .prefault({}),
  checkpoints: z
    .strictObject({
      enabled: z.boolean().default(true),
      frequency: frequency.default('per_fold'),
      retention_days: z.number().min(0).default(7),
    })
    .prefault({}),
})

/** What is learned from the training rows of each fit before its model; null leaves a step out. */
const preprocess = z.strictObject({
  scaler: z.enum(['auto', 'standard', 'minmax', 'robust', 'none']).default('auto'),
  drop_near_constant: z.number().gt(0).max(1).nullable().default(1),
  drop_correlated_above: z.number().gt(0).lt(1).nullable().default(0.98),
  correlation: z.enum(['pearson', 'spearman']).default('pearson'),
  missing: z.enum(['reject', 'median', 'forward_fill']).default('reject'),
  forward_fill_max_age_bars: positiveInt.default(3),
  missing_indicators: z.boolean().default(false),
  winsorise: z
    .tuple([share, share])
    .refine(([lower, upper]) => lower < upper, 'expected two shares, the lower first')
    .nullable()
    .default(null),
})

const solver = z.enum(['lbfgs', 'liblinear', 'newton-cg', 'newton-cholesky', 'sag', 'saga'])

const direction = z.strictObject({
  default_params: z
    .strictObject({
      C: z.array(z.number().positive()).min(1).default([0.1, 1, 10]),
      solver: z.array(solver).min(1).default(['liblinear', 'saga']),
      max_iter: positiveInt.default(3000),
    })
    .prefault({}),
  promotion_thresholds: z
    .strictObject({
      min_auc: share.default(0.52),
      max_brier: share.default(0.25),
      min_samples: z.int().min(0).default(1000),
      min_accuracy: share.default(0.5),
    })
    .prefault({}),
})

const symbolBalance = z.strictObject({
  initial: z.number().positive(),
  target: z.number().positive(),
  risk_per_trade: share,
  max_leverage: z.number().min(1).default(1),
  min_trade_size: z.number().min(0).default(0),
})

const balance = z.strictObject({
  initial: z.number().positive().default(1000),
  target: z.number().positive().default(10_000),
  risk_per_trade: share.default(0.01),
  symbols: z.record(z.string(), symbolBalance).default({}),
})

const memoryShare = z.number().gt(0).max(1)

const monitoring = z
  .strictObject({
    log_level: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
    progress_frequency: z.number().gt(0).max(1).default(0.1),
    metrics_frequency: frequency.default('per_fold'),
    memory_threshold_gb: z.number().positive().nullable().default(6),
    memory_warn_share: memoryShare.default(0.8),
    memory_shrink_share: memoryShare.default(0.9),
    memory_stop_share: memoryShare.default(0.95),
    cpu_threshold_percent: z.number().gt(0).max(100).nullable().default(90),
  })
  .refine(
    ({ memory_warn_share: warn, memory_shrink_share: shrink, memory_stop_share: stop }) => warn <= shrink && shrink <= stop,
    'expected memory_warn_share <= memory_shrink_share <= memory_stop_share',
  )

const backtest = z.strictObject({
  threshold: share.default(0.5),
  fee_rate: z.number().min(0).lt(1).default(0.001),
})

const searchValue = z.union([z.number(), z.string(), z.boolean()])

/** What a parameter may be: one of a list, or a number between two. */
const searchRange = z.union(
  [
    z.array(searchValue).min(1),
    z.strictObject({
      min: z.number(),
      max: z.number(),
      log: z.boolean().optional(),
      step: z.number().positive().optional(),
      whole: z.boolean().optional(),
    }),
  ],
  'expected a list of values, or {min, max} with log, step or whole',
)

const tuning = z.strictObject({
  storage: z
    .string()
    .min(1)
    .refine(
      (url) => !/:\/\/[^/]*:[^/]*@|[?&]password=/i.test(url),
      'expected a URL without a password: configurations are kept with every run. Give it by BARLAB_OPTUNA_STORAGE or ~/.pgpass',
    )
    .nullable()
    .default(null),
  sampler: z.enum(['tpe', 'cmaes', 'random', 'grid']).default('tpe'),
  pruner: z.enum(['none', 'median', 'hyperband', 'successive_halving']).default('median'),
  metric: z.enum(['auc', 'logLoss', 'brier', 'accuracy', 'precision', 'recall', 'f1', 'mcc', 'calibrationError']).default('auc'),
  trials: positiveInt.default(50),
  workers: positiveInt.default(2),
  batch: positiveInt.nullable().default(null),
  holdout_share: z.number().gt(0).lt(1).default(0.2),
  max_failures_in_row: positiveInt.default(5),
  max_retries: z.int().min(0).default(3),
  heartbeat_seconds: positiveInt.default(15),
  spaces: z.record(z.string(), z.record(z.string(), searchRange)).default({}),
})

/** What a configuration file may say; see config/ml/training.yaml, which explains every key. */
export const trainingConfigSchema = z.strictObject({
  resources: resources.prefault({}),
  training: training.prefault({}),
  preprocess: preprocess.prefault({}),
  models: z.strictObject({ direction: direction.prefault({}) }).prefault({}),
  tuning: tuning.prefault({}),
  backtest: backtest.prefault({}),
  balance: balance.prefault({}),
  monitoring: monitoring.prefault({}),
})

type Written = z.output<typeof trainingConfigSchema>

/** A checked configuration with every key filled in. `resources.device` already counts `gpu_enabled` in. */
export type TrainingConfig = Omit<Written, 'resources'> & { readonly resources: Omit<Written['resources'], 'gpu_enabled'> }

/** What may be written in a file or given in code: every key is optional. */
export type TrainingConfigInput = z.input<typeof trainingConfigSchema>
