import { mkdirSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { displayPath, EXIT, LabError, projectPath, resolveUserPath } from '../src/core/index.js'
import { loadBars, writeParquet } from '../src/data/index.js'
import {
  allFeatures,
  alpha158,
  alpha360,
  crossAssetFeatures,
  describeFeature,
  FEATURE_GROUPS,
  FeatureEngineer,
  featuresDocument,
  pictured,
  selectFeatures,
  type Feature,
  type FeatureGroup,
} from '../src/features/index.js'
import { closeRenderer, featurePanels, renderPng, table, tableText } from '../src/report/index.js'
import { openDoor } from './door.js'

const SETS: Readonly<Record<string, readonly Feature[]>> = { default: allFeatures, alpha158, alpha360 }

const USAGE = `npm run features -- list [options]               the features, their groups and warm-up
npm run features -- describe NAME...             what each one is
npm run features -- compute DATASET [options]    a Parquet file of features
npm run features -- docs                         write docs/features.md

      --set default|alpha158|alpha360
      --group NAME          may be repeated
      --name NAME           may be repeated
      --symbol NAME         of a file with several
      --timeframe T         merge the bars first: 4h, 1d
  -o, --out FILE
      --json                for programs
`

const OPTIONS = {
  set: { type: 'string', default: 'default' },
  group: { type: 'string', multiple: true },
  name: { type: 'string', multiple: true },
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  out: { type: 'string', short: 'o' },
  json: { type: 'boolean', default: false },
} as const

await openDoor({ name: 'features', usage: USAGE, options: OPTIONS }, async ({ values, positionals }) => {
  const [command, ...rest] = positionals
  const from = SETS[values.set]
  if (from === undefined) throw usage(`--set ${values.set}`, `one of: ${Object.keys(SETS).join(', ')}`)
  const groups = values.group as FeatureGroup[] | undefined
  const selection = { ...(groups && { groups }), ...(values.name && { names: values.name }) }
  if (command === 'list' && rest.length === 0) list(selectFeatures(selection, from), values.json)
  else if (command === 'describe' && rest.length > 0) {
    const references = rest.flatMap((name) => /^[^_].*__([a-z0-9]+)$/.exec(name)?.[1]?.toUpperCase() ?? [])
    const found = selectFeatures(
      { names: rest },
      [...allFeatures, ...alpha158, ...alpha360, ...new Set(references)].flatMap((each) =>
        typeof each === 'string' ? crossAssetFeatures(each) : each,
      ),
    )
    process.stdout.write(values.json ? `${JSON.stringify(found, null, 2)}\n` : `${found.map(describeFeature).join('\n\n')}\n`)
  } else if (command === 'compute' && rest.length === 1)
    await compute(rest[0]!, new FeatureEngineer({ ...selection, features: from }), values)
  else if (command === 'docs' && rest.length === 0) await writeDocs()
  else throw usage(positionals.join(' ') || 'nothing', 'list, describe NAME, compute DATASET or docs')
  return EXIT.ok
})

function list(features: readonly Feature[], json: boolean): void {
  const rows = features.map(({ name, group, lookback, description }) => ({ feature: name, group, 'warm-up': lookback, what: description }))
  process.stdout.write(
    json ? `${JSON.stringify(features, null, 2)}\n` : `${tableText(table(rows, { maxRows: rows.length }))}\n${features.length} features\n`,
  )
}

interface ComputeOptions {
  readonly out?: string | undefined
  readonly symbol?: string | undefined
  readonly timeframe?: string | undefined
}

async function compute(dataset: string, engineer: FeatureEngineer, { out, symbol, timeframe }: ComputeOptions): Promise<void> {
  const { bars } = await loadBars({ dataset, ...(symbol && { symbol }), ...(timeframe && { timeframe }) })
  const started = performance.now()
  const X = engineer.fitTransform(bars)
  const seconds = (performance.now() - started) / 1000
  const path = resolveUserPath(out ?? `${basename(dataset).replace(/\.\w+$/, '')}-features.parquet`)
  await writeParquet(path, [
    { name: 'time', type: 'time', values: X.time },
    ...X.names.map((name, j) => ({
      name,
      type: 'number' as const,
      values: Float64Array.from({ length: X.rows }, (_, i) => X.values[i * X.names.length + j]!),
    })),
  ])
  for (const { name, reason } of X.dropped) process.stderr.write(`left out ${name}: ${reason}\n`)
  process.stdout.write(
    `${displayPath(path)}: ${X.names.length} features of ${X.rows} bars of ${bars.symbol}, the first ${X.warmupBars} rows not complete (${seconds.toFixed(2)} s)\n`,
  )
}

/** docs/features.md and a picture of each group, on shipped data. */
async function writeDocs(): Promise<void> {
  const { bars } = await loadBars({ dataset: 'crypto-1d', symbol: 'BTCUSD' })
  const { bars: reference } = await loadBars({ dataset: 'crypto-1d', symbol: 'ETHUSD' })
  const hourly = (await loadBars({ dataset: 'btc-usd-1h' })).bars
  const daily = new FeatureEngineer({ references: ['ETHUSD'] }).fitTransform(bars, [reference])
  const X = new FeatureEngineer().fitTransform(hourly)
  mkdirSync(projectPath('docs/images'), { recursive: true })
  for (const group of FEATURE_GROUPS) {
    const panels = featurePanels(group === 'cross-asset' ? daily : X, pictured(group), { last: 240, title: `${group} features` })
    const [png] = await renderPng([panels], { scale: 1 })
    writeFileSync(projectPath(picturePath(group)), png!)
  }
  closeRenderer()
  writeFileSync(
    projectPath('docs/features.md'),
    featuresDocument((group) => picturePath(group).replace('docs/', '')),
  )
  process.stdout.write('docs/features.md\n')
}

function picturePath(group: FeatureGroup): string {
  return `docs/images/features-${group}.png`
}

function usage(received: string, expected: string): LabError {
  return new LabError('usage', 'The command was not understood.', {
    received,
    expected,
    help: 'npm run features -- list --group momentum',
    exitCode: EXIT.usage,
  })
}
