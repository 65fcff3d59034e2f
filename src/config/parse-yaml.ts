import { LineCounter, parseDocument, isMap, isNode, isScalar, type Document } from 'yaml'
import type { z } from 'zod'
import { problem, problemsOf, type ConfigProblem } from './config-problems.js'

/** A value that was checked: either it or what is wrong with it. */
export interface Checked<T> {
  /** Undefined where there is a problem. */
  readonly value: T | undefined
  /** All of them at once, in the order of the file. */
  readonly problems: readonly ConfigProblem[]
}

/** Reads YAML and checks what it says; each problem gets its line and column. */
export function parseYaml<T>(text: string, check: (value: unknown) => Checked<T>): Checked<T> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const place = error.linePos?.[0]
      return {
        ...problem([], `not readable as YAML: ${error.message.split(' at line ')[0]!}`),
        ...(place && { line: place.line, column: place.col }),
      }
    })
    return { value: undefined, problems }
  }
  const { value, problems } = check(document.toJS() as unknown)
  const placed = problems.map((found) => ({ ...found, ...position(document, lines, found.keys) }))
  return { value, problems: placed.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)) }
}

/** {@link parseYaml} against a schema: unknown keys are named with what was probably meant. */
export function parseYamlAs<T>(text: string, schema: z.ZodType<T>): Checked<T> {
  return parseYaml(text, (value) => {
    const result = schema.safeParse(value)
    return result.success
      ? { value: result.data, problems: [] }
      : { value: undefined, problems: problemsOf(result.error.issues, schema, value) }
  })
}

/** Place of the key at the end of the path; where it is missing, that of the deepest section that is there. */
function position(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): { line: number; column: number } | undefined {
  for (let depth = keys.length; depth >= 1; depth--) {
    const parent = document.getIn(keys.slice(0, depth - 1), true)
    const key = isMap(parent)
      ? parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(keys[depth - 1]))?.key
      : undefined
    const node = key ?? document.getIn(keys.slice(0, depth), true)
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0])
      return { line, column: col }
    }
  }
  return undefined
}
