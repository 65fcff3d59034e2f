import { DISPLAY, displayPath, escapeHtml, EXIT, LabError, resolveUserPath, sha256File, type Displayable } from '../core/index.js'
import type { Bars } from './bars.js'
import { describeBars } from './bars-summary.js'
import { cleanBars } from './clean-bars.js'
import type { ColumnMapping } from './column-roles.js'
import { findDataset, type DatasetOrigin, type ShippedDataset } from './datasets.js'
import type { QualityPolicy } from './quality-policy.js'
import type { QualityReport } from './quality-report.js'
import { readRawBars, type ReadFacts } from './read-raw-bars.js'
import { resample } from './resample.js'
import { sliceBars, type TimeLike } from './slice-bars.js'
import { symbolKey } from './symbol-key.js'
import type { DateOrder } from './time-format.js'
import { formatTimeframe } from './timeframe.js'

/** Which bars, of which source. */
export interface LoadBarsOptions {
  /** Name of a shipped dataset, or path of a CSV or Parquet file (also .gz), absolute or from the folder the user typed in. */
  readonly dataset: string
  /** Needed where the source holds several symbols. BTCUSD, BTC/USD, btc-usd mean the same. Names the bars of a file without symbols. */
  readonly symbol?: string
  /** Merges the bars into longer ones: '4h', '1d', '1w'; a torn first or last one is left out. Default: as the source has them. */
  readonly timeframe?: string
  /** First open time, inclusive. */
  readonly from?: TimeLike
  /** End of the open times, exclusive. */
  readonly to?: TimeLike
  /** What to do about faults; see QualityPolicy for each default. */
  readonly policy?: Partial<QualityPolicy>
  /** File columns that are not found by name: `{ time: 'ts', close: 'px' }`. */
  readonly columns?: ColumnMapping
  readonly dateOrder?: DateOrder
}

/** Where the bars come from, for run.json: enough to know whether another run saw the same data. */
export interface DatasetSource {
  readonly kind: 'shipped' | 'file'
  /** Name of the dataset; for a file, its path (relative to the project where it lies inside). */
  readonly name: string
  readonly title: string
  readonly path: string
  /** SHA-256 of the file's bytes, as `sha256sum` prints it. */
  readonly sha256: string
  readonly symbol: string
  readonly timeframe: string
  /** Bars handed over, after cleaning, cutting and resampling; open times ISO, UTC. */
  readonly rows: number
  readonly from: string
  readonly to: string
  readonly read: ReadFacts
  /** Package and licence of a shipped dataset. */
  readonly origin?: DatasetOrigin
}

/** Bars with their quality and source; shows summary and quality. */
export interface LoadedBars extends Displayable {
  readonly bars: Bars
  /** Of the whole source, before cutting and resampling. */
  readonly quality: QualityReport
  readonly source: DatasetSource
}

/**
 * Reads, checks and cleans the bars of one symbol.
 * @returns bars of strictly increasing time; at least one.
 * @throws LabError `unknown-dataset`, `dataset-corrupt`, `no-rows-in-range`, those of readRawBars, cleanBars, resample
 */
export async function loadBars(options: LoadBarsOptions): Promise<LoadedBars> {
  const found = findDataset(options.dataset)
  const shipped = 'shipped' in found ? found.shipped : undefined
  const path = shipped?.path ?? resolveUserPath(options.dataset)
  const raw = await readShippedOrFile(path, shipped, options)
  const { bars: all, quality } = cleanBars(raw.bars, options.policy)
  const cut = options.from === undefined && options.to === undefined ? all : sliceBars(all, options)
  if (cut.time.length === 0) throw emptyRange(all, options)
  const bars = options.timeframe === undefined ? cut : resample(cut, options.timeframe, { completeOnly: true })
  if (bars.time.length === 0) throw emptyRange(all, options)
  const source: DatasetSource = {
    kind: shipped === undefined ? 'file' : 'shipped',
    name: shipped?.name ?? displayPath(path),
    title: shipped?.title ?? displayPath(path),
    path: displayPath(path),
    sha256: raw.sha256,
    symbol: bars.symbol,
    timeframe: formatTimeframe(bars.timeframeMs),
    rows: bars.time.length,
    from: new Date(bars.time[0]!).toISOString(),
    to: new Date(bars.time.at(-1)!).toISOString(),
    read: raw.bars.facts,
    ...(shipped !== undefined && { origin: shipped.source }),
  }
  return { bars, quality, source, [DISPLAY]: () => showLoaded(bars, quality, source) }
}

async function readShippedOrFile(path: string, shipped: ShippedDataset | undefined, options: LoadBarsOptions) {
  if (shipped === undefined) {
    const bars = await readRawBars(path, options)
    return { bars, sha256: await sha256File(path) }
  }
  const sha256 = await sha256File(path).catch(() => 'nothing: the file is missing')
  if (sha256 !== shipped.file.sha256)
    throw new LabError('dataset-corrupt', `The file of dataset "${shipped.name}" is not the one that was shipped.`, {
      received: `sha256 ${sha256}`,
      expected: `sha256 ${shipped.file.sha256}`,
      help: `git checkout -- datasets/${shipped.name}`,
    })
  return { bars: await readRawBars(path, options), sha256 }
}

function emptyRange(all: Bars, options: LoadBarsOptions): LabError {
  const text = (value: TimeLike | undefined): string =>
    value === undefined ? 'open' : value instanceof Date ? value.toISOString() : String(value)
  return new LabError('no-rows-in-range', 'No bars lie in the asked range.', {
    received: `from ${text(options.from)} to ${text(options.to)}${options.timeframe === undefined ? '' : `, timeframe ${options.timeframe}`}`,
    expected: `a range inside ${new Date(all.time[0]!).toISOString()} to ${new Date(all.time.at(-1)!).toISOString()} (${symbolKey(all.symbol)})`,
    help: 'widen from and to, or leave them out',
    exitCode: EXIT.usage,
  })
}

async function showLoaded(bars: Bars, quality: QualityReport, source: DatasetSource): Promise<Record<string, unknown>> {
  // How a shipped file is written was settled when it was made.
  const readAs = source.kind === 'shipped' ? [] : [`read as: ${source.read.readAs}`]
  const parts = [
    await describeBars(bars, source.title)[DISPLAY](),
    ...readAs.map((line) => ({ 'text/plain': `  ${line}`, 'text/html': `<div>${escapeHtml(line)}</div>` })),
    await quality[DISPLAY](),
  ]
  const join = (type: string, between: string): string =>
    parts.map((part) => (part as Record<string, unknown>)[type] as string).join(between)
  return { 'text/plain': join('text/plain', '\n'), 'text/html': join('text/html', '') }
}
