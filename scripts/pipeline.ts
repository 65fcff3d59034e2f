import { EXIT, LabError, formatError, resolveUserPath } from '../src/core/index.js'
import type { readArguments } from './arguments.js'
import { openDoor } from './door.js'

const USAGE = `npm run pipeline -- NOTEBOOK... [options]      run notebooks as batch jobs
npm run pipeline -- GRAPH.yaml [options]       run a graph of notebooks
npm run pipeline -- --resume RUN               go on with an interrupted or failed run, of a notebook or a graph

  -p, --param name=value    a parameter, YAML syntax; may be repeated
      --params FILE         parameters from a YAML file; -p wins
      --dry-run             check notebook, types and parameters; run nothing
      --from STEP           run this step and all later ones again
      --force               run every step again
      --watch               run again whenever the notebook or a file behind it changes
      --resume RUN          id of a run (npm run runs lists them)
      --timeout SECONDS     stop cleanly after that long, all notebooks together; resumable
      --cell-timeout SECONDS
      --device auto|cuda|cpu
      --require-device      an error instead of any fallback

exit codes: 0 finished, 1 failed, 2 bad arguments, 3 skipped, 75 interrupted and resumable
`

const OPTIONS = {
  param: { type: 'string', short: 'p', multiple: true },
  params: { type: 'string' },
  'dry-run': { type: 'boolean' },
  resume: { type: 'string' },
  from: { type: 'string' },
  force: { type: 'boolean' },
  watch: { type: 'boolean' },
  timeout: { type: 'string' },
  'cell-timeout': { type: 'string' },
  device: { type: 'string' },
  'require-device': { type: 'boolean' },
} as const

await openDoor({ name: 'pipeline', usage: USAGE, options: OPTIONS }, async ({ values, positionals }) => {
  if (positionals.length === 0 && values.resume === undefined) {
    process.stderr.write(USAGE)
    return EXIT.usage
  }
  const notebooks = await import('../src/notebook/index.js')
  const parameters = notebooks.parseParameters(values.param ?? [], values.params)
  if (values['dry-run'] !== true) {
    const { ensureSetup } = await import('../src/setup/index.js')
    await ensureSetup()
  }
  const options = jobOptions(values)
  const isGraph = positionals.some((path) => /\.ya?ml$/.test(path)) || (values.resume !== undefined && notebooks.isGraphRun(values.resume))
  if (isGraph) return await runGraph(notebooks, { values, positionals, parameters, options })
  const steps = { force: values.force === true, ...(values.from !== undefined && { from: values.from }) }
  if (values.watch === true) {
    if (positionals.length !== 1) throw bad('--watch takes one notebook.', positionals.join(' ') || 'none')
    return await notebooks.watchNotebook(positionals[0]!, { ...options, parameters, steps })
  }
  const resume = values.resume === undefined ? {} : { resume: values.resume }
  const result = await notebooks.runPipeline({ ...options, notebooks: positionals, parameters, steps, ...resume })
  for (const { error, notebook, status, exitCode, runId } of result.notebooks)
    // A cell's complaint about its arguments was printed in full as it failed.
    if (error !== undefined && !(exitCode === EXIT.usage && runId !== undefined))
      process.stderr.write(status === 'skipped' ? `${notebook}: skipped: ${error.message}\n` : `\n${formatError(error)}\n`)
  return result.exitCode
})

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values']

function jobOptions(values: Values) {
  const timeoutMs = seconds('--timeout', values.timeout)
  const cellTimeoutMs = seconds('--cell-timeout', values['cell-timeout'])
  return {
    dryRun: values['dry-run'] === true,
    requireDevice: values['require-device'] === true,
    ...(values.device !== undefined && { device: values.device }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(cellTimeoutMs !== undefined && { cellTimeoutMs }),
  }
}

async function runGraph(
  { runGraph, resumeGraph }: typeof import('../src/notebook/index.js'),
  {
    values,
    positionals,
    parameters,
    options,
  }: { values: Values; positionals: string[]; parameters: object; options: ReturnType<typeof jobOptions> },
): Promise<number> {
  const given = [
    ...(Object.keys(parameters).length > 0 ? ['-p'] : []),
    ...(['from', 'watch'] as const).filter((name) => values[name] !== undefined).map((name) => `--${name}`),
  ]
  if (given.length > 0) throw bad('A graph has its parameters in its file, and its notebooks run as wholes.', given.join(' '))
  if (positionals.length + (values.resume === undefined ? 0 : 1) !== 1) throw bad('One graph at a time.', positionals.join(' '))
  const more = { ...options, force: values.force === true }
  const { exitCode } =
    values.resume === undefined ? await runGraph(resolveUserPath(positionals[0]!), more) : await resumeGraph(values.resume, more)
  return exitCode
}

function bad(message: string, received: string): LabError {
  return new LabError('bad-arguments', message, { received, help: 'npm run pipeline -- --help', exitCode: EXIT.usage })
}

function seconds(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(value > 0))
    throw new LabError('bad-arguments', `${name} is a number of seconds.`, {
      received: text,
      expected: 'more than 0',
      help: `${name} 3600`,
      exitCode: EXIT.usage,
    })
  return value * 1000
}
