import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { fileError, LabError, syncFolder } from '../core/index.js'
import { sqlName, sqlText, withDuckDb } from './duckdb.js'

/** A column to write: doubles, whole numbers, text, or open times in ms since the epoch (UTC), written as TIMESTAMP_MS. */
export type ParquetColumn =
  | { readonly name: string; readonly type: 'time'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'number'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'integer'; readonly values: Int32Array }
  | { readonly name: string; readonly type: 'text'; readonly values: readonly string[] }

const SQL_TYPE = { time: 'TIMESTAMP_MS', number: 'DOUBLE', integer: 'INTEGER', text: 'VARCHAR' } as const

/**
 * Writes columns of equal length as one Parquet file (zstd), whole or not at all. NaN stays NaN; a NaN time is refused.
 * Equal columns give equal bytes (same DuckDB version).
 * @throws LabError `column-lengths`, `bad-time`, `disk-full`, `not-writable`
 */
export async function writeParquet(path: string, columns: readonly ParquetColumn[]): Promise<void> {
  const rows = columns[0]?.values.length ?? 0
  const odd = columns.find((column) => column.values.length !== rows)
  if (columns.length === 0 || odd !== undefined)
    throw new LabError('column-lengths', 'The columns of a table must be of equal length.', {
      received: columns.map((column) => `${column.name}: ${column.values.length}`).join(', '),
      expected: 'at least one column, all of the same length',
      help: 'cut the columns to the same rows first',
    })
  const timeless = columns.find((column) => column.type === 'time' && column.values.some(Number.isNaN))
  if (timeless !== undefined)
    throw new LabError('bad-time', 'A row without a time cannot be written.', {
      received: `NaN in column "${timeless.name}"`,
      expected: 'a time in every row',
    })
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    await copyOut(temporary, columns, rows)
    const fd = openSync(temporary, 'r')
    fsyncSync(fd)
    closeSync(fd)
    renameSync(temporary, path)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw fileError(asFileError(error), path)
  }
}

/** DuckDB reports a full or read-only disk in words only. */
function asFileError(error: unknown): unknown {
  const words = error instanceof Error ? error.message : ''
  const code = /No space left/i.test(words) ? 'ENOSPC' : /Permission denied|Read-only/i.test(words) ? 'EACCES' : undefined
  return code === undefined ? error : Object.assign(new Error(words), { code })
}

async function copyOut(path: string, columns: readonly ParquetColumn[], rows: number): Promise<void> {
  await withDuckDb(async (connection) => {
    const { BIGINT, DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR } = await import('@duckdb/node-api')
    const types = { time: BIGINT, number: DOUBLE, integer: INTEGER, text: VARCHAR }
    const raw = { time: 'BIGINT', number: 'DOUBLE', integer: 'INTEGER', text: 'VARCHAR' }
    await connection.run(`CREATE TABLE t (${columns.map(({ name, type }) => `${sqlName(name)} ${raw[type]}`).join(', ')})`)
    const appender = await connection.createAppender('t')
    const step = 2048
    for (let first = 0; first < rows; first += step) {
      const end = Math.min(first + step, rows)
      const chunk = DuckDBDataChunk.create(columns.map(({ type }) => types[type]))
      chunk.setColumns(
        columns.map(({ type, values }) => {
          const part = Array.from<number | string>(values.slice(first, end) as ArrayLike<number | string>)
          return type === 'time' ? part.map((value) => BigInt(Math.round(value as number))) : part
        }),
      )
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
    const selected = columns.map(({ name, type }) =>
      type === 'time' ? `make_timestamp_ms(${sqlName(name)})::${SQL_TYPE.time} AS ${sqlName(name)}` : sqlName(name),
    )
    await connection.run(
      `COPY (SELECT ${selected.join(', ')} FROM t) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19)`,
    )
  })
}
