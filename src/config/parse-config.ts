import { problem, problemsOf, type ConfigProblem } from './config-problems.js'
import { parseYaml } from './parse-yaml.js'
import { fillEmptySections } from './schema-walk.js'
import { trainingConfigSchema, type TrainingConfig } from './training-schema.js'

/** A configuration, or what keeps it from being one. */
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
  const { value: config, problems } = parseYaml(text, (value) => {
    const parsed = parseConfigValue(value)
    return { value: parsed.config, problems: parsed.problems }
  })
  return { config, problems }
}
