import type { Bars } from '../data/index.js'
import type { Column } from './column.js'
import { ColumnStream } from './column-stream.js'

/** Bars computed at once, at most: many enough that what a step costs beside them is small. */
export const CHUNK_BARS = 1024
const FEWEST_BARS = 128
/** Numbers that all buffers of a graph may hold together, so that they stay in the second cache. */
const CACHED_NUMBERS = 65_536

/** Bars of one step: fewer for a graph of many columns. The values do not depend on it. */
function chunkFor(columns: readonly Column[]): number {
  const fitting = Math.floor(CACHED_NUMBERS / Math.max(1, ColumnStream.buffersOf(columns)))
  return Math.max(FEWEST_BARS, Math.min(CHUNK_BARS, fitting))
}

/** A column of the bars by its source's name. */
export type SourceReader = (name: string) => Float64Array

/** Reads the sources of plain bars. */
export const sourcesOf =
  (bars: Bars): SourceReader =>
  (name) =>
    bars[name as 'close']

/**
 * Runs columns over whole series in steps, so that memory does not grow with the number of columns times bars.
 * @param table for `stream.writeRows`: which of the columns stands at each place of a row, -1 for none
 * @param take gets each step's place: values of column k for rows `row` .. `row + n - 1` are `stream.output(k)[at]` .. `[at + n - 1]`
 */
export function runColumns(
  columns: readonly Column[],
  rows: number,
  sources: SourceReader,
  take: (stream: ColumnStream, at: number, row: number, n: number) => void,
  table: readonly number[] = [],
): void {
  const chunk = chunkFor(columns)
  const stream = new ColumnStream(columns, chunk, table)
  try {
    const given = stream.sources.map((name) => ({ from: sources(name), to: stream.source(name) }))
    for (let row = 0; row < rows; row += chunk) {
      const n = Math.min(chunk, rows - row)
      const at = stream.begin(n)
      for (const { from, to } of given) to.set(from.subarray(row, row + n), at)
      stream.advance(n)
      take(stream, at, row, n)
    }
  } finally {
    stream.close()
  }
}

/**
 * Whole columns of bars, each of the bars' length; NaN before the first value. Shared parts are computed once.
 * @param into arrays of the bars' length to write to, where there are any
 */
export function computeColumns<K extends string>(
  bars: Bars,
  columns: Readonly<Record<K, Column>>,
  into?: Readonly<Partial<Record<K, Float64Array>>>,
): Record<K, Float64Array> {
  const names = Object.keys(columns) as K[]
  const rows = bars.time.length
  const out = Object.fromEntries(names.map((name) => [name, into?.[name] ?? new Float64Array(rows)])) as Record<K, Float64Array>
  const wanted = names.map((name) => columns[name])
  const written = names.map((name) => out[name])
  // Steps of the same length mostly lie at the same place of the buffers.
  let views: Float64Array[] = []
  let place = -1
  runColumns(wanted, rows, sourcesOf(bars), (stream, at, row, n) => {
    if (at !== place || views[0]?.length !== n) views = written.map((_, k) => stream.output(k).subarray(at, at + n))
    place = at
    for (let k = 0; k < views.length; k++) written[k]!.set(views[k]!, row)
  })
  return out
}
