import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MemoryHistory } from '../runtime/index.js'
import { readResources, writeResources } from './resource-history.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'barlab-resources-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const NONE = { gpuUsed: NaN, gpuLimit: NaN }
function history(from: number, used: readonly number[]) {
  const kept = new MemoryHistory(1000)
  for (const [i, hostUsed] of used.entries())
    kept.add({ time: from + 1000 * i, hostUsed, hostLimit: 2 ** 33, ...NONE, cpuShare: i === 0 ? NaN : 1 / 3 })
  return kept.columns()
}

it('comes back as it was, with NaN where nothing was known', () => {
  const start = Date.UTC(2026, 10, 21, 6, 30)
  writeResources({ folder }, history(start, [5, 9]))
  expect(readdirSync(join(folder, 'resources'))).toEqual(['2026-11-21T06-30-00-000Z.json'])
  expect(readResources({ folder })).toEqual({
    time: Float64Array.of(start, start + 1000),
    hostUsed: Float64Array.of(5, 9),
    hostLimit: Float64Array.of(2 ** 33, 2 ** 33),
    gpuUsed: Float64Array.of(NaN, NaN),
    gpuLimit: Float64Array.of(NaN, NaN),
    cpuShare: Float64Array.of(NaN, 0.3333),
  })
})

it('keeps each training of a run, with a gap between them', () => {
  writeResources({ folder }, history(90_000, [7]))
  writeResources({ folder }, history(1000, [5, 6]))
  const { time, hostUsed } = readResources({ folder })!
  expect([...time]).toEqual([1000, 2000, 2000, 90_000])
  expect([...hostUsed]).toEqual([5, 6, NaN, 7])
})

it('of a long training is at most 1,000 points in a small file, and no peak is lost', () => {
  const day = Array.from({ length: 86_400 }, (_, i) => (i === 41_234 ? 7e9 : 1e9 + i))
  writeResources({ folder }, history(0, day))
  const { time, hostUsed } = readResources({ folder })!
  expect(time.length).toBeLessThanOrEqual(1000)
  expect(Math.max(...hostUsed)).toBe(7e9)
  expect(readFileSync(join(folder, 'resources', '1970-01-01T00-00-00-000Z.json')).length).toBeLessThan(80_000)
})

it('is undefined where a run has none, and says which file is torn', () => {
  writeResources({ folder }, history(0, []))
  expect(existsSync(join(folder, 'resources'))).toBe(false)
  expect(readResources({ folder })).toBeUndefined()
  writeResources({ folder }, history(0, [5]))
  const path = join(folder, 'resources', '1970-01-01T00-00-00-000Z.json')
  for (const torn of [readFileSync(path, 'utf8').slice(0, 90), 'null', '{"time":[1],"hostUsed":[]}']) {
    writeFileSync(path, torn)
    expect(() => readResources({ folder })).toThrow(expect.objectContaining({ code: 'resources-unreadable' }))
  }
})
