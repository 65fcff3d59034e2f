import { readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { displayPath, EXIT, LabError, projectPath, resolveUserPath, withDisplay } from '../core/index.js'
import type { ConfigProblem } from './config-problems.js'
import { parseConfigText, parseConfigValue } from './parse-config.js'
import type { TrainingConfig, TrainingConfigInput } from './training-schema.js'

/** The one configuration, used where no other is named. */
export const defaultConfigPath = (): string => projectPath('config', 'ml', 'training.yaml')

/**
 * Reads and checks a configuration file; keys that it leaves out get their defaults.
 * @param path as the user wrote it; default config/ml/training.yaml of the project
 * @throws LabError `config-not-found`, `bad-config` (with every problem, its line and what was probably meant)
 */
export function loadConfig(path?: string): TrainingConfig {
  const file = path === undefined ? defaultConfigPath() : resolveUserPath(path)
  const { config, problems } = parseConfigText(readConfigText(file))
  if (config === undefined) throw badConfig(displayPath(file), problems)
  return showable(config)
}

/** What a notebook's cell shows that ends with it: all of it, defaults filled in, as the file would say it. */
const showable = (config: TrainingConfig): TrainingConfig =>
  withDisplay(config, () => ({ 'text/plain': stringify(config, { lineWidth: 120 }) }))

/** Every problem of a file, none where it can be used. @throws LabError `config-not-found` */
export function configErrors(path?: string): readonly ConfigProblem[] {
  return parseConfigText(readConfigText(path === undefined ? defaultConfigPath() : resolveUserPath(path))).problems
}

/** A configuration given in code, checked and filled in; without argument all defaults. @throws LabError `bad-config` */
export function makeConfig(value: TrainingConfigInput = {}): TrainingConfig {
  const { config, problems } = parseConfigValue(value)
  if (config === undefined) throw badConfig('configuration', problems)
  return showable(config)
}

/** One problem as one line: `config/ml/training.yaml:12:3 resources.max_wokers: unknown key; did you mean max_workers?` */
export function formatProblem(source: string, { path, message, line, column }: ConfigProblem): string {
  return `${source}${line === undefined ? '' : `:${line}:${column}`}${path === '' ? '' : ` ${path}`}: ${message}`
}

function badConfig(source: string, problems: readonly ConfigProblem[]): LabError {
  return new LabError('bad-config', `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}.`, {
    received: problems.map((found) => formatProblem(source, found)).join('\n            '),
    expected: 'the keys and values that config/ml/training.yaml explains',
    help: 'correct the lines above',
    exitCode: EXIT.usage,
  })
}

function readConfigText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new LabError('config-not-found', 'The configuration file cannot be read.', {
      received: displayPath(file),
      expected: 'a YAML file like config/ml/training.yaml',
      help: 'check the path, or leave it out to use config/ml/training.yaml',
      cause,
      exitCode: EXIT.usage,
    })
  }
}
