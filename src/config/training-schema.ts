import { z } from 'zod'

/** Sections that are left out are filled with defaults key by key; a key that is not here is an error. Units stand in the names. What a key means stands beside it, for docs/configuration.md. */

const positiveInt = z.int().min(1)
const share = z.number().min(0).max(1)
const folder = z.string().min(1)

/** 'per_fold', or every so often: '10 epochs', '15 minutes'. */
const frequency = z.string().regex(/^(per_fold|[1-9]\d* (epochs|minutes))$/, 'expected "per_fold", "10 epochs" or "15 minutes"')

const resources = z.strictObject({
  max_memory_gb: z
    .number()
    .positive()
    .nullable()
    .default(8)
    .describe(
      'host memory that a training and its children may hold (1 GB is 2^30 bytes); a smaller limit of container or machine holds as well. null: no limit but those',
    ),
  max_workers: positiveInt
    .default(4)
    .describe('fits that run at once; never more than the machine has cores. The results do not depend on it'),
  threads_per_fit: positiveInt.default(1).describe("threads of one fit; recorded, because a library's last digits can depend on it"),
  device: z.enum(['auto', 'cuda', 'cpu']).default('auto').describe('where models are trained; auto takes the card where there is one'),
  /** Older name of device: true is cuda, false is cpu. Gone from the loaded configuration. */
  gpu_enabled: z.boolean().optional().describe('older name of device: true is cuda, false is cpu'),
  chunk_size: positiveInt.default(50_000).describe('[reserved] rows read at once'),
  cache_size_gb: z.number().min(0).default(2).describe('[reserved] size of a cache'),
  db_pool_size: positiveInt.default(20).describe('[reserved] connections to a database'),
  temp_dir: folder.default('temp').describe('[reserved] folder, relative to the project'),
  artifacts_dir: folder.default('artifacts').describe('[reserved] folder, relative to the project'),
  logs_dir: folder.default('logs').describe('[reserved] folder, relative to the project'),
  checkpoints_dir: folder.default('checkpoints').describe('[reserved] folder, relative to the project'),
})

const embargo = z.union([z.number().min(0), z.literal('none')], 'expected a number of minutes from 0, or none')

const training = z.strictObject({
  validation: z
    .strictObject({
      method: z.literal('walk_forward').default('walk_forward').describe('train on the past, test on what follows, never shuffled'),
      n_splits: positiveInt.default(5).describe('consecutive test blocks'),
      embargo_minutes: embargo
        .default(30)
        .describe(
          'gap before every later part, in minutes; never shorter than the horizon of the label. none: no gap beyond what purging leaves',
        ),
      test_size: z.number().gt(0).lt(1).default(0.2).describe('share of all bars that the test blocks cover together'),
      window: z
        .enum(['anchored', 'rolling'])
        .default('anchored')
        .describe('anchored: train on everything before; rolling: on a span of constant length'),
      validation_share: z.number().min(0).lt(1).default(0.15).describe('latest share of the training rows, held out for early stopping'),
    })
    .prefault({}),
  optimization: z
    .strictObject({
      early_stopping: z
        .strictObject({
          patience: positiveInt.default(3).describe('networks: epochs without improvement that are waited for'),
          min_delta: z
            .number()
            .min(0)
            .default(0.001)
            .describe(
              'networks: what the validation loss must fall by to be waited for. The epoch of the lowest loss is the one that is kept',
            ),
        })
        .prefault({}),
      max_iter: positiveInt.default(5000).describe('[reserved] steps of an optimiser'),
      auto_tune: z.boolean().default(true).describe('[reserved] npm run tune searches'),
    })
    .prefault({}),
  checkpoints: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe('of fits in progress (networks, XGBoost); finished ones are always kept. false: an interrupted fit begins anew'),
      frequency: frequency
        .default('per_fold')
        .describe('per_fold: every 5 minutes within a fold, and when it is interrupted; or for example 10 epochs or 15 minutes'),
      retention_days: z.number().min(0).default(7).describe('older checkpoints of other settings are removed. 0: never'),
    })
    .prefault({}),
})

/** What is learned from the training rows of each fit before its model; null leaves a step out. */
const preprocess = z.strictObject({
  scaler: z
    .enum(['auto', 'standard', 'minmax', 'robust', 'none'])
    .default('auto')
    .describe('auto: standard for logistic regression and networks, none for trees; minmax: -1 to 1; robust: median and quartiles'),
  drop_near_constant: z
    .number()
    .gt(0)
    .max(1)
    .nullable()
    .default(1)
    .describe('a column goes when one value fills more than this share of the rows; 1: only constant columns. null: leaves the step out'),
  drop_correlated_above: z
    .number()
    .gt(0)
    .lt(1)
    .nullable()
    .default(0.98)
    .describe('a column goes when its absolute correlation with an earlier, kept one is above this. null: leaves the step out'),
  correlation: z.enum(['pearson', 'spearman']).default('pearson').describe('of values, or of ranks'),
  missing: z
    .enum(['reject', 'median', 'forward_fill'])
    .default('reject')
    .describe('reject: rows must be complete; median: of the training rows; forward_fill: the last value before. Warm-up is never made up'),
  forward_fill_max_age_bars: positiveInt.default(3).describe('forward_fill: an older value is not used'),
  missing_indicators: z
    .boolean()
    .default(false)
    .describe('median, forward_fill: one more column, 0 or 1, for each column that lacks a value in a training row'),
  winsorise: z
    .tuple([share, share])
    .refine(([lower, upper]) => lower < upper, 'expected two shares, the lower first')
    .nullable()
    .default(null)
    .describe('clip at two quantiles of the training rows, for example [0.005, 0.995]. null: leaves the step out'),
})

