import type { z } from 'zod'
import { nearestName } from '../core/index.js'
import { keysAt, pathsOf } from './schema-walk.js'

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** Dotted path of the key, '' for the whole. */
  readonly path: string
  readonly keys: readonly PropertyKey[]
  /** What is wrong and what would be right. */
  readonly message: string
  /** Where it stands in the file, from 1; undefined for a value given in code. */
  readonly line?: number
  readonly column?: number
}

/** Turns the schema's issues into problems that say what was received, what is expected and what was probably meant. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], schema: z.ZodType, value: unknown): ConfigProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => problem([...issue.path, key], `unknown key; ${meant(key, issue.path, schema)}`))
    const received = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value)
    return [problem(issue.path, `${shown(received)}; ${expectation(issue, received)}`)]
  })
}

export const problem = (keys: readonly PropertyKey[], message: string): ConfigProblem => ({
  path: keys.map(String).join('.'),
  keys,
  message,
})

function meant(key: string, path: readonly PropertyKey[], schema: z.ZodType): string {
  const accepted = keysAt(schema, path)
  const near = nearestName(key, accepted)
  if (near !== undefined) return `did you mean ${near}?`
  const elsewhere = pathsOf(schema, key)
  if (elsewhere.length > 0) return `it belongs at ${elsewhere.join(' or ')}`
  return `expected one of ${accepted.join(', ')}`
}

function expectation(issue: z.core.$ZodIssue, received: unknown): string {
  switch (issue.code) {
    case 'invalid_value': {
      const near = typeof received === 'string' ? nearestName(received, issue.values.map(String)) : undefined
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`
    }
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string') return `expected at least ${issue.minimum} of them`
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
    case 'invalid_type':
      return `expected ${TYPE_NAMES[issue.expected] ?? issue.expected}`
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message
  }
}

const TYPE_NAMES: Partial<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'text',
  array: 'a list',
  object: 'a section with keys',
  record: 'a section with keys',
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'a section') : JSON.stringify(value)
}
