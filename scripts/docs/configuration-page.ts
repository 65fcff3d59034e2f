import { z } from 'zod'
import { trainingConfigSchema } from '../../src/config/index.js'
import { ENVIRONMENT_VARIABLES, type EnvironmentVariable } from './environment-variables.js'
import { WRITTEN } from './reference-page.js'

/** What zod says about a key, as far as it is needed here. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
}

/** A key with its path: `resources.max_workers`. */
export interface ConfigurationKey {
  readonly path: string
  readonly values: string
  readonly standard: string
  readonly meaning: string
}

/** Every key that a configuration file may hold, section by section. */
export function configurationKeys(): ConfigurationKey[] {
  return keysBelow('', z.toJSONSchema(trainingConfigSchema, { io: 'input' }) as Schema)
}

function keysBelow(path: string, schema: Schema): ConfigurationKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const own = path === '' ? name : `${path}.${name}`
    if (child.properties !== undefined) return keysBelow(own, child)
    const key: ConfigurationKey = { path: own, values: valuesOf(child), standard: shown(child.default), meaning: child.description ?? '' }
    const entries = child.additionalProperties === false ? undefined : child.additionalProperties
    return [key, ...(entries?.properties === undefined ? [] : keysBelow(`${own}.<name>`, entries))]
  })
}

/** 'whole number from 1', 'auto | cuda | cpu', 'number above 0, or null'. */
function valuesOf(schema: Schema): string {
  if (schema.const !== undefined) return shown(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(shown).join(' | ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(valuesOf).join(', or ')
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(valuesOf).join(', ')}]`
  if (schema.type === 'array') return `list of ${valuesOf(schema.items ?? {})}`
  if (schema.type === 'null') return 'null'
  if (schema.type === 'boolean') return 'true | false'
  if (schema.type === 'integer' || schema.type === 'number')
    return `${schema.type === 'integer' ? 'whole number' : 'number'}${range(schema)}`
  if (schema.type === 'object') return 'keys and values'
  return schema.pattern === undefined ? 'text' : 'text, see right'
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const low = exclusiveMinimum !== undefined ? ` above ${exclusiveMinimum}` : minimum !== undefined ? ` from ${minimum}` : ''
  // The largest whole number that a double holds stands for no limit.
  const top = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  return `${low}${exclusiveMaximum !== undefined ? ` below ${exclusiveMaximum}` : top !== undefined ? ` to ${top}` : ''}`
}

const shown = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value).replace(/,/g, ', ')

/** docs/configuration.md */
export function configurationPage(): string {
  const cell = (text: string): string => text.replace(/\|/g, '\\|')
  const code = (text: string): string => (text === '' ? '' : `\`${cell(text)}\``)
  const sections = new Map<string, ConfigurationKey[]>()
  for (const key of configurationKeys()) {
    const section = key.path.split('.')[0]!
    sections.set(section, [...(sections.get(section) ?? []), key])
  }
  const tables = [...sections].map(([section, keys]) => {
    const rows = keys.map(
      ({ path, values, standard, meaning }) =>
        `| \`${path.slice(section.length + 1)}\` | ${cell(values)} | ${code(standard)} | ${cell(meaning)} |`,
    )
    return `### ${section}\n\n| Key | Values | Default | |\n| --- | --- | --- | --- |\n${rows.join('\n')}`
  })
  return `# Configuration

${WRITTEN}

One file, \`config/ml/training.yaml\`, holds for every job that names no other. Every key may be left out: it then has the default below. An unknown key is an error that names its line and what was probably meant. Keys marked *[reserved]* are checked, but
nothing reads them yet.

\`\`\`yaml
resources:
  max_workers: 2
training:
  validation: { n_splits: 3, embargo_minutes: 240 }
\`\`\`

\`\`\`ts
import { loadConfig, makeConfig, trainDirection } from '../src/index.js'

const fromFile = loadConfig('config/ml/training.yaml')
const config = makeConfig({ resources: { max_workers: 2 }, training: { validation: { n_splits: 3 } } })
await trainDirection({ dataset: 'googl-1d', config })
\`\`\`

Parameters of a notebook (\`-p folds=3\`) are not keys of this file: \`--dry-run\` lists them. The configuration in force is kept with every run, in \`run.json\`.

## Keys

${tables.join('\n\n').replace(/\[reserved\]/g, '*[reserved]*')}

## Environment variables

${environmentTable('user')}

Set by Barlab for its own processes; leave them alone:

${environmentTable('inner')}

Read by the tests alone:

${environmentTable('test')}

Variables of others that matter: \`CUDA_VISIBLE_DEVICES\`, \`TF_FORCE_GPU_ALLOW_GROWTH\` and \`NVIDIA_TF32_OVERRIDE\` ([questions about cards](faq.md)), \`OMP_WAIT_POLICY\` ([models](models.md#threads-and-determinism)).
`
}

function environmentTable(kind: EnvironmentVariable['kind']): string {
  const rows = ENVIRONMENT_VARIABLES.filter((variable) => variable.kind === kind).map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`)
  return `| Variable | |\n| --- | --- |\n${rows.join('\n')}`
}
