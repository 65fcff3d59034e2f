import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manualClock, processIdentity, writeJsonAtomicSync } from '../core/index.js'
import { findRun, formatRun, formatRunTable, listRuns, readRun, Run } from './index.js'
import { GONE, useRunsFolder } from './track-test.fixture.js'

const runs = useRunsFolder()
const start = Date.UTC(2026, 10, 21, 6, 30, 12)
const create = (name: string, afterMs: number): Promise<Run> =>
  Run.create({ name, kind: 'script', parameters: {}, clock: manualClock(start + afterMs) })

describe('listRuns', () => {
  it('is empty where there is no runs folder or nothing in it', () => {
    expect(listRuns()).toEqual([])
    expect(formatRunTable([])).toContain('No runs yet')
  })

  it('shows newest first, the true status, unreadable ones last, and no folders in the making', async () => {
    const clock = manualClock(start)
    const first = await Run.create({ name: 'first', kind: 'script', parameters: {}, clock })
    clock.advance(2500)
    await first.finish('ok', { outcome: { headline: 'AUC 0.51\n(no edge)' } })
    const killed = await create('killed', 5000)
    writeJsonAtomicSync(killed.path('run.json'), { ...readRun(killed.folder), owner: { ...processIdentity(), ...GONE } })
    const going = await create('going', 9000)
    mkdirSync(join(runs(), '.creating-20261121-063012-x-0000-aa'))
    mkdirSync(join(runs(), 'torn'))
    writeFileSync(join(runs(), 'torn', 'run.json'), '{"id": "to')
    writeFileSync(join(runs(), 'a file'), '')

    const list = listRuns(manualClock(start + 10_000))
    expect(list.map(({ id, status, seconds }) => [id, status, seconds])).toEqual([
      [going.id, 'running', 1],
      [killed.id, 'interrupted', undefined],
      [first.id, 'ok', 2.5],
      ['torn', 'unreadable', undefined],
    ])
    expect(() => readRun(join(runs(), 'torn'))).toThrowError(expect.objectContaining({ code: 'run-unreadable' }) as Error)

    const lines = formatRunTable(list).split('\n')
    expect(lines).toHaveLength(5)
    const column = lines[0]!.indexOf('started')
    expect(lines[3]!.slice(column)).toMatch(/^2026-11-21 06:30:12 +2\.5 {2}AUC 0\.51 \(no edge\)$/)
    expect(lines[4]!.slice(column)).toMatch(/^- +- {2}The run cannot be read\./)
  })
})

describe('findRun', () => {
  it('knows an id, a part of one id, and a folder', async () => {
    const run = await create('alpha', 0)
    await create('beta', 0)
    expect(findRun(run.id)).toBe(run.folder)
    expect(findRun('alpha')).toBe(run.folder)
    expect(findRun(run.folder)).toBe(run.folder)
    expect(() => findRun('063012')).toThrowError(expect.objectContaining({ code: 'run-ambiguous', exitCode: 2 }) as Error)
  })

  it('names the nearest ids for one that does not exist', async () => {
    expect(() => findRun('x')).toThrowError(expect.objectContaining({ code: 'run-not-found', exitCode: 2 }) as Error)
    const run = await create('alpha', 0)
    const misspelt = run.id.replace('alpha', 'alhpa')
    for (const given of [misspelt, 'zzz', ''])
      expect(() => findRun(given)).toThrowError(
        expect.objectContaining({ code: 'run-not-found', expected: expect.stringContaining(run.id) as string }) as Error,
      )
  })
})

describe('formatRun', () => {
  it('prints what matters first, every section, and the path of the report', async () => {
    const run = await create('alpha', 0)
    await run.record('device', { path: 'cpu' })
    expect(formatRun(readRun(run.folder), run.folder)).toMatch(/report: none$/)
    writeFileSync(run.path('report.html'), '<p>')
    const text = formatRun(readRun(run.folder), run.folder)
    expect(text.startsWith(`id: ${run.id}\nname: alpha\n`)).toBe(true)
    expect(text).toContain('device:\n  path: cpu\n')
    expect(text.endsWith(`report: ${run.path('report.html')}`)).toBe(true)
  })
})
