import type { DuckDBConnection } from '@duckdb/node-api'
import { basename } from 'node:path'
import { displayPath, LabError } from '../core/index.js'
import { chooseSymbol } from './choose-symbol.js'
import { chooseVolume, detectLayout, PRICES, type ColumnMapping, type PriceColumns, type TableLayout } from './column-roles.js'
import type { NumberStyle } from './csv-dialect.js'
import { readColumns, sqlText, textRows, withDuckDb, type ReadColumns } from './duckdb.js'
import { numberSql, numberStyleOf, withTable, type OpenTable, type TableColumn } from './open-table.js'
import { inspectFile } from './source-file.js'
import { symbolKey } from './symbol-key.js'
import { detectTimeColumns, type TimeColumns } from './time-column.js'
import { parseDateTexts, parseNumberTimes, type DateOrder, type ParsedTimes } from './time-format.js'

/** How to read a file where it does not say so itself. */
export interface ReadOptions {
  /** Which symbol; needed where the file holds several. Any writing: BTCUSD, BTC/USD, btc-usd. */
  readonly symbol?: string
  readonly columns?: ColumnMapping
  /** Day or month first, where the file itself does not decide. */
  readonly dateOrder?: DateOrder
}

/** What was found in a file and how it was read. */
export interface ReadFacts {
  readonly format: 'csv' | 'parquet'
  readonly layout: TableLayout['kind']
  /** All symbols of the file as it writes them; empty where it names none. */
  readonly symbols: readonly string[]
  /** File column behind each column of the bars. */
  readonly columns: ColumnMapping
  readonly timeFormat: string
  /** All of it in one line for a person: separator, decimal sign, times, columns of other names. */
  readonly readAs: string
  readonly notes: readonly string[]
}

/** Bars as the file has them: in its order, with its faults. `time` is NaN where it could not be read. */
export interface RawBars {
  readonly symbol: string
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly hasVolume: boolean
  /** Cells with text where a number belongs; they are NaN above. */
  readonly notNumbers: number
  /** The first few times that could not be read, as the file has them. */
  readonly unreadableTimes: readonly string[]
  /** Rows of a wide table before the first and after the last bar of this symbol; they are not among the rows above. */
  readonly absentRows: number
  readonly facts: ReadFacts
}

/**
 * Reads one symbol's bars of a CSV or Parquet file (also gzipped): column names, layout, delimiter, preamble, number and time formats are detected.
 * @param path as a person wrote it.
 * @throws LabError `file-not-found`, `not-a-file`, `empty-file`, `not-a-table`, `no-header`, `no-rows`, `csv-unreadable`, `corrupt-parquet`, `corrupt-gzip`,
 * `no-time-column`, `unreadable-times`, `missing-columns`, `unknown-column`, `several-symbols`, `unknown-symbol`, `ambiguous-dates`, `not-numbers`
 */
export async function readRawBars(path: string, options: ReadOptions = {}): Promise<RawBars> {
  const file = inspectFile(path)
  return withDuckDb((connection) =>
    withTable(connection, file, (table) => readTable(connection, table, { ...options, path: file.path, format: file.kind })),
  )
}

type Context = ReadOptions & { readonly path: string; readonly format: 'csv' | 'parquet' }

async function readTable(connection: DuckDBConnection, table: OpenTable, context: Context): Promise<RawBars> {
  const names = table.columns.map((column) => column.name)
  const layout = detectLayout(names, context.columns)
  const timeColumns = detectTimeColumns(
    table.columns.map(({ name, sample, type }) => ({ name, sample, temporal: /^(TIMESTAMP|DATE)/.test(type) })),
    context.columns?.time,
  )
  const { symbol, symbols, prices, where, notes } = await chooseBars(connection, table, layout, context)
  const read = await readChosen(connection, table, timeColumns, prices, where)
  if (read.rows === 0)
    throw new LabError('no-rows', 'The file has no bars.', {
      received: displayPath(context.path),
      expected: 'at least two bars',
      help: 'check that the file was written to the end',
    })
  const times = parseTimes(read, table.columns[timeColumns.time]!, timeColumns.clock !== undefined, context.dateOrder)
  const at = (role: number | undefined): string | undefined => (role === undefined ? undefined : names[role])
  const columns: Record<string, string | undefined> = {
    time: [at(timeColumns.time), at(timeColumns.clock)].filter((name) => name !== undefined).join(' + '),
    ...Object.fromEntries([...PRICES, 'volume' as const].map((role) => [role, at(prices[role])])),
    symbol: layout.kind === 'single' ? at(layout.symbol) : undefined,
  }
  const facts: ReadFacts = {
    format: context.format,
    layout: layout.kind,
    symbols,
    columns: Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== undefined)),
    timeFormat: times.format,
    readAs: readAs(table, prices, times.format, names),
    notes: [...table.notes, ...notes],
  }
  return assemble(symbol, read, times, prices, facts, context.path)
}

