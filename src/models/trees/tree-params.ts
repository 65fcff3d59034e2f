import { z } from 'zod'
import { LabError } from '../../core/index.js'
import { likeliestName } from '../params.js'

/** Kinds of values that parameters of tree ensembles share; the texts say what would be right. */
export const fraction = z.number().gt(0, 'a number above 0, at most 1').lte(1, 'a number above 0, at most 1')
export const positiveInt = z.number().int('a whole number').positive('a positive number')
export const atLeast0 = z.number().nonnegative('0 or more')
export const depth = z.number().int('a whole number').min(0, '0 (no limit) or more').max(64, 'at most 64')
export const taskParam = z.enum(['classification', 'regression']).default('classification')

/** By feature: 1, the prediction never falls while the feature rises; -1, it never rises; 0, free. */
export const monotoneParam = z
  .record(z.string(), z.union([z.literal(1), z.literal(0), z.literal(-1)], '1, -1 or 0 for each feature'))
  .default({})
export type Monotone = Readonly<Record<string, 1 | 0 | -1>>

/**
 * Constraints in the order of `columns`, the preprocessed features; undefined where none is asked for. Preprocessing keeps the order of a feature's values, so a
 * constraint holds for what comes in as well. That of a column which preprocessing dropped has nothing to hold.
 * @param inputs features before preprocessing. @throws LabError `unknown-feature`
 */
export function monotoneConstraints(monotone: Monotone, inputs: readonly string[], columns: readonly string[]): number[] | undefined {
  const stranger = Object.keys(monotone).find((name) => !inputs.includes(name))
  if (stranger !== undefined)
    throw new LabError('unknown-feature', 'A monotone constraint names a feature that is not there.', {
      received: stranger,
      expected: `one of ${inputs.length} features`,
      help: `did you mean ${likeliestName(stranger, inputs) ?? 'no feature'}?`,
      exitCode: 2,
    })
  const constraints = columns.map((name) => (Object.hasOwn(monotone, name) ? monotone[name]! : 0))
  return constraints.some((constraint) => constraint !== 0) ? constraints : undefined
}
