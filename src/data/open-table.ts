import type { DuckDBConnection } from '@duckdb/node-api'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { displayPath, isLabError, LabError } from '../core/index.js'
import { detectCsvDialect, detectNumberStyle, MISSING_WORDS, type NumberStyle } from './csv-dialect.js'
import { sqlName, sqlPath, sqlText, textRows } from './duckdb.js'
import type { SourceFile } from './source-file.js'

/** One column of an opened table. */
export interface TableColumn {
  readonly name: string
  /** SQL expression that reads it. */
  readonly sql: string
  /** DuckDB's type; VARCHAR for every column of a CSV file. */
  readonly type: string
  /** The first values as text; '' where missing. */
  readonly sample: readonly string[]
}

/** A CSV or Parquet file ready to be queried. */
export interface OpenTable {
  readonly columns: readonly TableColumn[]
  /** What stands after FROM. */
  readonly from: string
  readonly delimiter: string | undefined
  readonly notes: readonly string[]
}

/** Opens the file for the time of `work`. @throws LabError as {@link detectCsvDialect}, `corrupt-parquet` */
export async function withTable<T>(connection: DuckDBConnection, file: SourceFile, work: (table: OpenTable) => Promise<T>): Promise<T> {
  if (file.kind === 'csv') return explain(file, () => work(csvTable(file)))
  if (!file.gzip) return explain(file, async () => work(await parquetTable(connection, file.path)))
  // DuckDB reads Parquet by seeking, which a gzip around it does not allow.
  const folder = mkdtempSync(join(tmpdir(), 'barlab-data-'))
  try {
    const unpacked = join(folder, 'bars.parquet')
    return await explain(file, async () => {
      writeFileSync(unpacked, gunzipSync(readFileSync(file.path)))
      return work(await parquetTable(connection, unpacked))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function csvTable(file: SourceFile): OpenTable {
  const dialect = detectCsvDialect(file.head.toString('utf8'), file.whole, file.path)
  const types = dialect.header.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ')
  const settings = [
    'auto_detect = false, header = false, strict_mode = true, hive_partitioning = false',
    `skip = ${dialect.skipLines}, delim = ${sqlText(dialect.delimiter)}, quote = '"', escape = '"'`,
    `columns = {${types}}, nullstr = [${[...MISSING_WORDS].map(sqlText).join(', ')}]`,
    `compression = '${file.gzip ? 'gzip' : 'none'}'`,
  ]
  return {
    from: `read_csv(${sqlPath(file.path)}, ${settings.join(', ')})`,
    delimiter: dialect.delimiter,
    notes:
      dialect.skipped.length === 0
        ? []
        : [`skipped before the first row: ${dialect.skipped.map((line) => JSON.stringify(line.slice(0, 80))).join(', ')}`],
    columns: dialect.header.map((name, i) => ({
      name,
      sql: `c${i}`,
      type: 'VARCHAR',
      sample: dialect.sample.map((row) => (MISSING_WORDS.has(row[i]!) ? '' : row[i]!)),
    })),
  }
}

async function parquetTable(connection: DuckDBConnection, path: string): Promise<OpenTable> {
  const from = `read_parquet(${sqlPath(path)}, hive_partitioning = false)`
  const described = await textRows(connection, `DESCRIBE SELECT * FROM ${from}`)
  const columns = described.map(([name, type]) => ({ name: name!, type: type!, sql: sqlName(name!) }))
  const sample = await textRows(connection, `SELECT ${columns.map(({ sql }) => `${sql}::VARCHAR`).join(', ')} FROM ${from} LIMIT 100`)
  return { from, delimiter: undefined, notes: [], columns: columns.map((c, i) => ({ ...c, sample: sample.map((row) => row[i] ?? '') })) }
}

/** Puts DuckDB's and zlib's errors into words; a LabError passes. */
async function explain<T>(file: SourceFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // A mistake of ours must not read as a damaged file: DuckDB and zlib throw plain errors.
    if (!(error instanceof Error) || error.name !== 'Error' || isLabError(error)) throw error
    const cause = new Error(error.message.split('\n')[0])
    if (file.kind === 'parquet')
      throw new LabError('corrupt-parquet', 'The Parquet file cannot be read.', {
        received: displayPath(file.path),
        expected: 'a whole Parquet file',
        help: 'download or write it again; a shipped dataset comes back with: git checkout -- datasets',
        cause,
      })
    const line = /CSV Error on Line: (\d+)/.exec(error.message)?.[1]
    const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(error.message)
    throw new LabError(
      'csv-unreadable',
      `The CSV file cannot be read${line === undefined ? '' : `: line ${line} is not like the others`}.`,
      {
        received: counts === null ? displayPath(file.path) : `${displayPath(file.path)}, line ${line}: ${counts[2]} fields`,
        expected: counts === null ? 'the same number of fields in every line' : `${counts[1]} fields`,
        help:
          line === undefined ? `check it with: head ${JSON.stringify(file.path)}` : `look at it with: ${viewer(file)} | sed -n ${line}p`,
        cause,
      },
    )
  }
}

const viewer = (file: SourceFile): string => `${file.gzip ? 'zcat' : 'cat'} ${JSON.stringify(file.path)}`

/** SQL that reads a column as DOUBLE, NULL where it is no number. Styles are detected from the sample of the price columns. */
export function numberSql(column: TableColumn, style: NumberStyle): string {
  if (column.type !== 'VARCHAR') return `TRY_CAST(${column.sql} AS DOUBLE)`
  let sql = column.sql
  if (style.currency) sql = `ltrim(${sql}, '$€£ ')`
  if (style.decimalComma) sql = `replace(replace(${sql}, '.', ''), ',', '.')`
  else if (style.grouped) sql = `replace(${sql}, ',', '')`
  return `TRY_CAST(${sql} AS DOUBLE)`
}

export const numberStyleOf = (columns: readonly TableColumn[], delimiter: string | undefined): NumberStyle =>
  detectNumberStyle(
    columns.flatMap((column) => (column.type === 'VARCHAR' ? column.sample : [])),
    delimiter ?? '\t',
  )
