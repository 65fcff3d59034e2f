import { DISPLAY, type Displayable } from '../core/index.js'
import type { FeatureMatrix } from './feature-matrix.js'

/** Which columns a selection kept, and why it dropped the others. Shows itself. */
export interface Selection<Dropped extends { readonly name: string } = DroppedColumn> extends Displayable {
  /** Names of the kept columns, in their order. */
  readonly names: readonly string[]
  /** Their positions in X.names. */
  readonly columns: Int32Array
  /** In the order of X.names. */
  readonly dropped: readonly Dropped[]
}

/** Dropped for what its training values are. */
export interface ConstantColumn {
  readonly name: string
  readonly reason: 'no-values' | 'constant' | 'near-constant' | 'low-variance'
  /** Share of the most frequent value among the training values; 0 where there is none. */
  readonly share: number
}

/** Dropped for saying what a kept column says. */
export interface CorrelatedColumn {
  readonly name: string
  readonly reason: 'correlated'
  /** The kept column that it duplicates. */
  readonly duplicates: string
  /** With its sign. */
  readonly correlation: number
}

export type DroppedColumn = ConstantColumn | CorrelatedColumn

export function makeSelection<Dropped extends DroppedColumn>(
  X: FeatureMatrix,
  droppedAt: ReadonlyMap<number, Dropped>,
): Selection<Dropped> {
  const columns = Int32Array.from(X.names.flatMap((_, j) => (droppedAt.has(j) ? [] : [j])))
  const dropped = X.names.flatMap((_, j) => droppedAt.get(j) ?? [])
  return {
    names: Array.from(columns, (j) => X.names[j]!),
    columns,
    dropped,
    [DISPLAY]: () => ({
      'text/plain': [`${columns.length} of ${X.names.length} columns kept`, ...dropped.map(describeDropped)].join('\n'),
    }),
  }
}

/** One line: 'sma_20_ratio dropped: correlation 0.994 with sma_21_ratio'. */
export function describeDropped(column: DroppedColumn): string {
  switch (column.reason) {
    case 'correlated':
      return `${column.name} dropped: correlation ${column.correlation.toFixed(4)} with ${column.duplicates}`
    case 'no-values':
      return `${column.name} dropped: no training row has a value`
    case 'constant':
      return `${column.name} dropped: constant`
    case 'near-constant':
      return `${column.name} dropped: one value fills ${(100 * column.share).toFixed(2)} % of the training rows`
    case 'low-variance':
      return `${column.name} dropped: its variance is too small`
  }
}

/** The matrix with these columns alone, in their order; values are copied. */
export function selectColumns(X: FeatureMatrix, columns: Int32Array): FeatureMatrix {
  const width = columns.length
  const values = new Float64Array(X.rows * width)
  for (let row = 0, to = 0; row < X.rows; row++)
    for (let j = 0; j < width; j++) values[to++] = X.values[row * X.names.length + columns[j]!]!
  return { names: Array.from(columns, (j) => X.names[j]!), time: X.time, rows: X.rows, values }
}
