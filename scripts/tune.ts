import { DISPLAY, EXIT, LabError, plainText, systemClock } from '../src/core/index.js'
import { openDoor } from './door.js'

const USAGE = `npm run tune -- --model KIND [options]     search a model's parameters for the direction of a dataset

      --model KIND          logistic, lightgbm, lstm, ...
      --trials N            the study ends when it has so many; default tuning.trials (50)
      --dataset NAME        under datasets/, or the path of a CSV or Parquet file; default btc-usd-1h
      --symbol NAME         of a file with several
      --timeframe T         merge the bars first: 4h, 1d
      --horizon N           bars ahead; default 1
      --study NAME          default: the model and a hash of all that decides the trials
      --sampler KIND        tpe, cmaes, random, grid
      --pruner KIND         none, median, hyperband, successive_halving
      --metric NAME         auc, logLoss, brier, ...: mean over the folds
      --workers N           trials at a time; does not change the result
      --batch N             trials drawn before any is told; with the seed it decides the trials
      --storage URL         postgresql://user@host/database, or an SQLite file
      --seed N              default 7
      --timeout MINUTES     no batch is begun after so long
      --device auto|cuda|cpu
      --config FILE         default config/ml/training.yaml
      --json                the result for programs, on stdout alone

The same command again goes on where it was, also after Ctrl-C or a kill. The best parameters are kept in runs/studies/STUDY/best.json.

exit codes: 0 finished, 1 failed, 2 bad arguments, 75 interrupted and resumable
`

const OPTIONS = {
  model: { type: 'string' },
  trials: { type: 'string' },
  dataset: { type: 'string' },
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  horizon: { type: 'string' },
  study: { type: 'string' },
  sampler: { type: 'string' },
  pruner: { type: 'string' },
  metric: { type: 'string' },
  workers: { type: 'string' },
  batch: { type: 'string' },
  storage: { type: 'string' },
  seed: { type: 'string' },
  timeout: { type: 'string' },
  device: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const

await openDoor({ name: 'tune', usage: USAGE, options: OPTIONS, allowPositionals: false }, async ({ values }) => {
  if (values.model === undefined) {
    process.stderr.write(USAGE)
    return EXIT.usage
  }
  const { loadConfig } = await import('../src/config/index.js')
  const { checkModelKind, pickOf, PRUNERS, SAMPLERS, storageName } = await import('../src/tune/index.js')
  const { classificationMetrics } = await import('../src/metrics/index.js')
  const config = loadConfig(values.config)
  const given = {
    model: checkModelKind(values.model),
    ...text({ symbol: values.symbol, timeframe: values.timeframe, study: values.study, storage: values.storage }),
    ...whole({ trials: values.trials, horizon: values.horizon, workers: values.workers, batch: values.batch, seed: values.seed }),
    ...(values.sampler !== undefined && { sampler: pickOf('--sampler', values.sampler, SAMPLERS) }),
    ...(values.pruner !== undefined && { pruner: pickOf('--pruner', values.pruner, PRUNERS) }),
    ...(values.metric !== undefined && {
      metric: pickOf(
        '--metric',
        values.metric,
        classificationMetrics.map(({ name }) => name),
      ),
    }),
    ...(values.device !== undefined && { device: pickOf('--device', values.device, ['auto', 'cuda', 'cpu'] as const) }),
    ...(values.timeout !== undefined && { timeoutMs: minutes(values.timeout) }),
  }
  const { ensureSetup } = await import('../src/setup/index.js')
  await ensureSetup()
  const { headlineOf, holdoutTable, paramsText, trialTable, tuneDirection } = await import('../src/workflow/index.js')
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const json = values.json === true
  const writeResult = json ? keepStdout() : (text: string): void => void process.stdout.write(text)
  const started = systemClock.monotonic()
  const { run, tuned, holdout } = await tuneDirection({
    ...given,
    config,
    dataset: values.dataset ?? 'btc-usd-1h',
    signal: stop.signal,
    onTrial: ({ number, state, value, params, error }, best) => {
      const score = value === null ? (error ?? '') : value.toFixed(5)
      const bestSoFar = best === undefined ? '' : `  best ${best.value!.toFixed(5)} (trial ${best.number})`
      process.stdout.write(`${seconds(started)} trial ${number} ${state} ${score}  ${paramsText(params)}${bestSoFar}\n`)
    },
  })
  const { study, storage, trials, result } = tuned
  const metric = given.metric ?? config.tuning.metric
  if (json) {
    writeResult(
      `${JSON.stringify({ study, storage: storageName(storage), run: run.id, result: result ?? null, holdout, trials }, null, 2)}\n`,
    )
    return EXIT.ok
  }
  const { better } = classificationMetrics.find(({ name }) => name === metric)!
  for (const part of [trialTable(trials, better), holdoutTable(holdout)]) writeResult(`\n${plainText(part[DISPLAY]())!}\n`)
  writeResult(`\n${headlineOf({ tuned, holdout, metric })}\n`)
  if (result !== undefined)
    writeResult(`Next: npm run pipeline -- notebooks/direction.ipynb -p 'models=[${given.model}]' -p 'tuned=[${study}]'\n`)
  return EXIT.ok
})

/** From here on what the steps display goes to stderr: stdout belongs to the result. @returns what still writes there */
function keepStdout(): (text: string) => void {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr)
  return (text) => void write(text)
}

function seconds(from: number): string {
  return `${((systemClock.monotonic() - from) / 1000).toFixed(1)}s`.padStart(8)
}

function text<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string }
}

function whole<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: number } {
  const numbers = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return []
    const number = Number(value)
    if (!Number.isSafeInteger(number) || number < (name === 'seed' ? 0 : 1))
      throw usage(`--${name} ${value}`, `--${name} is a whole number${name === 'seed' ? '' : ' from 1'}`)
    return [[name, number] as const]
  })
  return Object.fromEntries(numbers) as { [K in keyof T]?: number }
}

function minutes(value: string): number {
  if (!(Number(value) > 0)) throw usage(`--timeout ${value}`, 'a number of minutes above 0')
  return Number(value) * 60_000
}

function usage(received: string, expected: string): LabError {
  return new LabError('bad-arguments', 'The command was not understood.', {
    received,
    expected,
    help: 'npm run tune -- --help',
    exitCode: EXIT.usage,
  })
}
