import type { ColumnTable } from 'arquero'
import type { DataFrame } from 'danfojs-node'
import { DISPLAY, LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import { table, type Table, type TableOptions } from '../report/index.js'

/** Columns of equal length by name: what bars, feature matrices and tables of other libraries have in common. */
export type Columns = Record<string, ArrayLike<unknown>>

/**
 * Columns of bars (`time` first) or of a feature matrix (`time`, then one column a feature); columns are given back as they are.
 * Times are Dates, as table libraries expect; NaN stays NaN.
 */
export function toColumns(data: Bars | FeatureMatrix | Columns): Columns {
  if (isBars(data)) {
    const { time, open, high, low, close, volume } = data
    return { time: toDates(time), open, high, low, close, volume }
  }
  if (isFeatureMatrix(data)) {
    const width = data.names.length
    const features = data.names.map(
      (name, j) => [name, Float64Array.from({ length: data.rows }, (_, row) => data.values[row * width + j]!)] as const,
    )
    return { time: toDates(data.time), ...Object.fromEntries(features) }
  }
  return data
}

/** An arquero table of bars, a feature matrix or columns; it shows itself. Arquero is loaded at the first call. */
export async function toArquero(data: Bars | FeatureMatrix | Columns): Promise<ColumnTable> {
  const { table: makeTable } = await import('arquero')
  await installTableDisplay(['arquero'])
  return makeTable(toColumns(data))
}

/**
 * Columns of an arquero table in its present order and filter: numbers and Dates (as ms, UTC) become Float64Array with NaN for what is missing,
 * everything else an array.
 */
export function fromArquero(source: ColumnTable): Record<string, Float64Array | unknown[]> {
  return Object.fromEntries(
    source.columnNames().map((name) => {
      const values = Array.from(source.array(name) as ArrayLike<unknown>)
      return [name, values.every(isNumeric) ? Float64Array.from(values, toNumber) : values]
    }),
  )
}

/** A danfojs DataFrame of bars, a feature matrix or columns; it shows itself. danfojs (with tfjs) is loaded at the first call, which takes about a second. */
export async function toDanfo(data: Bars | FeatureMatrix | Columns): Promise<DataFrame> {
  const danfo = await import('danfojs-node')
  await installTableDisplay(['danfojs'])
  const columns = Object.entries(toColumns(data)).map(([name, values]): [string, unknown[]] => [name, Array.from(values, toDanfoValue)])
  return new danfo.DataFrame(Object.fromEntries(columns))
}

/** danfojs has no dates: times travel as ISO text, which its own readers use too. */
const toDanfoValue = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value)

interface ArqueroLike {
  columnNames(): string[]
  numRows(): number
  objects(options: { limit: number }): object[]
}
interface DanfoLike {
  readonly columns: string[]
  readonly values: unknown[]
  readonly shape: number[]
}

/** Rows of a table that are shown at once, and those that a notebook can open. */
const FIRST_ROWS = 20
const PAGED_ROWS = 1000

const sizeOf = (rows: number, columns: number): string => `${rows} rows x ${columns} columns`

/**
 * A displayable table of an arquero table, a danfojs DataFrame or Series, bars or a feature matrix.
 * @throws LabError `not-a-table` for anything else.
 */
export function asTable(value: unknown, options: TableOptions = {}): Table {
  if (isArquero(value)) {
    const [total, columns] = [value.numRows(), value.columnNames()]
    const rows = value.objects({ limit: Math.max(PAGED_ROWS, options.maxRows ?? 0) })
    return table(rows, { title: sizeOf(total, columns.length), columns, maxRows: FIRST_ROWS, total, ...options })
  }
  if (isDanfo(value)) {
    const total = value.shape[0] ?? 0
    const rows = value.values
      .slice(0, Math.max(PAGED_ROWS, options.maxRows ?? 0))
      .map((row) => Object.fromEntries(value.columns.map((name, j) => [name, Array.isArray(row) ? (row as unknown[])[j] : row])))
    return table(rows, { title: sizeOf(total, value.columns.length), columns: value.columns, maxRows: FIRST_ROWS, total, ...options })
  }
  if (typeof value === 'object' && value !== null && (isBars(value) || isFeatureMatrix(value)))
    return table(toColumns(value), { maxRows: FIRST_ROWS, ...options })
  throw new LabError('not-a-table', 'The value cannot be shown as a table.', {
    received: value === null ? 'null' : typeof value,
    expected: 'an arquero table, a danfojs DataFrame or Series, bars or a feature matrix',
    help: 'use table(rows) for an array of objects',
  })
}

/**
 * From now on tables of the named libraries (default arquero) show themselves in this process when a cell ends with one, as HTML with aligned text beside it.
 * `toArquero` and `toDanfo` see to it themselves, and a cell that ends with such a table needs none of it; call it for `display(table)` where the library alone made it.
 * Calling it again changes nothing.
 */
export async function installTableDisplay(libraries: readonly ('arquero' | 'danfojs')[] = ['arquero']): Promise<void> {
  if (libraries.includes('arquero')) addDisplay((await import('arquero')).ColumnTable.prototype)
  // Methods of a DataFrame answer with a base class of the one that is exported, and a column is a Series: all meet in one root class.
  if (libraries.includes('danfojs')) addDisplay(rootPrototype((await import('danfojs-node')).DataFrame.prototype))
}

function rootPrototype(prototype: object): object {
  const parent = Object.getPrototypeOf(prototype) as object | null
  return parent === null || parent === Object.prototype ? prototype : rootPrototype(parent)
}

function addDisplay(prototype: object): void {
  Object.defineProperty(prototype, DISPLAY, {
    configurable: true,
    enumerable: false,
    value(this: unknown) {
      return asTable(this)[DISPLAY]()
    },
  })
}

const isBars = (value: object): value is Bars => 'timeframeMs' in value && 'close' in value
const isFeatureMatrix = (value: object): value is FeatureMatrix => 'names' in value && 'values' in value && 'rows' in value
const isArquero = (value: unknown): value is ArqueroLike =>
  typeof (value as ArqueroLike | null)?.columnNames === 'function' && typeof (value as ArqueroLike).objects === 'function'
const isDanfo = (value: unknown): value is DanfoLike => {
  const { columns, values, shape } = (value ?? {}) as Partial<DanfoLike>
  return Array.isArray(columns) && Array.isArray(values) && Array.isArray(shape)
}

/** True for an arquero table, a danfojs DataFrame or Series. */
export const isForeignTable = (value: unknown): boolean => isArquero(value) || isDanfo(value)

const toDates = (time: Float64Array): Date[] => Array.from(time, (ms) => new Date(ms))
const isNumeric = (value: unknown): boolean => value === null || value === undefined || typeof value === 'number' || value instanceof Date
const toNumber = (value: unknown): number => (value === null || value === undefined ? NaN : Number(value))
