import type { EmbargoInForce } from './embargo.js'

/** What rows must keep away from, in time and in row numbers. */
export interface HeldOutSpan {
  /** Open time of the first held-out bar, and its row. */
  readonly from: number
  readonly fromRow: number
  /** Latest end of a held-out label, and the last row that opens by then. */
  readonly to: number
  readonly toRow: number
}

export interface Purged {
  readonly kept: Int32Array
  readonly purged: number
  readonly embargoed: number
}

type Columns = { readonly time: Float64Array; readonly labelEndTime: Float64Array }

/** From the first of the rows to the latest end of their labels. Rows are increasing, at least one. */
export function spanOf(rows: Int32Array, { time, labelEndTime }: Columns): HeldOutSpan {
  let to = -Infinity
  for (let k = 0; k < rows.length; k++) to = Math.max(to, labelEndTime[rows[k]!]!)
  return { from: time[rows[0]!]!, fromRow: rows[0]!, to, toRow: firstAfter(time, to) - 1 }
}

/** A part that begins with bar `row` and that nothing follows; past the last bar nothing can stand before it. */
export const spanFrom = (row: number, time: Float64Array): HeldOutSpan => ({
  ...{ from: time[row] ?? NaN, fromRow: row },
  ...{ to: Infinity, toRow: Infinity },
})

/**
 * Drops rows that could know something of the held-out spans. A row is *purged* where its label's span, `time` to `labelEndTime`, meets one of them (a common
 * instant is enough), and else *embargoed* where it stands too near: with `side` 'before', less than the embargo before the start of the next span; with
 * 'after', less than the embargo after the end of a span. Labels may have any length and their ends any order.
 *
 * One pass, O(rows + spans). @param rows increasing, none inside a span's own rows; @param spans by increasing start
 */
export function purge(
  rows: Int32Array,
  spans: readonly HeldOutSpan[],
  { time, labelEndTime }: Columns,
  { ms, bars }: Pick<EmbargoInForce, 'ms' | 'bars'>,
  side: 'before' | 'after',
): Purged {
  const kept = new Int32Array(rows.length)
  let [count, purged, embargoed, next] = [0, 0, 0, 0]
  // Latest end among the spans that have begun: a span can end after one that began later.
  let [ended, endedRow] = [-Infinity, -Infinity]
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k]!
    const t = time[i]!
    for (; next < spans.length && spans[next]!.from <= t; next++)
      if (spans[next]!.to > ended) [ended, endedRow] = [spans[next]!.to, spans[next]!.toRow]
    const ahead = spans[next]
    if (t <= ended || (ahead !== undefined && !(labelEndTime[i]! < ahead.from))) purged += 1
    else if (
      side === 'after' ? t < ended + ms || i < endedRow + bars : ahead !== undefined && (t + ms > ahead.from || i + bars > ahead.fromRow)
    )
      embargoed += 1
    else kept[count++] = i
  }
  return { kept: kept.slice(0, count), purged, embargoed }
}

/** Holds out the latest share of the training rows for early stopping, with purge and embargo before it. */
export function holdOutLatest(rows: Int32Array, share: number, columns: Columns, embargo: EmbargoInForce) {
  const held = Math.round(rows.length * share)
  const validation = rows.slice(rows.length - held)
  const earlier = rows.slice(0, rows.length - held)
  if (held === 0) return { train: earlier, validation, purged: 0, embargoed: 0 }
  const { kept, purged, embargoed } = purge(earlier, [spanFrom(validation[0]!, columns.time)], columns, embargo, 'before')
  return { train: kept, validation, purged, embargoed }
}

/** Number of the first of the increasing values that is greater than `limit`; their count where none is. */
function firstAfter(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}
