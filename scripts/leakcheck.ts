import { DISPLAY, EXIT, LabError, plainText, type Displayable } from '../src/core/index.js'
import type { readArguments } from './arguments.js'
import { openDoor } from './door.js'

const USAGE = `npm run leakcheck -- DATASET [options]          certify the default features on a dataset
npm run leakcheck -- NOTEBOOK.ipynb [options]   run a notebook up to its certifyRun() and print the certificate

DATASET is a name under datasets/ or the path of a CSV or Parquet file.

      --symbol NAME         only this symbol; may be repeated (a file with several needs it)
      --every-bar           cut at every bar where a sample is the default
      --seed N              where samples are taken; default 0
  -p, --param name=value    a parameter of the notebook, YAML syntax; may be repeated
      --json                for programs

exit codes: 0 clean, 1 leaks found (or failed), 2 bad arguments or a notebook without a certificate
`

const OPTIONS = {
  symbol: { type: 'string', multiple: true },
  'every-bar': { type: 'boolean' },
  seed: { type: 'string' },
  param: { type: 'string', short: 'p', multiple: true },
  json: { type: 'boolean' },
} as const

await openDoor({ name: 'leakcheck', usage: USAGE, options: OPTIONS }, async ({ values, positionals }) => {
  const [target, ...more] = positionals
  if (target === undefined || more.length > 0) {
    process.stderr.write(USAGE)
    return EXIT.usage
  }
  const everyBar = values['every-bar'] === true
  const { certificate, warmup } = target.endsWith('.ipynb')
    ? await ofNotebook(target, values, everyBar)
    : await ofDataset(target, values, everyBar)
  if (values.json === true) process.stdout.write(`${JSON.stringify({ certificate, warmup }, null, 2)}\n`)
  else for (const part of [certificate, ...warmup]) process.stdout.write(`${await textOf(part)}\n`)
  return certificate.clean ? EXIT.ok : EXIT.failed
})

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values']

async function ofDataset(dataset: string, { symbol, seed, param }: Values, everyBar: boolean) {
  if (param !== undefined) throw usage(`-p with ${dataset}`, '-p only with a notebook')
  const { checkDatasetLeaks } = await import('../src/workflow/index.js')
  return checkDatasetLeaks({ dataset, everyBar, seed: wholeNumber(seed), ...(symbol !== undefined && { symbols: symbol }) })
}

async function ofNotebook(notebook: string, { param, symbol, seed, json }: Values, everyBar: boolean) {
  if (symbol !== undefined || seed !== undefined)
    throw usage('--symbol or --seed with a notebook', 'the notebook has parameters of its own: -p symbol=BTCUSD -p seed=3')
  const { checkNotebookLeaks, parseParameters } = await import('../src/notebook/index.js')
  const { ensureSetup } = await import('../src/setup/index.js')
  const parameters = parseParameters(param ?? [], undefined)
  await ensureSetup()
  return { certificate: await checkNotebookLeaks({ notebook, parameters, everyBar, quiet: json === true }), warmup: [] }
}

async function textOf(part: Displayable): Promise<string> {
  return plainText(await part[DISPLAY]()) ?? ''
}

function wholeNumber(text: string | undefined): number {
  const value = Number(text ?? 0)
  if (!Number.isSafeInteger(value)) throw usage(`--seed ${text}`, 'a whole number')
  return value
}

function usage(received: string, expected: string): LabError {
  return new LabError('bad-arguments', 'The command was not understood.', {
    received,
    expected,
    help: 'npm run leakcheck -- --help',
    exitCode: EXIT.usage,
  })
}
