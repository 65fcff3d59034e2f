import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { EXIT, LabError, display, formatError, isLabError, nearestName, projectPath } from '../../core/index.js'
import { finishOpenedRuns } from '../../track/index.js'
import { readNotebook } from '../notebook-file.js'
import { parseParameters, type ParameterValues } from '../parameters.js'
import { notebookHash } from './script-stamp.js'

/** What an exported notebook calls: `npx tsx file.ts -p name=value --params file.yaml`. */

let given: ParameterValues = {}

/** Shows the last value of a cell as the kernel would; undefined shows nothing. */
export async function show(value: unknown): Promise<void> {
  if (value !== undefined) await display(value)
}

/** The value given for a parameter, else its default. @throws LabError `parameter-type` where its kind differs from the default's */
export function param<T>(name: string, initial: T): T {
  if (!Object.hasOwn(given, name)) return initial
  const value = given[name]
  if (kindOf(value) !== kindOf(initial))
    throw new LabError('parameter-type', `The parameter ${name} cannot have this value.`, {
      received: `${name} = ${JSON.stringify(value)}`,
      expected: kindOf(initial),
      help: `-p ${name}=${JSON.stringify(initial)}`,
      exitCode: EXIT.usage,
    })
  return value as T
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value)

/** The notebook that a script was made of, and what it held then. */
export interface ScriptOrigin {
  readonly notebook: string
  readonly hash: string
}

/** Reads the command line, runs the notebook's body, ends the runs it has left open, prints an error for a person and sets the exit code of the process. */
export async function runScript(origin: ScriptOrigin, parameters: readonly string[], body: () => Promise<void>): Promise<void> {
  try {
    warnOfDrift(origin)
    given = readCommandLine(parameters)
    await body()
    await finishOpenedRuns()
  } catch (error) {
    // The first error is the one to show, also where the disk is full and the run cannot be ended.
    await finishOpenedRuns(error).catch(() => undefined)
    const code = isLabError(error) ? (error.exitCode ?? EXIT.failed) : EXIT.failed
    process.stderr.write(code === EXIT.skipped && isLabError(error) ? `skipped: ${error.message}\n` : `${formatError(error)}\n`)
    process.exitCode = code
  }
}

/** A script whose notebook has gone on does something else than the notebook: it runs, but says so. */
function warnOfDrift({ notebook, hash }: ScriptOrigin): void {
  const path = projectPath(notebook)
  if (!existsSync(path) || notebookHash(readNotebook(path)) === hash) return
  process.stderr.write(`warning: ${notebook} has changed since this script was made of it; npm run export -- ${notebook} makes it again\n`)
}

function readCommandLine(parameters: readonly string[]): ParameterValues {
  const usage = (message: string, received: string, help: string): LabError =>
    new LabError('bad-arguments', message, {
      received,
      expected: `-p with one of ${parameters.join(', ') || 'no parameters'}`,
      help,
      exitCode: EXIT.usage,
    })
  let values: { param?: string[]; params?: string }
  try {
    values = parseArgs({ options: { param: { type: 'string', short: 'p', multiple: true }, params: { type: 'string' } } }).values
  } catch (error) {
    throw usage((error as Error).message, process.argv.slice(2).join(' '), '-p name=value')
  }
  const read = parseParameters(values.param ?? [], values.params)
  for (const name of Object.keys(read))
    if (!parameters.includes(name))
      throw usage('There is no such parameter.', name, `did you mean ${nearestName(name, parameters) ?? parameters[0] ?? 'none'}?`)
  return read
}
