import { existsSync, readFileSync } from 'node:fs'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { EXIT, LabError, nearestName } from '../src/core/index.js'

export type Options = NonNullable<ParseArgsConfig['options']>

/** What a door understands; `--help` and `-h` are known to all. */
export interface Grammar<O extends Options> {
  /** As in `npm run NAME`. */
  readonly name: string
  /** What `--help` prints. */
  readonly usage: string
  readonly options: O
  /** Default: true. */
  readonly allowPositionals?: boolean
}

type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: boolean }>>

/** The options and positionals of a command line. @throws LabError `kept-by-npm`, `unknown-option`, `bad-arguments` (exit code 2) */
export function readArguments<O extends Options>(args: string[], grammar: Grammar<O>): Parsed<O> {
  checkNpmKeptNothing(args, grammar)
  try {
    return parseArgs({ args, options: grammar.options, allowPositionals: grammar.allowPositionals ?? true })
  } catch (error) {
    throw inWords(error as Error, args, grammar)
  }
}

/** Node's parser speaks to programmers, and of positional arguments where an option was misspelt. */
function inWords(error: Error, args: readonly string[], { name, options }: Grammar<Options>): LabError {
  const details = { received: args.join(' '), help: `npm run ${name} -- --help`, exitCode: EXIT.usage }
  const code = (error as NodeJS.ErrnoException).code
  const quoted = /'([^']+)'/.exec(error.message)?.[1] ?? '?'
  const names = Object.keys(options)
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearestName(quoted.replace(/^-+/, ''), names)
    return new LabError('unknown-option', `There is no option ${quoted}.`, {
      ...details,
      expected: names.length === 0 ? 'no options' : names.map((each) => `--${each}`).join(', '),
      ...(near !== undefined && { help: `did you mean --${near}?` }),
    })
  }
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return new LabError('bad-arguments', `Nothing was expected here: ${quoted}.`, { ...details, expected: 'options only' })
  const option = /--[\w-]+/.exec(quoted)?.[0] ?? quoted
  if (error.message.includes('does not take an argument'))
    return new LabError('bad-arguments', `${option} takes no value.`, { ...details, expected: option })
  return new LabError('bad-arguments', `${option} needs a value.`, { ...details, expected: `${option} VALUE` })
}

/** Short names that npm has for options of its own: it hands `-p` on as `parseable`. */
const NPM_SHORT: Readonly<Record<string, string>> = { p: 'parseable', f: 'force', y: 'yes' }

/**
 * Without `--`, npm takes every option for its own and says so only in the environment; the door would run as if nothing had been asked.
 * What stands in an .npmrc was not typed, and the environment of another script (tests under `npm test`) is not about this door.
 */
export function checkNpmKeptNothing(
  args: readonly string[],
  { name, options }: Pick<Grammar<Options>, 'name' | 'options'>,
  env = process.env,
): void {
  if (env.npm_lifecycle_event !== name) return
  const kept = Object.entries(options).flatMap(([option, { short }]) => {
    if (isSet(option, env)) return [`--${option}`]
    return short !== undefined && isSet(NPM_SHORT[short] ?? short, env) ? [`-${short}`] : []
  })
  if (kept.length === 0) return
  const rest = args.filter((arg) => arg !== '--')
  throw new LabError('kept-by-npm', `npm has kept ${kept.join(' and ')} for itself.`, {
    received: `npm run ${[name, ...rest].join(' ')}, without ${kept.join(', ')}`,
    expected: '-- before the options',
    help: `put -- before the options: npm run ${name} -- ...`,
    exitCode: EXIT.usage,
  })
}

function isSet(option: string, env: NodeJS.ProcessEnv): boolean {
  // An empty text is npm's false.
  if ((env[`npm_config_${option.replace(/-/g, '_')}`] ?? '') === '') return false
  const files = [env.npm_config_userconfig, env.npm_config_globalconfig, `${env.npm_config_local_prefix ?? '.'}/.npmrc`]
  const line = new RegExp(`^\\s*${option}\\s*(=|$)`, 'm')
  return !files.some((file) => file !== undefined && existsSync(file) && line.test(readFileSync(file, 'utf8')))
}
