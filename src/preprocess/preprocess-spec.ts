import { z } from 'zod'
import { LabError, nearestName } from '../core/index.js'
import { correlationMethods } from './correlation-matrix.js'
import type { MissingPolicy } from './missing-values.js'

const share = z.number().min(0, 'a share from 0 to 1').max(1, 'a share from 0 to 1')
const flag = z.boolean('true or false').default(false)
const pair = (part: z.ZodNumber) =>
  z
    .tuple([part, part], 'two numbers, the lower first')
    .refine(([low, high]) => low < high, 'two numbers, the lower first')
    .readonly()

const SCALERS = {
  standard: z.strictObject({ kind: z.literal('standard') }),
  minmax: z.strictObject({ kind: z.literal('minmax'), range: pair(z.number()).default([-1, 1]) }),
  robust: z.strictObject({ kind: z.literal('robust'), quantiles: pair(share).default([0.25, 0.75]) }),
  none: z.strictObject({ kind: z.literal('none') }),
} as const

const MISSING = {
  reject: z.strictObject({ policy: z.literal('reject') }),
  median: z.strictObject({ policy: z.literal('median'), indicators: flag }),
  'forward-fill': z.strictObject({
    policy: z.literal('forward-fill'),
    maxAgeRows: z.number().int('a whole number').min(1, 'at least 1').default(1),
    indicators: flag,
  }),
} as const

const dropConstant = z.strictObject({
  maxShare: share.gt(0, 'a share above 0, at most 1').default(1),
  minVariance: z.number().min(0, 'a number of at least 0').default(0),
})

const dropCorrelated = z
  .strictObject({
    threshold: z.number().gt(0, 'a correlation above 0, below 1').lt(1, 'a correlation above 0, below 1').default(0.98),
    method: z.enum(correlationMethods, correlationMethods.join(' or ')).default('pearson'),
    order: z.enum(['given', 'importance'], 'given or importance').default('given'),
    /** By column name; from the training rows alone. */
    importance: z.record(z.string(), z.number()).optional(),
  })
  .refine(({ order, importance }) => (order === 'importance') === (importance !== undefined), {
    message: 'order "importance" together with an importance for each column name',
    path: ['importance'],
  })

const winsorise = z
  .strictObject({ lower: share.default(0.005), upper: share.default(0.995) })
  .refine(({ lower, upper }) => lower < upper, 'a lower share below the upper one')

/** A scaler with its options filled in. */
export type ScalerSpec = { readonly [Kind in keyof typeof SCALERS]: Readonly<z.output<(typeof SCALERS)[Kind]>> }[keyof typeof SCALERS]

/**
 * What happens to the features before a model reads them, in this order: constant columns go, correlated ones go, missing values are filled, values are
 * clipped, columns are scaled. `null` leaves a step out.
 */
export interface PreprocessSpec {
  readonly dropConstant: Readonly<z.output<typeof dropConstant>> | null
  readonly dropCorrelated: Readonly<z.output<typeof dropCorrelated>> | null
  readonly missing: MissingPolicy
  readonly winsorise: Readonly<z.output<typeof winsorise>> | null
  readonly scaler: ScalerSpec
}

/** A spec as it is written: everything may be left out; `scaler` and `missing` may be a name alone. */
export interface PreprocessInput {
  readonly dropConstant?: z.input<typeof dropConstant> | null
  readonly dropCorrelated?: z.input<typeof dropCorrelated> | null
  readonly missing?: keyof typeof MISSING | z.input<(typeof MISSING)[keyof typeof MISSING]>
  readonly winsorise?: z.input<typeof winsorise> | null
  readonly scaler?: keyof typeof SCALERS | z.input<(typeof SCALERS)[keyof typeof SCALERS]>
}

const SECTIONS = ['dropConstant', 'dropCorrelated', 'missing', 'winsorise', 'scaler'] as const

/**
 * The spec with every default written out: equal meaning gives equal values. Without a word it is the standard scaler alone.
 * @param scaler the kind of scaler where none is written
 * @throws LabError `unknown-parameter` naming the nearest, `bad-parameter`; both with the exit code of bad arguments
 */
export function parsePreprocessSpec(input: unknown = {}, scaler: keyof typeof SCALERS = 'standard'): PreprocessSpec {
  const given = asObject(input, 'preprocess', 'a section with keys')
  refuseStrangers(given, SECTIONS, 'preprocess')
  const optional = <T extends z.ZodType>(name: string, schema: T, keys: readonly string[]): z.output<T> | null =>
    given[name] === undefined || given[name] === null ? null : section(`preprocess.${name}`, schema, keys, given[name])
  return {
    dropConstant: optional('dropConstant', dropConstant, Object.keys(dropConstant.shape)),
    dropCorrelated: optional('dropCorrelated', dropCorrelated, Object.keys(dropCorrelated.shape)),
    missing: variant('preprocess.missing', MISSING, 'policy', given.missing ?? 'reject') as MissingPolicy,
    winsorise: optional('winsorise', winsorise, Object.keys(winsorise.shape)),
    scaler: variant('preprocess.scaler', SCALERS, 'kind', given.scaler ?? scaler) as ScalerSpec,
  }
}

/** A section whose other keys depend on one of them; that one may be written alone. */
function variant(path: string, schemas: Readonly<Record<string, z.ZodObject>>, tag: string, value: unknown): unknown {
  const given = typeof value === 'string' ? { [tag]: value } : asObject(value, path, `one of ${Object.keys(schemas).join(', ')}`)
  const name = given[tag]
  if (typeof name !== 'string' || !Object.hasOwn(schemas, name)) {
    const near = typeof name === 'string' ? nearestName(name, Object.keys(schemas)) : undefined
    throw badParameter(`${path}.${tag}`, name, `one of ${Object.keys(schemas).join(', ')}`, near && `did you mean ${near}?`)
  }
  return section(path, schemas[name]!, Object.keys(schemas[name]!.shape), given)
}

function section<T extends z.ZodType>(path: string, schema: T, keys: readonly string[], value: unknown): z.output<T> {
  const given = asObject(value, path, 'a section with keys')
  refuseStrangers(given, keys, path)
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const name = issue.path[0]
  throw badParameter(name === undefined ? path : `${path}.${String(name)}`, name === undefined ? given : given[String(name)], issue.message)
}

function asObject(value: unknown, path: string, expected: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badParameter(path, value, expected)
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))
}

function refuseStrangers(given: Record<string, unknown>, known: readonly string[], path: string): void {
  const stranger = Object.keys(given).find((name) => !known.includes(name))
  if (stranger === undefined) return
  const near = nearestName(stranger, known)
  throw new LabError('unknown-parameter', 'The preprocessing has no such setting.', {
    received: `${path}.${stranger}`,
    expected: known.join(', '),
    help: near === undefined ? 'choose one of these' : `did you mean ${near}?`,
    exitCode: 2,
  })
}

const badParameter = (path: string, value: unknown, expected: string, help = `change ${path}, or leave it out for its default`): LabError =>
  new LabError('bad-parameter', 'A setting of the preprocessing has a value that is not allowed.', {
    received: `${path} = ${JSON.stringify(value) ?? String(value)}`,
    expected,
    help,
    exitCode: 2,
  })
