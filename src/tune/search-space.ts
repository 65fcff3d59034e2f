import { z } from 'zod'
import { EXIT, LabError } from '../core/index.js'

/** A value that a parameter of a model can have. */
export type ParameterValue = number | string | boolean

/** Any number from `low` to `high`, both counted in; `log` draws orders of magnitude alike, `step` leaves only low, low + step, ... */
export interface FloatParameter {
  readonly kind: 'float'
  readonly low: number
  readonly high: number
  readonly log?: boolean
  readonly step?: number
}

/** The same for whole numbers; default step 1. */
export interface IntParameter {
  readonly kind: 'int'
  readonly low: number
  readonly high: number
  readonly log?: boolean
  readonly step?: number
}

/** One of a list, without order. */
export interface CategoricalParameter {
  readonly kind: 'categorical'
  readonly choices: readonly ParameterValue[]
}

/** What one parameter may be. */
export type SearchParameter = FloatParameter | IntParameter | CategoricalParameter

/** What a study may try, by the names of the model's parameters. */
export type SearchSpace = Readonly<Record<string, SearchParameter>>

const number = z.number('a finite number')
const whole = z.int('a whole number')
const parameter = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('float'),
      low: number,
      high: number,
      log: z.boolean().optional(),
      step: number.positive('a step above 0').optional(),
    }),
    z.strictObject({
      kind: z.literal('int'),
      low: whole,
      high: whole,
      log: z.boolean().optional(),
      step: whole.positive('a step above 0').optional(),
    }),
    z.strictObject({ kind: z.literal('categorical'), choices: z.array(z.union([number, z.string(), z.boolean()])) }),
  ],
  'kind float, int or categorical',
)

/**
 * A space that is sure to hold a point, its bounds on the steps: `{low: 0, high: 1, step: 0.4}` ends at 0.8.
 * @throws LabError `bad-space` for what is no parameter, `empty-space` where there is no point
 */
export function parseSearchSpace(input: Readonly<Record<string, unknown>>): SearchSpace {
  const entries = Object.entries(input)
  if (entries.length === 0) throw emptySpace('a space without parameters', 'at least one parameter to search')
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const result = parameter.safeParse(value)
      if (!result.success) {
        const issue = result.error.issues[0]!
        throw badSpace(`${name}: ${JSON.stringify(value)}`, [...issue.path.map(String), issue.message].join(': '))
      }
      return [name, checked(name, result.data)]
    }),
  )
}

function checked(name: string, parameter: SearchParameter): SearchParameter {
  const received = `${name}: ${JSON.stringify(parameter)}`
  if (parameter.kind === 'categorical') {
    if (parameter.choices.length === 0) throw emptySpace(received, 'at least one choice')
    if (new Set(parameter.choices).size < parameter.choices.length) throw badSpace(received, 'each choice once')
    return parameter
  }
  const { kind, low, high, log = false, step } = parameter
  if (low > high) throw emptySpace(received, 'a lower bound that is not above the upper one')
  if (log && !(low > 0)) throw badSpace(received, 'with log: bounds above 0')
  if (log && step !== undefined) throw badSpace(received, 'log or step: their points do not agree')
  const size = step ?? (kind === 'int' && !log ? 1 : undefined)
  // A bound between two steps would be drawn as a point of its own; the small number takes up what 0.1 + 0.2 leaves.
  const top = size === undefined ? high : low + Math.floor((high - low) / size + 1e-9) * size
  return { kind, low, high: top, ...(log && { log }), ...(step !== undefined && { step }) }
}

/** Every value of a parameter, where they can be counted: choices, whole numbers, steps. */
export function pointsOf(parameter: SearchParameter): number | undefined {
  if (parameter.kind === 'categorical') return parameter.choices.length
  const { kind, low, high } = parameter
  const step = parameter.step ?? (kind === 'int' ? 1 : undefined)
  if (step === undefined) return low === high ? 1 : undefined
  return Math.round((high - low) / step) + 1
}

/** The values at the ends of a parameter: both bounds, or every choice. */
export const endsOf = (parameter: SearchParameter): readonly ParameterValue[] =>
  parameter.kind === 'categorical' ? parameter.choices : [...new Set([parameter.low, parameter.high])]

const emptySpace = (received: string, expected: string): LabError =>
  new LabError('empty-space', 'The search space has no point.', {
    received,
    expected,
    help: 'for example learningRate: {min: 0.01, max: 0.2, log: true} below tuning.spaces.lightgbm',
    exitCode: EXIT.usage,
  })

const badSpace = (received: string, expected: string): LabError =>
  new LabError('bad-space', 'A parameter of the search space cannot be used.', {
    received,
    expected,
    help: 'a list of values, or {min, max} with log or step: see docs/tuning.md',
    exitCode: EXIT.usage,
  })
