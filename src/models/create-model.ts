import { LabError } from '../core/index.js'
import { installedPackageVersion, readInstalled } from '../native/installed.js'
import { createDeepEnsembleModel, loadDeepEnsembleModel } from './deep/deep-ensemble.js'
import { deepEnsembleParamsSchema, lookbackOf } from './deep/deep-ensemble-params.js'
import { createLightgbmModel, lightgbmParamsSchema, loadLightgbmModel } from './trees/lightgbm.js'
import { createLogisticModel, loadLogisticModel, logisticParamsSchema, type SidecarSource } from './linear/logistic.js'
import { createLstmModel, loadLstmModel } from './lstm/lstm-model.js'
import { lstmParamsSchema } from './lstm/lstm-params.js'
import { parseForestParams } from './trees/forest-params.js'
import { createForestModel, loadForestModel } from './trees/random-forest.js'
import { createXgboostModel, loadXgboostModel, xgboostParamsSchema } from './trees/xgboost.js'
import type { Model, ModelKind } from './model.js'
import { likeliestName, parseModelParams } from './params.js'
import { readSavedModel } from './saved-model.js'
import { showableModel } from './show-model.js'
import type { StackKit } from './stack/stack-kit.js'
import { createStackModel, loadStackModel } from './stack/stack-model.js'
import { parseStackParams } from './stack/stack-params.js'

/** A kind of model and those of its parameters that are not its defaults. */
export interface ModelSpec {
  readonly kind: ModelKind
  readonly params: Readonly<Record<string, unknown>>
}

/** Where a model computes. */
export interface ModelContext {
  readonly device: 'auto' | 'cuda' | 'cpu'
  /** A fallback to a slower device is an error. */
  readonly requireDevice: boolean
  /** A Python child to share between models; without it each fit that needs one opens its own. */
  readonly sidecar?: SidecarSource
}