const solver = z.enum(['lbfgs', 'liblinear', 'newton-cg', 'newton-cholesky', 'sag', 'saga'])

const direction = z.strictObject({
  default_params: z
    .strictObject({
      C: z
        .array(z.number().positive())
        .min(1)
        .default([0.1, 1, 10])
        .describe('inverse strength of the L2 penalty; a list is a search space, its first value is the one used without a search'),
      solver: z.array(solver).min(1).default(['liblinear', 'saga']).describe('of scikit-learn; a list, as C'),
      max_iter: positiveInt.default(3000).describe('most iterations of the solver'),
    })
    .prefault({}),
  promotion_thresholds: z
    .strictObject({
      min_auc: share.default(0.52).describe('least AUC of the pooled test rows'),
      max_brier: share.default(0.25).describe('greatest Brier score'),
      min_samples: z.int().min(0).default(1000).describe('fewest test rows'),
      min_accuracy: share.default(0.5).describe('least accuracy'),
    })
    .prefault({}),
})

const symbolBalance = z.strictObject({
  initial: z.number().positive().describe('[reserved] for trading'),
  target: z.number().positive().describe('[reserved] for trading'),
  risk_per_trade: share.describe('[reserved] share of the balance'),
  max_leverage: z.number().min(1).default(1).describe('[reserved]'),
  min_trade_size: z.number().min(0).default(0).describe('[reserved]'),
})

const balance = z.strictObject({
  initial: z.number().positive().default(1000).describe('[reserved] for trading'),
  target: z.number().positive().default(10_000).describe('[reserved] for trading'),
  risk_per_trade: share.default(0.01).describe('[reserved] share of the balance'),
  symbols: z.record(z.string(), symbolBalance).default({}).describe('[reserved] the same for a symbol, by its name'),
})

const memoryShare = z.number().gt(0).max(1)

const monitoring = z
  .strictObject({
    log_level: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO').describe('[reserved]'),
    progress_frequency: z.number().gt(0).max(1).default(0.1).describe('[reserved] share of the work between two progress lines'),
    metrics_frequency: frequency.default('per_fold').describe('[reserved]'),
    memory_threshold_gb: z
      .number()
      .positive()
      .nullable()
      .default(6)
      .describe('warn from this much host memory, where memory_warn_share does not warn before. null: by share alone'),
    memory_warn_share: memoryShare.default(0.8).describe('share of the memory limit in force from which there is a warning'),
    memory_shrink_share: memoryShare.default(0.9).describe('from here: smaller micro-batches, the same effective batch'),
    memory_stop_share: memoryShare.default(0.95).describe('from here: checkpoint and end, before the system ends it'),
    cpu_threshold_percent: z
      .number()
      .gt(0)
      .max(100)
      .nullable()
      .default(90)
      .describe('warn when all cores together are busier than this, whoever keeps them busy. null: never'),
  })
  .refine(
    ({ memory_warn_share: warn, memory_shrink_share: shrink, memory_stop_share: stop }) => warn <= shrink && shrink <= stop,
    'expected memory_warn_share <= memory_shrink_share <= memory_stop_share',
  )

const backtest = z.strictObject({
  threshold: share.default(0.5).describe('long above this probability, else flat'),
  fee_rate: z.number().min(0).lt(1).default(0.001).describe('share of the traded value at each side; 0.001 is 0.1 %'),
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
    .default(null)
    .describe(
      'database of the studies. null: the SQLite file runs/studies/optuna.db; or postgresql://user@host/database, without a password. BARLAB_OPTUNA_STORAGE and --storage come first',
    ),
  sampler: z.enum(['tpe', 'cmaes', 'random', 'grid']).default('tpe').describe('how parameters are drawn'),
  pruner: z.enum(['none', 'median', 'hyperband', 'successive_halving']).default('median').describe('when a trial ends early'),
  metric: z
    .enum(['auc', 'logLoss', 'brier', 'accuracy', 'precision', 'recall', 'f1', 'mcc', 'calibrationError'])
    .default('auc')
    .describe('what a trial is judged by: the mean over the folds'),
  trials: positiveInt.default(50).describe('how many the study has in the end'),
  workers: positiveInt.default(2).describe('trials at a time. The results do not depend on it'),
  batch: positiveInt
    .nullable()
    .default(null)
    .describe('trials that are drawn before any of them is told; with the seed it decides the trials. null: as many as workers'),
  holdout_share: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe('latest share of the bars, which no trial sees: the best parameters are scored there once'),
  max_failures_in_row: positiveInt.default(5).describe('a study ends with an error after so many'),
  max_retries: z.int().min(0).default(3).describe('how often a trial is begun again whose process was killed'),
  heartbeat_seconds: positiveInt.default(15).describe('a trial of another machine is given up as lost after four of them'),
  spaces: z
    .record(z.string(), z.record(z.string(), searchRange))
    .default({})
    .describe(
      'per model and parameter a list of values, or {min, max} with log: true, step or whole: true. Left out: the default space of the model',
    ),
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
