import { EXIT, LabError } from '../../core/index.js'
import { foldsByTime, type FoldsByTimeOptions } from '../../models/index.js'
import { completeRows, type FeatureMatrix } from '../../preprocess/index.js'
import type { Fold } from '../../split/index.js'

/** One symbol of a model over many: its own matrix, with the same columns as the others. */
export interface SymbolRows {
  readonly symbol: string
  readonly X: FeatureMatrix
  /** By row of X; NaN where unknown. */
  readonly y: Float64Array
  /** By row of X: when its label is known, ms; NaN where there is none. */
  readonly labelEndTime: Float64Array
  readonly sampleWeight?: Float64Array
}

/** The rows of many symbols as one matrix, by time and, at one time, in the order the symbols were given. */
export interface PooledSymbols {
  readonly symbols: readonly string[]
  readonly X: FeatureMatrix
  readonly y: Float64Array
  readonly labelEndTime: Float64Array
  readonly sampleWeight?: Float64Array
  /** By row: position of its symbol in `symbols`, and its row in that symbol's own matrix. */
  readonly symbolOf: Int32Array
  readonly rowOf: Int32Array
}

/**
 * Joins the matrices. A row still knows only its own symbol's features. Weights are taken where every symbol has them.
 * @throws LabError `bad-symbols` for none, one name twice, other columns, lengths that differ, weights of some only
 */
export function poolSymbols(parts: readonly SymbolRows[]): PooledSymbols {
  checkParts(parts)
  const names = parts[0]!.X.names
  const places = parts.flatMap(({ X }, s) => Array.from(X.time, (time, row) => ({ time, s, row })))
  places.sort((a, b) => a.time - b.time || a.s - b.s || a.row - b.row)
  const values = new Float64Array(places.length * names.length)
  for (const [i, { s, row }] of places.entries())
    values.set(parts[s]!.X.values.subarray(row * names.length, (row + 1) * names.length), i * names.length)
  const take = (of: (part: SymbolRows) => Float64Array): Float64Array => Float64Array.from(places, ({ s, row }) => of(parts[s]!)[row]!)
  return {
    symbols: parts.map(({ symbol }) => symbol),
    X: { names, rows: places.length, values, time: Float64Array.from(places, ({ time }) => time) },
    y: take(({ y }) => y),
    labelEndTime: take(({ labelEndTime }) => labelEndTime),
    ...(parts[0]!.sampleWeight !== undefined && { sampleWeight: take(({ sampleWeight }) => sampleWeight!) }),
    symbolOf: Int32Array.from(places, ({ s }) => s),
    rowOf: Int32Array.from(places, ({ row }) => row),
  }
}

export type PooledFoldsOptions = Omit<FoldsByTimeOptions, 'rows' | 'time' | 'labelEndTime'>

/**
 * Walk-forward folds by time over the rows of all symbols that are complete and have a label: no symbol's later bars, and no label of any symbol that ends later, stand in
 * the training part of another.
 * @throws LabError those of `foldsByTime`
 */
export function pooledFolds({ X, y, labelEndTime }: PooledSymbols, options: PooledFoldsOptions): Fold[] {
  const complete = completeRows(X)
  const rows = Int32Array.from(complete, (_, row) => row).filter(
    (row) => complete[row] === 1 && Number.isFinite(y[row]) && Number.isFinite(labelEndTime[row]),
  )
  return foldsByTime({ ...options, rows, time: X.time, labelEndTime })
}

/** Values of pooled rows given back: one entry a symbol that has any, rows of its own matrix in increasing order. */
export function bySymbol(
  { symbols, symbolOf, rowOf }: PooledSymbols,
  rows: Int32Array,
  values: Float64Array,
): { readonly symbol: string; readonly rows: Int32Array; readonly values: Float64Array }[] {
  const positions = symbols.map((): number[] => [])
  for (const [k, row] of rows.entries()) positions[symbolOf[row]!]!.push(k)
  return symbols.flatMap((symbol, s) => {
    const own = positions[s]!.sort((a, b) => rowOf[rows[a]!]! - rowOf[rows[b]!]!)
    if (own.length === 0) return []
    return [{ symbol, rows: Int32Array.from(own, (k) => rowOf[rows[k]!]!), values: Float64Array.from(own, (k) => values[k]!) }]
  })
}

function checkParts(parts: readonly SymbolRows[]): void {
  const bad = (received: string, expected: string): LabError =>
    new LabError('bad-symbols', 'These symbols cannot be trained as one.', {
      received,
      expected,
      help: 'engineer the features of every symbol with the same settings, and give each symbol once',
      exitCode: EXIT.usage,
    })
  const first = parts[0]
  if (first === undefined) throw bad('no symbols', 'one or more')
  for (const [s, { symbol, X, y, labelEndTime, sampleWeight }] of parts.entries()) {
    if (parts.findIndex((other) => other.symbol === symbol) !== s) throw bad(`${symbol} twice`, 'each symbol once')
    const j = first.X.names.findIndex((name, at) => X.names[at] !== name)
    if (j >= 0 || X.names.length !== first.X.names.length)
      throw bad(
        `${symbol} with ${X.names.length} columns, ${X.names[Math.max(0, j)] ?? 'none'} at ${Math.max(0, j)}`,
        `the columns of ${first.symbol}`,
      )
    if ([y, labelEndTime, sampleWeight ?? y].some(({ length }) => length !== X.rows))
      throw bad(`${symbol} with ${X.rows} rows, ${y.length} targets, ${labelEndTime.length} label ends`, 'as many of each')
    if ((sampleWeight === undefined) !== (first.sampleWeight === undefined))
      throw bad(`weights of some symbols, not of ${symbol}`, 'weights of all or of none')
  }
}
