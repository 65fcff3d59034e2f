import { FEATURE_GROUPS, type Feature, type FeatureGroup } from './define-feature.js'
import { crossAssetFeatures } from './families/cross-asset.js'
import { featureFamilyNames } from './feature-families.js'
import { allFeatures } from './registry.js'
import { alpha158 } from './sets/alpha158.js'
import { alpha360 } from './sets/alpha360.js'

const GROUP_TITLES: Readonly<Record<FeatureGroup, string>> = {
  price: 'Price: returns, gaps, candle shapes, distance to extremes',
  momentum: 'Momentum',
  trend: 'Trend',
  volatility: 'Volatility',
  volume: 'Volume',
  statistical: 'Statistical',
  microstructure: 'Microstructure, estimated from bars',
  time: 'Time: calendar and sessions',
  'cross-asset': 'Cross-asset: against a reference symbol',
}

/** Everything there is to say about one feature, as plain lines. */
export function describeFeature({ name, group, description, inputs, params, lookback, reference, scope, column }: Feature): string {
  const settings = Object.entries(params).map(([key, value]) => `${key} ${value}`)
  const bars = scope.timeframe === undefined ? 'bars' : `bars of ${scope.timeframe}`
  return [
    name,
    `  ${description}`,
    `  group      ${group}`,
    `  inputs     ${[...inputs, ...(reference === undefined ? [] : [`bars of ${reference}`])].join(', ') || 'bars of another symbol'}`,
    ...(settings.length === 0 ? [] : [`  settings   ${settings.join(', ')}`]),
    `  warm-up    ${lookback === 0 ? 'none' : `${lookback} ${bars}: the value of bar ${lookback} is the first`}`,
    `  bar by bar ${column === undefined ? 'computed again from all bars so far' : 'yes, the same numbers as in batch'}`,
  ].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function table(features: readonly Feature[]): string[] {
  return [
    '| Feature | What it is | Inputs | Warm-up (bars) |',
    '| --- | --- | --- | ---: |',
    ...features.map(
      ({ name, description, inputs, lookback }) => `| \`${name}\` | ${cell(description)} | ${inputs.join(', ')} | ${lookback} |`,
    ),
  ]
}

/** The features that the picture of a group shows. */
export function pictured(group: FeatureGroup): readonly string[] {
  const names = groupFeatures(group).map(({ name }) => name)
  const step = Math.max(1, Math.floor(names.length / 6))
  return names.filter((_, i) => i % step === 0).slice(0, 6)
}

function groupFeatures(group: FeatureGroup): readonly Feature[] {
  return group === 'cross-asset' ? crossAssetFeatures('ETHUSD') : allFeatures.filter((feature) => feature.group === group)
}

/** docs/features.md. `picture` gives the path of a group's picture. */
export function featuresDocument(picture: (group: FeatureGroup) => string): string {
  const lines = [
    '# Features',
    '',
    `<!-- Written by \`npm run features -- docs\` from the records in src/features: edit those. -->`,
    '',
    `The default set has ${allFeatures.length} features; Alpha158 (${alpha158.length}) and Alpha360 (${alpha360.length}) are named sets, comparisons with another symbol come with \`references\`.`,
    'No value depends on the price level or on the unit of volume. The value at a bar uses that bar and earlier ones only; windows count bars, whatever time lies between them.',
    'The first rows of a column are missing (NaN) until its window is full. A missing input is a break: the value is missing there, and the feature begins anew after it.',
    '',
    '```ts',
    "import { FeatureEngineer, loadBars } from '../src/index.js'",
    '',
    "const { bars } = await loadBars({ dataset: 'btc-usd-1h' })",
    'const X = new FeatureEngineer().fitTransform(bars) // all',
    "const some = new FeatureEngineer({ groups: ['momentum', 'volatility'], names: ['rsi_21'] }) // any period",
    '```',
    '',
    '```sh',
    'npm run features -- list --group momentum',
    'npm run features -- describe rsi_14',
    'npm run features -- compute btc-usd-1h -o features.parquet',
    '```',
    '',
  ]
  for (const group of FEATURE_GROUPS) {
    const features = groupFeatures(group)
    lines.push(`## ${GROUP_TITLES[group]}`, '', `![${group} features](${picture(group)})`, '')
    if (group === 'cross-asset')
      lines.push("Made for any symbol by `new FeatureEngineer({ references: ['ETHUSD'] })`; bars are joined on time.", '')
    lines.push(...table(features), '')
  }
  lines.push(
    '## Any period, longer bars, lags, other symbols',
    '',
    `These families take any period (\`rsi_21\`): ${featureFamilyNames.map((name) => `\`${name}\``).join(', ')}.`,
    '',
    '```ts',
    "import { expandFeatures, FeatureEngineer } from '../src/index.js'",
    '',
    "const features = expandFeatures({ families: ['rsi', 'atr_pct'], periods: [7, 14, 28], timeframes: ['4h', '1d'], lags: [1, 2], symbols: ['ETHUSD'] })",
    'const engineer = new FeatureEngineer({ features }) // 2 x 3 x 3 x 3 x 2 = 108 columns',
    '```',
    '',
    'A longer bar counts from the moment it is closed, never before; one that was not seen from its beginning is left out.',
    '',
    '## Scaling and selection',
    '',
    'Models learn scaling and selection from the training rows of each fold (see [preprocessing](preprocessing.md)). Where you need them outside a model, the engineer learns them from the bars',
    'it is fitted on:',
    '',
    '```ts',
    "import { sliceBars } from '../src/index.js'",
    '',
    "const scaled = new FeatureEngineer({ preprocess: { dropCorrelated: { threshold: 0.95 }, scaler: 'robust' } })",
    "scaled.fit(sliceBars(bars, { to: '2019-01-01' })) // the training span only",
    'const Z = scaled.transform(bars)',
    '```',
    '',
    '## Named sets',
    '',
    '`new FeatureEngineer({ features: alpha158 })`, `new FeatureEngineer({ features: alpha360 })`: the sets of Microsoft Qlib.',
    'Windows must be full (Qlib starts with one bar), and (high + low + close) / 3 stands in for the volume-weighted price, which bars do not have.',
    '',
    ...table(alpha158.slice(0, 18)),
    '',
    `... and so on for all 29 measures over 5, 10, 20, 30 and 60 bars. Alpha360 is the last 60 bars themselves: prices / newest close, volumes / newest volume.`,
    '',
    '## A feature of your own',
    '',
    '```ts',
    "import { allFeatures, defineFeature, divide, FeatureEngineer, sma } from '../src/index.js'",
    '',
    'const volumeSurge = defineFeature({',
    "  name: 'volume_surge_12',",
    "  group: 'volume',",
    "  description: 'Volume / mean volume of 12 bars.',",
    '  column: ({ volume }) => divide(volume, sma(volume, 12)),',
    '})',
    'const engineer = new FeatureEngineer({ features: [...allFeatures, volumeSurge] })',
    '```',
    '',
    'From this one record come the batch column, the same numbers bar by bar (`engineer.stream()`), the warm-up, the inputs, the leak check and its line on this page. Built of',
    'indicators it cannot look ahead. What does not fit may be a function of whole columns (`inputs`, `lookback`, `compute`): the leak certificate then tells whether it looks ahead.',
    'To ship it, put the record into its family under `src/features/families/` and add it to the list at the end of that file.',
  )
  return `${lines.join('\n')}\n`
}