/** All that the rest of the project knows about a kind of model. */
interface ModelKindEntry {
  /** Parameters with defaults filled in. */
  readonly parse: (params: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  readonly create: (params: Readonly<Record<string, unknown>>, context: ModelContext) => Model
  readonly load: (folder: string, context: ModelContext) => Model | Promise<Model>
  /** How long a fit takes beside others: long ones are begun first. */
  readonly cost: number
  /** Files and folders of src/ behind this kind alone, see {@link modelSources}. */
  readonly sources: readonly string[]
  /** What computes the fit, as far as it decides the last bits of a result: library versions, device path. */
  readonly backend: (context: ModelContext) => Record<string, string> | Promise<Record<string, string>>
}

const KINDS: Record<ModelKind, ModelKindEntry> = {
  logistic: {
    parse: (params) => parseModelParams('logistic', logisticParamsSchema, params),
    create: (params, { sidecar }) => createLogisticModel(params, sidecar),
    load: (folder, { sidecar }) => loadLogisticModel(folder, sidecar),
    cost: 1,
    sources: ['src/sidecar'],
    backend: () => versions('scikit_learn', 'numpy', 'scipy'),
  },
  lightgbm: {
    parse: (params) => parseModelParams('lightgbm', lightgbmParamsSchema, params),
    create: (params) => createLightgbmModel(params),
    load: (folder) => loadLightgbmModel(folder),
    cost: 2,
    sources: ['src/native/lightgbm', 'src/native/foreign-library.ts'],
    backend: () => versions('lightgbm'),
  },
  xgboost: {
    parse: (params) => parseModelParams('xgboost', xgboostParamsSchema, params),
    create: createXgboostModel,
    load: loadXgboostModel,
    cost: 2,
    sources: ['src/native/xgboost', 'src/native/foreign-library.ts'],
    backend: ({ device }) => ({ ...deviceOf(device), ...xgboostVersions() }),
  },
  random_forest: {
    parse: parseForestParams,
    create: createForestModel,
    load: loadForestModel,
    cost: 2,
    sources: ['src/native/xgboost', 'src/native/lightgbm', 'src/native/foreign-library.ts', 'src/sidecar'],
    backend: ({ device }) => ({ ...deviceOf(device), ...xgboostVersions(), ...versions('lightgbm', 'scikit_learn', 'numpy') }),
  },
  lstm: {
    parse: (params) => parseModelParams('lstm', lstmParamsSchema, params),
    create: createLstmModel,
    load: loadLstmModel,
    cost: 3,
    sources: ['src/native/tensorflow', 'src/train'],
    backend: tensorflowBackend,
  },
  deep_ensemble: {
    parse: (params) => {
      const parsed = parseModelParams('deep_ensemble', deepEnsembleParamsSchema, params)
      return { ...parsed, lookbackBars: lookbackOf(parsed) }
    },
    create: createDeepEnsembleModel,
    load: loadDeepEnsembleModel,
    cost: 4,
    sources: ['src/native/tensorflow', 'src/train'],
    backend: tensorflowBackend,
  },
  stack: {
    parse: (params) => ({ ...parseStackParams(params, resolveModelSpec) }),
    create: (params, context) => createStackModel(parseStackParams(params, resolveModelSpec), kitOf(context)),
    load: (folder, context) => loadStackModel(folder, kitOf(context)),
    cost: 4,
    // Its bases may be of any kind: an edit of one of them makes every stack be fitted again.
    get sources() {
      return partKinds().flatMap((kind) => KINDS[kind].sources)
    },
    backend: async (context) => {
      const backends = await Promise.all(partKinds().map(async (kind) => KINDS[kind].backend(context)))
      return Object.assign({}, ...backends) as Record<string, string>
    },
  },
}

function tensorflowBackend({ device }: ModelContext): Record<string, string> {
  const { tensorflow, addon } = readInstalled() ?? {}
  return { ...deviceOf(device), tensorflow: tensorflow?.version ?? 'none', addon: addon?.hash ?? 'none' }
}

const partKinds = (): ModelKind[] => (Object.keys(KINDS) as ModelKind[]).filter((kind) => kind !== 'stack')

/** How a stack gets its parts. */
const kitOf = (context: ModelContext): StackKit => ({
  create: (spec) => createModel(spec, context),
  load: (folder) => loadModel(folder, context),
})

const versions = (...packages: string[]): Record<string, string> =>
  Object.fromEntries(packages.map((name) => [name, installedPackageVersion(name) ?? 'none']))

/** What is asked for, and what set-up was made for. */
const deviceOf = (device: ModelContext['device']): Record<string, string> => ({ device, built: readInstalled()?.device ?? 'none' })

/** Only one of the two wheels is there: they differ in what they can compute on. */
const xgboostVersions = (): Record<string, string> => versions('xgboost_cpu', 'xgboost')

/** Every kind of model, as `createModel` takes it. */
export const modelKinds = Object.keys(KINDS) as readonly ModelKind[]

function entryOf(kind: string): ModelKindEntry {
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind as ModelKind]
  throw new LabError('unknown-model', 'There is no such model.', {
    received: kind,
    expected: modelKinds.join(', '),
    help: `did you mean ${likeliestName(kind, modelKinds)!}?`,
    exitCode: 2,
  })
}

/**
 * The spec with every default written out: equal meaning gives equal values.
 * @throws LabError `unknown-model`, `unknown-parameter`, `bad-parameter`, each naming what was likely meant
 */
export function resolveModelSpec({ kind, params }: ModelSpec): ModelSpec {
  return { kind, params: entryOf(kind).parse(params) }
}

/** A model ready to fit. Nothing is loaded or started yet. @throws as {@link resolveModelSpec} */
export function createModel({ kind, params }: ModelSpec, context: ModelContext): Model {
  const entry = entryOf(kind)
  return showableModel(entry.create(params, context), () => entry.parse(params))
}

/** The model that `save` wrote into the folder. @throws LabError `no-model`, and those of the library behind it */
export async function loadModel(folder: string, context: ModelContext): Promise<Model> {
  return showableModel(await entryOf(readSavedModel(folder).kind).load(folder, context))
}

/** How long a fit of this kind takes beside others: a number to sort by. */
export const modelCost = (kind: ModelKind): number => entryOf(kind).cost

/** Code that decides what a fit of this kind computes, beside that of all models: files and folders relative to the project. */
export const modelSources = (kind: ModelKind): readonly string[] => entryOf(kind).sources

/** Library versions and device path in force for a kind of model: part of what decides the bytes of a fit. */
export async function modelBackend(kind: ModelKind, context: ModelContext): Promise<Record<string, string>> {
  return entryOf(kind).backend(context)
}
