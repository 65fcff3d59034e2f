import { LineCounter, parseDocument, isMap, isNode, isScalar, type Document } from 'yaml'
import { problem, problemsOf, type ConfigProblem } from './config-problems.js'
import { fillEmptySections } from './schema-walk.js'
import { trainingConfigSchema, type TrainingConfig } from './training-schema.js'

export interface ParsedConfig {
  /** Undefined where there is a problem. */
  readonly config: TrainingConfig | undefined
  /** All of them at once, in the order of the file. */
  readonly problems: readonly ConfigProblem[]
}

/** Checks a configuration given as a value and fills in the defaults; `{}` gives all defaults. */
export function parseConfigValue(value: unknown): ParsedConfig {
  const filled = fillEmptySections(value, trainingConfigSchema)
  const result = trainingConfigSchema.safeParse(filled)
  if (!result.success) return { config: undefined, problems: problemsOf(result.error.issues, trainingConfigSchema, filled) }
  const { gpu_enabled: gpu, ...resources } = result.data.resources
  const asked = gpu === undefined ? 'auto' : gpu ? 'cuda' : 'cpu'
  if (resources.device !== 'auto' && asked !== 'auto' && resources.device !== asked) {
    const message = `${gpu} is device: ${asked}, but resources.device says ${resources.device}; keep one of the two`
    return { config: undefined, problems: [problem(['resources', 'gpu_enabled'], message)] }
  }
  const device = resources.device === 'auto' ? asked : resources.device
  return { config: { ...result.data, resources: { ...resources, device } }, problems: [] }
}

/** {@link parseConfigValue} of YAML text, with line and column of each problem. An empty file gives all defaults. */
export function parseConfigText(text: string): ParsedConfig {
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
    return { config: undefined, problems }
  }
  const { config, problems } = parseConfigValue(document.toJS() as unknown)
  const placed = problems.map((found) => ({ ...found, ...position(document, lines, found.keys) }))
  return { config, problems: placed.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)) }
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
