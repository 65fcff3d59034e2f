import { z } from 'zod'
import { calibratorKinds } from '../calibrate/calibrator.js'
import type { ModelSpec } from '../create-model.js'
import { parseModelParams } from '../params.js'

const specIn = z.strictObject({ kind: z.string(), params: z.record(z.string(), z.unknown()).default({}) }, 'a model: { kind, params }')
/** What reads a window of earlier rows has nothing to read in a table of predictions. */
const isMeta = ({ kind, params }: ModelSpec): boolean => kind !== 'stack' && Number(params.lookbackBars ?? 1) === 1

/** @param resolve fills in the defaults of a base's own parameters and refuses unknown ones */
const schemaOf = (resolve: (spec: ModelSpec) => ModelSpec) => {
  const spec = specIn.transform((given) => resolve(given as ModelSpec))
  return z
    .strictObject({
      /** Two or more models of any kind but stack; two may be of one kind. */
      bases: z
        .array(spec)
        .min(2, 'two models or more')
        .default(() => [resolve({ kind: 'logistic', params: {} }), resolve({ kind: 'lightgbm', params: {} })]),
      task: z.enum(['classification', 'regression'], 'classification or regression').default('classification'),
      /**
       * meta: a model learns from the bases' log-odds. blend: weights of at least 0 that add up to 1, by log-loss or squared error. vote: fixed weights.
       * Default meta, of a regression blend.
       */
      combine: z.enum(['meta', 'blend', 'vote'], 'meta, blend or vote').nullable().default(null),
      /** The model that learns from the bases; default logistic regression. */
      meta: spec.nullable().default(null),
      /** Of `vote`: one number of at least 0 a base, in their order. Default: all alike. */
      weights: z.array(z.number().nonnegative('numbers of at least 0')).nullable().default(null),
      /** Fitted on out-of-fold predictions later than those the combination was fitted on. */
      calibrate: z.enum(calibratorKinds, 'isotonic, platt or null').nullable().default(null),
      /** Consecutive blocks of the training rows that out-of-fold predictions are made for. */
      innerFolds: z.number().int('a whole number').min(1, '1 or more').max(50, 'at most 50').default(4),
      /** Share of the training rows' times that these blocks cover together, the latest ones. */
      innerTestShare: z.number().gt(0, 'a share between 0 and 1').lt(1, 'a share between 0 and 1').default(0.6),
      /** Gap before each block beside purging; null: the length of a label. */
      embargoMinutes: z.number().nonnegative('minutes, 0 or more').nullable().default(null),
    })
    .superRefine(({ bases, task, combine, meta, weights, calibrate, innerFolds }, context) => {
      const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
      if (bases.some(({ kind }) => kind === 'stack')) refuse('bases', 'models of any kind but stack')
      if (task === 'regression' && combine === 'meta') refuse('combine', 'blend or vote: a regression is not stacked by a meta-model')
      if (task === 'regression' && calibrate !== null) refuse('calibrate', 'null: a regression has no probabilities to calibrate')
      if (meta !== null && (task === 'regression' || (combine ?? 'meta') !== 'meta')) refuse('meta', 'nothing, where combine is not meta')
      if (meta !== null && !isMeta(meta)) refuse('meta', 'a model of single rows, not lstm or stack')
      if (weights !== null && combine !== 'vote') refuse('weights', 'nothing, where combine is not vote')
      if (weights !== null && (weights.length !== bases.length || weights.every((value) => value === 0)))
        refuse('weights', `${bases.length} numbers, one a base, not all 0`)
      if (calibrate !== null && combine !== 'vote' && innerFolds < 2)
        refuse('innerFolds', '2 or more beside calibrate: the last block is what it is fitted on')
    })
}

type Parsed = z.output<ReturnType<typeof schemaOf>>
export type StackParams = Omit<Parsed, 'combine'> & { readonly combine: 'meta' | 'blend' | 'vote' }

/** Parameters of a stack with defaults filled in, those of its bases too. @throws LabError `unknown-parameter`, `bad-parameter`, `unknown-model` */
export function parseStackParams(params: Readonly<Record<string, unknown>>, resolve: (spec: ModelSpec) => ModelSpec): StackParams {
  const parsed = parseModelParams('stack', schemaOf(resolve), params)
  const combine = parsed.combine ?? (parsed.task === 'regression' ? 'blend' : 'meta')
  return { ...parsed, combine, meta: combine === 'meta' ? (parsed.meta ?? resolve({ kind: 'logistic', params: {} })) : null }
}

/** A name for each base: its kind, with a number from the second of a kind on. */
export function baseNames(bases: readonly ModelSpec[]): string[] {
  return bases.map(({ kind }, i) => {
    const before = bases.slice(0, i).filter((other) => other.kind === kind).length
    return before === 0 ? kind : `${kind}-${before + 1}`
  })
}
