import { z } from 'zod'
import { EXIT, LabError, nearestName } from '../../core/index.js'
import { classificationMetrics, type ClassificationMetricName } from '../../metrics/index.js'
import { modelKinds, type ModelKind } from '../../models/index.js'
import type { SelectionMethod } from '../../select/index.js'
import type { SearchSpace } from '../../tune/index.js'

const whole = (least: number) => z.number().int('a whole number').min(least, `a whole number from ${least}`)
const share = z.number().gt(0, 'a share between 0 and 1').lt(1, 'a share between 0 and 1')
const metrics = classificationMetrics.map(({ name }) => name) as [ClassificationMetricName, ...ClassificationMetricName[]]

const schema = z.strictObject({
  /** Kind of model. */
  modelType: z.enum(modelKinds as [ModelKind, ...ModelKind[]], `one of ${modelKinds.join(', ')}`).default('lightgbm'),
  /** Parameters of the model that are not its defaults. */
  params: z.record(z.string(), z.unknown()).default({}),
  /** Search parameters by Optuna on the walk-forward folds before the hold-out. */
  optimizeHyperparams: z.boolean('true or false').default(false),
  /** Of the search. */
  nTrials: whole(1).default(50),
  /** What is searched; default: the model's own space (`defaultSpaces`). */
  space: z
    .custom<SearchSpace>((value) => value !== null && typeof value === 'object', 'a search space')
    .nullable()
    .default(null),
  /** What the search and the cross-validation are judged by. */
  metric: z.enum(metrics, `one of ${metrics.join(', ')}`).default('auc'),
  /** Walk-forward folds before the hold-out. */
  cv: z
    .strictObject({
      folds: whole(1).default(5),
      /** Share of the rows before the hold-out that their test blocks cover together. */
      testShare: share.default(0.4),
      /** Gap before each later part beside purging; default: the length of a label. */
      embargoMinutes: z.number().min(0, 'minutes, 0 or more').nullable().default(null),
      /** Latest share of the training rows, for early stopping. */
      validationShare: z
        .number()
        .min(0, 'a share from 0 up to, not including, 1')
        .lt(1, 'a share from 0 up to, not including, 1')
        .default(0.15),
    })
    .prefault({}),
  /** Latest share of all rows, seen by nothing but the final score. */
  holdoutShare: share.default(0.2),
  /** See `SelectionMethod`; null: all columns. */
  featureSelection: z
    .custom<SelectionMethod>((value) => value !== null && typeof value === 'object' && 'by' in value, "a method: { by: 'clusters' }")
    .nullable()
    .default(null),
  seed: z.number().int('a whole number').default(7),
  threads: whole(1).default(1),
  /** Trials that are drawn before any of them is told; with the seed it decides the trials. */
  batch: whole(1).default(2),
  /** Fits and trials at a time; results do not depend on it. */
  workers: whole(1).default(2),
})

/** How a model is trained; every setting is optional. */
export type ModelConfig = z.input<typeof schema>
export type ResolvedModelConfig = z.output<typeof schema>

/** @throws LabError `unknown-setting`, `bad-setting`, each naming the setting */
export function resolveModelConfig(config: ModelConfig): ResolvedModelConfig {
  const result = schema.safeParse(config)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(issue.path[0] === 'cv' ? schema.shape.cv.unwrap().shape : schema.shape)
    throw new LabError('unknown-setting', 'ModelConfig has no such setting.', {
      received: [...issue.path, issue.keys[0]!].join('.'),
      expected: known.join(', '),
      help: `did you mean ${nearestName(issue.keys[0]!, known) ?? 'another one'}?`,
      exitCode: EXIT.usage,
    })
  }
  const path = issue.path.join('.')
  const value = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], config)
  throw new LabError('bad-setting', 'A setting of ModelConfig has a value that is not allowed.', {
    received: `${path} = ${JSON.stringify(value)}`,
    expected: issue.message,
    help: `change ${path}, or leave it out for its default`,
    exitCode: EXIT.usage,
  })
}
