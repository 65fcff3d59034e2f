import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import type { Bar } from '../features/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import type { StreamingTransform } from './bar-transform.js'
import type { FirstDifferences } from './first-differences.js'
import type { LeakMethod } from './leak.js'
import { closedBy, stretch, type Market } from './market.js'
import { tryTransform } from './run-transform.js'

export interface StreamedOptions {
  /** Rows of the whole series. */
  readonly full: FeatureMatrix
  /** Push the series in pieces of this many rows after the warm-up, each compared with the same piece in batch; undefined: in one go. */
  readonly pieceBars: number | undefined
  readonly warmup: number
}

/**
 * The strongest evidence: each row from a computation that had been shown nothing but the bars up to it, compared bit for bit with the row computed from the whole series. Every
 * bar, every column.
 */
export function checkStreamedRows(
  transform: StreamingTransform,
  market: Market,
  options: StreamedOptions,
  found: FirstDifferences,
): LeakMethod {
  const { full, pieceBars, warmup } = options
  const n = market.bars.time.length
  const before = found.compared
  if (pieceBars === undefined) streamPiece(transform, market, full, 0, found)
  let points = pieceBars === undefined ? n : 0
  for (let row = 0; pieceBars !== undefined && row < n; row += pieceBars) {
    const from = Math.max(0, row - warmup)
    const end = Math.min(n, row + pieceBars)
    const piece = stretch(market, from, end)
    const base = tryTransform(transform, piece)
    if (base === undefined) continue
    points += end - row
    streamPiece(transform, piece, base, from, found)
  }
  return { name: 'bar by bar', points, everyBar: points === n, comparedValues: found.compared - before }
}

function streamPiece(
  transform: StreamingTransform,
  { bars, others }: Market,
  X: FeatureMatrix,
  from: number,
  found: FirstDifferences,
): void {
  const stream = transform.stream()
  for (let i = 0; i < X.rows; i++) {
    const moment = bars.time[i]! + bars.timeframeMs
    const beside = Object.fromEntries(others.flatMap((other) => newestClosed(other, moment)))
    const row = stream.push(barAt(bars, i), beside)
    if (row.length !== X.names.length)
      throw new LabError('bad-transform', 'Bar by bar there are other columns than for the whole series.', {
        received: `${row.length} values`,
        expected: `${X.names.length}, one a column`,
        help: 'correct push(): it gives the row that transform() gives',
      })
    found.compareRow(X, i, row, from, 'shown only the bars up to it')
  }
}

function newestClosed(other: Bars, moment: number): [string, Bar][] {
  const closed = closedBy(other, moment)
  return closed === 0 ? [] : [[other.symbol, barAt(other, closed - 1)]]
}

const barAt = ({ time, open, high, low, close, volume }: Bars, i: number): Bar => ({
  ...{ time: time[i]!, open: open[i]!, high: high[i]! },
  ...{ low: low[i]!, close: close[i]!, volume: volume[i]! },
})