function readAs(table: OpenTable, prices: PriceColumns, timeFormat: string, names: readonly string[]): string {
  const { delimiter } = table
  const style = numberStyleOf(
    PRICES.map((price) => table.columns[prices[price]]!),
    delimiter,
  )
  const form =
    delimiter === undefined
      ? ['Parquet']
      : [delimiter === '\t' ? 'tab separated' : `\`${delimiter}\` separated`, style.decimalComma ? 'decimal comma' : 'decimal point']
  const renamed = [...PRICES, 'volume' as const].flatMap((role) => {
    const column = prices[role]
    const name = column === undefined ? role : names[column]!
    return name.toLowerCase() === role ? [] : [`${name} -> ${role}`]
  })
  return [[...form, `times: ${timeFormat}`].join(', '), ...renamed].join('; ')
}

interface Chosen {
  readonly symbol: string
  readonly symbols: readonly string[]
  readonly prices: PriceColumns
  readonly where: string
  readonly notes: readonly string[]
}

async function chooseBars(connection: DuckDBConnection, table: OpenTable, layout: TableLayout, context: Context): Promise<Chosen> {
  const names = table.columns.map((column) => column.name)
  if (layout.kind === 'wide') {
    const symbols = [...layout.symbols.keys()]
    const chosen = chooseSymbol(symbols, context.symbol, context.path)
    return { symbol: symbolKey(chosen[0]!), symbols, prices: layout.symbols.get(chosen[0]!)!, where: '', notes: [] }
  }
  const column = layout.symbol === undefined ? undefined : table.columns[layout.symbol]!
  const symbols = column === undefined ? [] : await distinctSymbols(connection, table, column)
  const chosen = symbols.length === 0 ? [context.symbol ?? fileStem(context.path)] : chooseSymbol(symbols, context.symbol, context.path)
  const volume = chooseVolume(names, chosen[0]!, context.columns?.volume)
  return {
    symbol: symbolKey(chosen[0]!),
    symbols,
    prices: { ...layout.prices, volume: volume.column },
    where: column === undefined || symbols.length === 0 ? '' : `WHERE ${column.sql}::VARCHAR IN (${chosen.map(sqlText).join(', ')})`,
    notes: volume.note === undefined ? [] : [volume.note],
  }
}

/** A file without a symbol is called by its name: 'my-bars.csv.gz' gives 'my-bars'. */
const fileStem = (path: string): string => basename(path).replace(/\.(gz|csv|tsv|txt|parquet|pq)\b/gi, '')

async function distinctSymbols(connection: DuckDBConnection, table: OpenTable, column: TableColumn): Promise<string[]> {
  const rows = await textRows(connection, `SELECT DISTINCT ${column.sql}::VARCHAR AS s FROM ${table.from} WHERE s IS NOT NULL ORDER BY s`)
  return rows.map(([symbol]) => symbol!)
}

/** Texts: the time where it is text. Numbers: the time where it is a number, four prices, volume, cells that are no number. */
async function readChosen(
  connection: DuckDBConnection,
  table: OpenTable,
  timeColumns: TimeColumns,
  prices: PriceColumns,
  where: string,
): Promise<ReadColumns> {
  const priceColumns = PRICES.map((price) => table.columns[prices[price]]!)
  const style = numberStyleOf(priceColumns, table.delimiter)
  const volume = prices.volume === undefined ? undefined : table.columns[prices.volume]!
  const valueColumns = volume === undefined ? priceColumns : [...priceColumns, volume]
  // Volumes may be grouped where prices are not; but 1.000 beside prices with a decimal comma is a thousand.
  const styleOf = (column: TableColumn): NumberStyle =>
    column === volume && !style.decimalComma ? numberStyleOf([column], table.delimiter) : style
  const values = valueColumns.map((column) => numberSql(column, styleOf(column)))
  const bad = valueColumns.map((column, i) => `(${column.sql} IS NOT NULL AND ${values[i]} IS NULL)::INTEGER`).join(' + ')
  const time = timeSql(table.columns[timeColumns.time]!, timeColumns.clock === undefined ? undefined : table.columns[timeColumns.clock]!)
  const selected = [time.sql, ...values, ...(volume === undefined ? ['NULL::DOUBLE'] : []), `(${bad})::DOUBLE`]
  return readColumns(connection, `SELECT ${selected.join(', ')} FROM ${table.from} ${where}`, time.text ? 1 : 0)
}

