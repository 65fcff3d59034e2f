import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import { machineFacts } from '../core/index.js'

/** Never downloads an extension, keeps no file, and leaves cores to the others: reading bars is not what a run waits for. */
function settings(): Record<string, string> {
  return {
    threads: String(Math.min(4, machineFacts().cores)),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
  }
}

/** Runs `work` on an in-memory DuckDB of its own and closes it, also when `work` fails. DuckDB itself is loaded at the first call. */
export async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', settings())
  try {
    const connection = await instance.connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

export const sqlText = (text: string): string => `'${text.replace(/'/g, "''")}'`

export const sqlName = (name: string): string => `"${name.replace(/"/g, '""')}"`

/** A path as DuckDB's readers want it: they would take `*`, `?` and `[` as a pattern, so each is put in brackets of its own. */
export const sqlPath = (path: string): string => sqlText(path.replace(/[*?[]/g, (character) => `[${character}]`))

/** All rows as text; for small answers (columns, symbols). A missing value is null. */
export async function textRows(connection: DuckDBConnection, sql: string): Promise<(string | null)[][]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value as string))))
}

/** Result of {@link readColumns}: one array a column, in the order of the query. */
export interface ReadColumns {
  readonly rows: number
  readonly numbers: Float64Array[]
  readonly texts: string[][]
}

/**
 * Runs a query whose first `textCount` columns are VARCHAR and all others DOUBLE, and copies it chunk by chunk.
 * NULL becomes '' and NaN.
 */
export async function readColumns(connection: DuckDBConnection, sql: string, textCount: number): Promise<ReadColumns> {
  const result = await connection.stream(sql)
  const numberCount = result.columnCount - textCount
  const texts = Array.from({ length: textCount }, (): string[] => [])
  const pieces = Array.from({ length: numberCount }, (): Float64Array[] => [])
  const rows = await eachChunk(result, (chunk) => {
    for (let c = 0; c < textCount; c++) {
      const vector = chunk.getColumnVector(c)
      for (let i = 0; i < chunk.rowCount; i++) texts[c]!.push((vector.getItem(i) as string | null) ?? '')
    }
    for (let c = 0; c < numberCount; c++) pieces[c]!.push(doubles(chunk.getColumnVector(textCount + c), chunk.rowCount))
  })
  return { rows, texts, numbers: pieces.map((parts) => concatenate(parts, rows)) }
}

type Chunk = NonNullable<Awaited<ReturnType<DuckDBResult['fetchChunk']>>>

async function eachChunk(result: DuckDBResult, visit: (chunk: Chunk) => void): Promise<number> {
  let rows = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return rows
    visit(chunk)
    rows += chunk.rowCount
  }
}

/** Copies a DOUBLE vector: its memory belongs to the chunk. */
function doubles(vector: ReturnType<Chunk['getColumnVector']>, rows: number): Float64Array {
  const { items } = vector as unknown as { items: Float64Array }
  const copy = items.slice(0, rows)
  const { validity } = vector as unknown as { validity: { itemValid(index: number): boolean } }
  for (let i = 0; i < rows; i++) if (!validity.itemValid(i)) copy[i] = NaN
  return copy
}

function concatenate(parts: readonly Float64Array[], length: number): Float64Array {
  const out = new Float64Array(length)
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}
