import { parseArgs } from 'node:util'
import { EXIT, LabError, formatError } from '../src/core/index.js'
import { runDoor } from './door.js'

const USAGE = `npm run pipeline -- NOTEBOOK... [options]      run notebooks as batch jobs
npm run pipeline -- --resume RUN               go on with an interrupted or failed run

  -p, --param name=value    a parameter, YAML syntax; may be repeated
      --params FILE         parameters from a YAML file; -p wins
      --dry-run             check notebook, types and parameters; run nothing
      --resume RUN          id of a run (npm run runs lists them)
      --timeout SECONDS     stop cleanly after that long; resumable
      --cell-timeout SECONDS
      --device auto|cuda|cpu
      --require-device      an error instead of any fallback

exit codes: 0 finished, 1 failed, 2 bad arguments, 3 skipped, 75 interrupted and resumable
`

await runDoor(async (args) => {
  const { values, positionals } = parse(args)
  if (values.help === true) {
    process.stdout.write(USAGE)
    return EXIT.ok
  }
  if (positionals.length === 0 && values.resume === undefined) {
    process.stderr.write(USAGE)
    return EXIT.usage
  }
  const { parseParameters, runPipeline } = await import('../src/notebook/index.js')
  const parameters = parseParameters(values.param ?? [], values.params)
  if (values['dry-run'] !== true) {
    const { ensureSetup } = await import('../src/setup/index.js')
    await ensureSetup()
  }
  const timeoutMs = seconds('--timeout', values.timeout)
  const cellTimeoutMs = seconds('--cell-timeout', values['cell-timeout'])
  const { exitCode, notebooks } = await runPipeline({
    notebooks: positionals,
    parameters,
    dryRun: values['dry-run'] === true,
    requireDevice: values['require-device'] === true,
    ...(values.resume !== undefined && { resume: values.resume }),
    ...(values.device !== undefined && { device: values.device }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(cellTimeoutMs !== undefined && { cellTimeoutMs }),
  })
  for (const { error, notebook, status } of notebooks)
    if (error !== undefined)
      process.stderr.write(status === 'skipped' ? `${notebook}: skipped: ${error.message}\n` : `\n${formatError(error)}\n`)
  return exitCode
})

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        param: { type: 'string', short: 'p', multiple: true },
        params: { type: 'string' },
        'dry-run': { type: 'boolean' },
        resume: { type: 'string' },
        timeout: { type: 'string' },
        'cell-timeout': { type: 'string' },
        device: { type: 'string' },
        'require-device': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new LabError('bad-arguments', (error as Error).message, {
      received: args.join(' '),
      help: 'npm run pipeline -- --help',
      exitCode: EXIT.usage,
    })
  }
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
