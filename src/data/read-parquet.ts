import { existsSync } from 'node:fs'
import { displayPath, LabError } from '../core/index.js'
import { readColumns, sqlName, sqlPath, withDuckDb } from './duckdb.js'
import type { ParquetColumn } from './write-parquet.js'

/** A column to read, as {@link ParquetColumn} writes it. */
export type ParquetColumnType = ParquetColumn['type']

/** Values by kind: times in ms since the epoch (UTC), whole numbers and doubles as Float64Array (missing: NaN), text as strings (missing: ''). */
export type ReadParquet<T extends Readonly<Record<string, ParquetColumnType>>> = {
  readonly [Name in keyof T]: T[Name] extends 'text' ? string[] : Float64Array
}

/**
 * Reads the named columns of a Parquet file that {@link writeParquet} wrote, in the order of its rows.
 * @throws LabError `parquet-missing`, `parquet-unreadable` for a file cut short or changed, or one without such columns
 */
export async function readParquet<const T extends Readonly<Record<string, ParquetColumnType>>>(
  path: string,
  columns: T,
): Promise<ReadParquet<T>> {
  if (!existsSync(path))
    throw new LabError('parquet-missing', 'There is no such file.', { received: displayPath(path), expected: 'a Parquet file' })
  const names = Object.keys(columns)
  const texts = names.filter((name) => columns[name] === 'text')
  const numbers = names.filter((name) => columns[name] !== 'text')
  const number = (name: string): string =>
    columns[name] === 'time' ? `epoch_ms(${sqlName(name)}::TIMESTAMP)::DOUBLE` : `${sqlName(name)}::DOUBLE`
  const select = [...texts.map((name) => `${sqlName(name)}::VARCHAR`), ...numbers.map(number)].join(', ')
  try {
    const read = await withDuckDb((connection) =>
      readColumns(connection, `SELECT ${select} FROM read_parquet(${sqlPath(path)})`, texts.length),
    )
    const found: Record<string, string[] | Float64Array> = {}
    for (const name of names)
      found[name] = columns[name] === 'text' ? read.texts[texts.indexOf(name)]! : read.numbers[numbers.indexOf(name)]!
    return found as ReadParquet<T>
  } catch (error) {
    throw new LabError('parquet-unreadable', 'The Parquet file cannot be read.', {
      received: displayPath(path),
      expected: `a whole Parquet file with the columns ${names.join(', ')}`,
      help: 'it was cut short or changed: make it again',
      cause: error,
    })
  }
}
