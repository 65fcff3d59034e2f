import { z } from 'zod'
import { LabError } from '../core/index.js'
import { parsePreprocessSpec, type ScalerKind } from '../preprocess/index.js'

/** How alike two names are, 0 to 1: the share of letters that stand in both in the same order. Case, hyphens and underscores do not count. */
function likeness(a: string, b: string): number {
  const [from, to] = [a, b].map((text) => text.toLowerCase().replace(/[_-]/g, '')) as [string, string]
  let row = new Array<number>(to.length + 1).fill(0)
  for (const letter of from) {
    const next = [0]
    for (let j = 1; j <= to.length; j++) next.push(letter === to[j - 1] ? row[j - 1]! + 1 : Math.max(next[j - 1]!, row[j]!))
    row = next
  }
  return (2 * row[to.length]!) / (from.length + to.length)
}

/** The known name that was most likely meant. */
export function likeliestName(name: string, known: readonly string[]): string | undefined {
  return [...known].sort((a, b) => likeness(name, b) - likeness(name, a))[0]
}

/**
 * Parameters of a model with defaults filled in.
 * @param schema a strict object schema: it decides which names there are.
 * @throws LabError `unknown-parameter` naming the nearest, `bad-parameter`; both with the exit code of bad arguments
 */
export function parseModelParams<Shape extends z.ZodRawShape>(
  kind: string,
  schema: z.ZodObject<Shape>,
  params: Readonly<Record<string, unknown>>,
): z.output<z.ZodObject<Shape>> {
  const known = Object.keys(schema.shape)
  const stranger = Object.keys(params).find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw new LabError('unknown-parameter', `The model ${kind} has no such parameter.`, {
      received: stranger,
      expected: known.join(', '),
      help: `did you mean ${likeliestName(stranger, known) ?? 'no parameter'}?`,
      exitCode: 2,
    })
  const result = schema.safeParse(params)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const name = String(issue.path[0] ?? '')
  throw new LabError('bad-parameter', `A parameter of the model ${kind} has a value that is not allowed.`, {
    received: `${name} = ${JSON.stringify(params[name])}`,
    expected: issue.message,
    help: `change ${name}, or leave it out for its default`,
    exitCode: 2,
  })
}

/**
 * The parameter `preprocess` of a model: a {@link PreprocessInput}, its defaults filled in.
 * @param scaler the model's own scaler, where none is written
 */
export const preprocessParam = (scaler: ScalerKind) =>
  z
    .unknown()
    .transform((input) => parsePreprocessSpec(input, scaler))
    .prefault({})