function timeSql(column: TableColumn, clock: TableColumn | undefined): { sql: string; text: boolean } {
  if (clock !== undefined) return { sql: `${column.sql}::VARCHAR || ' ' || ${clock.sql}::VARCHAR`, text: true }
  // A TIMESTAMP is taken as UTC; one with a time zone is already a moment. No cast between the two: it would use the machine's zone.
  if (column.type.startsWith('TIMESTAMP')) return { sql: `epoch_us(${column.sql})::DOUBLE / 1000`, text: false }
  if (column.type === 'DATE') return { sql: `epoch_us(${column.sql}::TIMESTAMP)::DOUBLE / 1000`, text: false }
  if (column.type !== 'VARCHAR') return { sql: `${column.sql}::DOUBLE`, text: false }
  const filled = column.sample.filter((text) => text.trim() !== '')
  const numeric = filled.length > 0 && filled.every((text) => /^\s*-?\d+(\.\d+)?(e\+?\d+)?\s*$/i.test(text))
  return numeric ? { sql: `TRY_CAST(${column.sql} AS DOUBLE)`, text: false } : { sql: column.sql, text: true }
}

function parseTimes(read: ReadColumns, column: TableColumn, joined: boolean, dateOrder: DateOrder | undefined): ParsedTimes {
  if (read.texts[0] !== undefined) return parseDateTexts(read.texts[0], dateOrder)
  if (!joined && /^TIMESTAMP|^DATE/.test(column.type)) return { time: read.numbers[0]!, format: column.type.toLowerCase() }
  return parseNumberTimes(read.numbers[0]!)
}

function assemble(symbol: string, read: ReadColumns, times: ParsedTimes, prices: PriceColumns, facts: ReadFacts, path: string): RawBars {
  const [open, high, low, close, volume, bad] = read.numbers.slice(-6) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const notNumbers = bad.reduce((sum, count) => sum + count, 0)
  for (const [name, values] of Object.entries({ open, high, low, close })) {
    if (!values.every(Number.isNaN)) continue
    throw new LabError('not-numbers', `The column for ${name} holds no numbers.`, {
      received: `${displayPath(path)}, column "${facts.columns[name as keyof ColumnMapping]}"`,
      expected: 'prices',
      help: `choose another column: loadBars({ columns: { ${name}: '...' } })`,
    })
  }
  const all = { symbol, time: times.time, open, high, low, close, volume }
  const kept = facts.layout === 'wide' ? trimAbsent(all) : { ...all, absentRows: 0 }
  return { ...kept, hasVolume: prices.volume !== undefined, notNumbers, unreadableTimes: unreadableTimes(read, times), facts }
}

function unreadableTimes(read: ReadColumns, times: ParsedTimes): string[] {
  const source: ArrayLike<string | number> = read.texts[0] ?? read.numbers[0]!
  const examples: string[] = []
  for (let i = 0; i < times.time.length && examples.length < 3; i++)
    if (Number.isNaN(times.time[i]!)) examples.push(`row ${i + 1}: ${Number.isNaN(source[i]) ? 'no time' : JSON.stringify(source[i])}`)
  return examples
}

type Columns = Pick<RawBars, 'symbol' | 'time' | 'open' | 'high' | 'low' | 'close' | 'volume'>

/** In a wide table a symbol that began later has empty cells at one end: those rows are not its bars. */
function trimAbsent(all: Columns): Columns & { absentRows: number } {
  const rows = all.time.length
  const filled = (i: number): boolean => PRICES.some((price) => !Number.isNaN(all[price][i]!))
  let first = 0
  let end = rows
  while (first < end && !filled(first)) first++
  while (end > first && !filled(end - 1)) end--
  const cut = (column: Float64Array): Float64Array => column.subarray(first, end)
  return {
    symbol: all.symbol,
    time: cut(all.time),
    open: cut(all.open),
    high: cut(all.high),
    low: cut(all.low),
    close: cut(all.close),
    volume: cut(all.volume),
    absentRows: rows - (end - first),
  }
}
