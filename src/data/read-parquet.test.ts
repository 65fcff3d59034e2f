import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readParquet } from './read-parquet.js'
import { writeParquet } from './write-parquet.js'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'read-parquet-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

describe('readParquet', () => {
  it('gives back what writeParquet wrote, in any order of columns', async () => {
    const n = 3000
    const path = join(folder, 'table [1].parquet')
    const time = Float64Array.from({ length: n }, (_, i) => Date.UTC(1969, 0, 1) + i * 60_001)
    const x = Float64Array.from({ length: n }, (_, i) => (i % 7 === 0 ? NaN : i / 3))
    const k = Int32Array.from({ length: n }, (_, i) => i - 100)
    const name = Array.from({ length: n }, (_, i) => `it's ${i}`)
    await writeParquet(path, [
      { name: 'time', type: 'time', values: time },
      { name: 'x "1"', type: 'number', values: x },
      { name: 'k', type: 'integer', values: k },
      { name: 'name', type: 'text', values: name },
    ])
    const read = await readParquet(path, { k: 'integer', name: 'text', 'x "1"': 'number', time: 'time' })
    expect(read.time).toEqual(time)
    expect(read['x "1"']).toEqual(x)
    expect([...read.k]).toEqual([...k])
    expect(read.name).toEqual(name)
  })

  it('names a file that is missing, torn, or has other columns', async () => {
    const path = join(folder, 'torn.parquet')
    await expect(readParquet(path, { x: 'number' })).rejects.toThrow(thrown('parquet-missing'))
    await writeParquet(path, [{ name: 'x', type: 'number', values: new Float64Array(100) }])
    await expect(readParquet(path, { y: 'number' })).rejects.toThrow(thrown('parquet-unreadable'))
    truncateSync(path, 50)
    await expect(readParquet(path, { x: 'number' })).rejects.toThrow(thrown('parquet-unreadable'))
    writeFileSync(path, 'text')
    await expect(readParquet(path, { x: 'number' })).rejects.toThrow(thrown('parquet-unreadable'))
  })
})
