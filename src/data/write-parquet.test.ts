import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readColumns, sqlPath, withDuckDb } from './duckdb.js'
import { writeParquet, type ParquetColumn } from './write-parquet.js'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "write-'parquet-"))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('writeParquet', () => {
  it('gives back what was written, over several chunks, NaN and text included, and leaves one file', async () => {
    const n = 5000
    const columns: ParquetColumn[] = [
      { name: 'odd "name"', type: 'text', values: Array.from({ length: n }, (_, i) => `it's ${i}`) },
      { name: 'time', type: 'time', values: Float64Array.from({ length: n }, (_, i) => Date.UTC(1969, 0, 1) + i * 60_001) },
      { name: 'x', type: 'number', values: Float64Array.from({ length: n }, (_, i) => (i % 7 === 0 ? NaN : i / 3)) },
      { name: 'k', type: 'integer', values: Int32Array.from({ length: n }, (_, i) => i - 100) },
    ]
    const path = join(folder, 'deep/out.parquet')
    await writeParquet(path, columns)
    const read = await withDuckDb((c) =>
      readColumns(c, `SELECT "odd ""name""", epoch_ms(time)::DOUBLE, x, k::DOUBLE FROM ${sqlPath(path)}`, 1),
    )
    expect(read.texts[0]).toEqual(columns[0]!.values)
    expect(read.numbers[0]).toEqual(columns[1]!.values)
    expect(read.numbers[1]).toEqual(columns[2]!.values)
    expect([...read.numbers[2]!]).toEqual([...columns[3]!.values])
    expect(readdirSync(join(folder, 'deep'))).toEqual(['out.parquet'])
    await writeParquet(join(folder, 'again.parquet'), columns)
    expect(readFileSync(join(folder, 'again.parquet')).equals(readFileSync(path))).toBe(true)
  })

  it('writes a table without rows', async () => {
    const path = join(folder, 'empty.parquet')
    await writeParquet(path, [{ name: 'x', type: 'number', values: new Float64Array(0) }])
    expect((await withDuckDb((c) => readColumns(c, `SELECT x FROM ${sqlPath(path)}`, 0))).rows).toBe(0)
  })

  it('refuses columns of different length, a row without time and a folder that is a file', async () => {
    const x: ParquetColumn = { name: 'x', type: 'number', values: new Float64Array(2) }
    await expect(writeParquet(join(folder, 'a'), [x, { ...x, values: new Float64Array(3) }])).rejects.toMatchObject({
      code: 'column-lengths',
    })
    await expect(writeParquet(join(folder, 'a'), [{ name: 't', type: 'time', values: Float64Array.of(NaN) }])).rejects.toMatchObject({
      code: 'bad-time',
    })
    expect(readdirSync(folder).filter((name) => name === 'a' || name.endsWith('.tmp'))).toEqual([])
  })
})
