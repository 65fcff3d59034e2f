import { EXIT, LabError, nearestName } from '../core/index.js'
import { modelKinds, resolveModelSpec, type ModelKind } from '../models/index.js'
import { endsOf, pointsOf, type ParameterValue, type SearchSpace } from './search-space.js'

/** How parameters can be drawn. */
export const SAMPLERS = ['tpe', 'cmaes', 'random', 'grid'] as const
/** How parameters are drawn. */
export type SamplerKind = (typeof SAMPLERS)[number]
/** How trials can end early. */
export const PRUNERS = ['none', 'median', 'hyperband', 'successive_halving'] as const
/** When a trial ends early. */
export type PrunerKind = (typeof PRUNERS)[number]

/** One of a few words that a person types. @throws LabError `bad-arguments` naming the nearest */
export function pickOf<const T extends string>(name: string, given: string, known: readonly T[]): T {
  if (known.includes(given as T)) return given as T
  const near = nearestName(given, known)
  throw new LabError('bad-arguments', `${name} has a value that is not known.`, {
    received: given,
    expected: `one of ${known.join(', ')}`,
    help: near === undefined ? 'npm run tune -- --help' : `did you mean ${near}?`,
    exitCode: EXIT.usage,
  })
}

/** The kind of model that was named on a command line. @throws LabError `bad-arguments` */
export const checkModelKind = (given: string): ModelKind => pickOf('--model', given, modelKinds)

const MAX_GRID = 100_000

/**
 * Every end of every parameter is a value that the model takes, so that no trial fails for what could be known before.
 * @param fixed parameters that all trials share
 * @throws LabError `unknown-parameter`, `bad-parameter`, `fixed-parameter` for one that is fixed and searched
 */
export function checkSpaceForModel(kind: ModelKind, space: SearchSpace, fixed: Readonly<Record<string, unknown>> = {}): void {
  const both = Object.keys(space).find((name) => Object.hasOwn(fixed, name) && name !== 'preprocess')
  if (both !== undefined)
    throw new LabError('fixed-parameter', 'A parameter cannot be fixed and searched.', {
      received: both,
      expected: 'one of the two',
      help: `leave ${both} out of the space, or do not fix it`,
      exitCode: EXIT.usage,
    })
  const first: Record<string, ParameterValue> = {}
  for (const [name, parameter] of Object.entries(space)) first[name] = endsOf(parameter)[0]!
  for (const [name, parameter] of Object.entries(space))
    for (const end of endsOf(parameter)) resolveModelSpec({ kind, params: { ...fixed, ...first, [name]: end } })
}

/**
 * Points of the grid; undefined for the other samplers.
 * @throws LabError `bad-sampler` for a sampler that cannot search this space
 */
export function checkSampler(kind: SamplerKind, space: SearchSpace): number | undefined {
  if (kind === 'cmaes') {
    const numeric = Object.values(space).filter((parameter) => parameter.kind !== 'categorical' && pointsOf(parameter) !== 1)
    if (numeric.length < 2) throw badSampler(`cmaes for ${numeric.length} numeric parameter(s)`, 'at least two ranges of numbers')
  }
  if (kind !== 'grid') return undefined
  let points = 1
  for (const [name, parameter] of Object.entries(space)) {
    // A logarithmic range of whole numbers can be counted, but nobody wants all of them.
    const own = parameter.kind !== 'categorical' && parameter.log === true ? undefined : pointsOf(parameter)
    if (own === undefined) throw badSampler(`grid for ${name}: ${JSON.stringify(parameter)}`, 'lists of values, or ranges with a step')
    points *= own
  }
  if (points > MAX_GRID) throw badSampler(`a grid of ${points} points`, `at most ${MAX_GRID}`)
  return points
}

const badSampler = (received: string, expected: string): LabError =>
  new LabError('bad-sampler', 'The sampler cannot search this space.', {
    received,
    expected,
    help: 'choose --sampler tpe or random, or change the space',
    exitCode: EXIT.usage,
  })
