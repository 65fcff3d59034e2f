import { z } from 'zod'
import { LabError } from '../../core/index.js'
import { parseModelParams, preprocessParam } from '../params.js'
import { atLeast0, depth, fraction, positiveInt, taskParam } from './tree-params.js'

const common = {
  task: taskParam,
  trees: positiveInt.default(300),
  /** 0: no limit. */
  maxDepth: depth.default(8),
  /** Least rows of the tree's sample in a leaf. */
  minSamplesLeaf: positiveInt.default(50),
  /** Features a split may choose among, drawn anew at each: a share, or 'sqrt', the root of their number. At least one. */
  maxFeatures: z.union([fraction, z.literal('sqrt')], "a number above 0, at most 1, or 'sqrt'").default('sqrt'),
  /** Trees need no scaling: features come as they are where nothing is asked for. */
  preprocess: preprocessParam('none'),
}
/** Share of the rows each tree is grown on, drawn without putting back. 0.632 is the share of different rows in a bootstrap sample. */
const sampleShare = fraction.lt(1, 'a number above 0, below 1').default(0.632)
const maxBin = z.number().int('a whole number').min(2, 'at least 2').max(65535, 'at most 65535')

/** What each backend takes. */
const SCHEMAS = {
  xgboost: z.strictObject({
    backend: z.literal('xgboost').default('xgboost'),
    ...common,
    sampleShare,
    /** L2 penalty of leaf values. */
    lambda: atLeast0.default(1e-5),
    maxBin: maxBin.default(256),
  }),
  lightgbm: z.strictObject({
    backend: z.literal('lightgbm'),
    ...common,
    sampleShare,
    numLeaves: z.number().int('a whole number').min(2, 'at least 2').max(131072, 'at most 131072').default(255),
    lambda: atLeast0.default(0),
    maxBin: maxBin.default(255),
  }),
  sklearn: z.strictObject({
    backend: z.literal('sklearn'),
    ...common,
    /** Each tree on as many rows as there are, drawn with putting back; false: every tree on all rows. */
    bootstrap: z.boolean().default(true),
  }),
} as const

/** What grows a forest. */
export type ForestBackend = keyof typeof SCHEMAS
export type ForestParamsOf<Backend extends ForestBackend> = z.output<(typeof SCHEMAS)[Backend]>
/** Parameters of `random_forest` with their defaults filled in, by backend. */
export type ForestParams = { readonly [Backend in ForestBackend]: ForestParamsOf<Backend> }[ForestBackend]

const BACKENDS = Object.keys(SCHEMAS) as readonly ForestBackend[]

/** @throws LabError `unknown-parameter`, also for one of another backend; `bad-parameter` */
export function parseForestParams(params: Readonly<Record<string, unknown>>): ForestParams {
  const { backend = 'xgboost' } = params
  if (!BACKENDS.includes(backend as ForestBackend))
    throw new LabError('bad-parameter', 'A parameter of the model random_forest has a value that is not allowed.', {
      received: `backend = ${JSON.stringify(backend)}`,
      expected: BACKENDS.join(', '),
      help: 'change backend, or leave it out for its default',
      exitCode: 2,
    })
  const schema = SCHEMAS[backend as ForestBackend]
  const known = Object.keys(schema.shape)
  const ownersOf = (name: string): ForestBackend[] => BACKENDS.filter((other) => Object.hasOwn(SCHEMAS[other].shape, name))
  const foreign = Object.keys(params).find((name) => !known.includes(name) && ownersOf(name).length > 0)
  if (foreign !== undefined)
    throw new LabError('unknown-parameter', `The model random_forest has no such parameter with the backend ${backend as string}.`, {
      received: foreign,
      expected: known.join(', '),
      help: `leave ${foreign} out, or choose the backend ${ownersOf(foreign).join(' or ')}`,
      exitCode: 2,
    })
  return parseModelParams('random_forest', schema as typeof SCHEMAS.xgboost, params)
}

/** How many of `columns` a split may choose among: rounded down, at least one. */
export function featuresPerSplit(maxFeatures: ForestParams['maxFeatures'], columns: number): number {
  // The addition keeps 0.29 of 100 from being 28.999...
  const wanted = maxFeatures === 'sqrt' ? Math.sqrt(columns) : maxFeatures * columns
  return Math.min(columns, Math.max(1, Math.floor(wanted + 1e-9)))
}
