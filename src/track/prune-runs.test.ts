import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manualClock, processIdentity, writeJsonAtomicSync } from '../core/index.js'
import {
  changeTags,
  formatPrunePlan,
  leftoverBytes,
  listRuns,
  planPrune,
  pruneRuns,
  readEvents,
  readRun,
  Run,
  type PruneOptions,
} from './index.js'
import { GONE, useRunsFolder } from './track-test.fixture.js'

const runs = useRunsFolder()
const DAY_MS = 86_400_000
const now = Date.UTC(2026, 10, 21, 12)

async function finished(name: string, daysAgo: number, status: 'ok' | 'failed' = 'ok'): Promise<Run> {
  const run = await Run.create({ name, kind: 'script', parameters: {}, clock: manualClock(now - daysAgo * DAY_MS) })
  mkdirSync(run.path('fits', 'ab', 'model'), { recursive: true })
  writeFileSync(run.path('fits', 'ab', 'model', 'weights.bin'), Buffer.alloc(5000))
  await run.finish(status)
  return run
}
const plan = (options: PruneOptions) => planPrune(listRuns(), { clock: manualClock(now), ...options })
const taken = (options: PruneOptions): string[] => plan(options).items.map(({ run }) => run.id)

describe('planPrune', () => {
  it('takes what every rule takes: all but the newest of each name, the old, those of a status', async () => {
    const [old, mid, young] = [await finished('a', 30), await finished('a', 10, 'failed'), await finished('a', 1)]
    const other = await finished('b', 40)
    expect(taken({ keep: 1 })).toEqual([mid.id, old.id])
    expect(taken({ keep: 0 })).toEqual([young.id, mid.id, old.id, other.id])
    expect(taken({ olderThanDays: 9 })).toEqual([mid.id, old.id, other.id])
    expect(taken({ status: ['failed'] })).toEqual([mid.id])
    expect(taken({ keep: 1, olderThanDays: 20 })).toEqual([old.id])
    expect(taken({ keep: 1, status: ['failed'], olderThanDays: 20 })).toEqual([])
    const { items, bytes } = plan({ status: ['failed'] })
    expect(bytes).toBe(items[0]!.bytes)
    expect(bytes).toBeGreaterThan(5000)
    expect(bytes).toBeLessThan(20_000)
  })

  it('spares tagged and running runs and those whose tags cannot be read, and says why', async () => {
    const tagged = await finished('a', 9)
    await changeTags(tagged.folder, { add: ['keep'] })
    const paper = await finished('a', 8)
    await changeTags(paper.folder, { add: ['paper'] })
    const torn = await finished('a', 7)
    writeFileSync(torn.path('tags.json'), '["ke')
    const going = await Run.create({ name: 'a', kind: 'script', parameters: {}, clock: manualClock(now - 6 * DAY_MS) })
    const { items, spared } = plan({ keep: 0, keepTags: ['paper'] })
    expect(items).toEqual([])
    expect(Object.fromEntries(spared.map(({ run, reason }) => [run.id, reason]))).toEqual({
      [tagged.id]: 'it is tagged keep',
      [paper.id]: 'it is tagged paper',
      [torn.id]: 'its tags cannot be read',
      [going.id]: 'it is running',
    })
    expect(taken({ keep: 0 })).toEqual([paper.id])
    writeJsonAtomicSync(going.path('run.json'), { ...readRun(going.folder), owner: { ...processIdentity(), ...GONE } })
    expect(taken({ status: ['interrupted'] })).toEqual([going.id])
  })

  it('takes an unreadable run only where its status is asked for', async () => {
    await finished('a', 9)
    mkdirSync(join(runs(), 'torn'))
    writeFileSync(join(runs(), 'torn', 'run.json'), '{')
    expect(taken({ keep: 0, olderThanDays: 0 })).not.toContain('torn')
    expect(taken({ status: ['unreadable'] })).toEqual(['torn'])
  })

  it('needs a rule that makes sense', () => {
    expect(() => plan({})).toThrow(expect.objectContaining({ code: 'no-prune-rule', exitCode: 2 }) as Error)
    for (const bad of [{ keep: -1 }, { keep: 1.5 }, { olderThanDays: NaN }])
      expect(() => plan(bad)).toThrow(expect.objectContaining({ code: 'bad-prune-rule' }) as Error)
    expect(() => plan({ status: ['gone'] })).toThrow(expect.objectContaining({ code: 'bad-status' }) as Error)
  })
})

describe('pruneRuns', () => {
  it('removes the folders of the plan and what a killed prune left, and nothing else', async () => {
    const [old, young] = [await finished('a', 30), await finished('a', 1)]
    mkdirSync(join(runs(), '.pruning-dead', 'fits'), { recursive: true })
    writeFileSync(join(runs(), '.pruning-dead', 'fits', 'x'), 'abc')
    expect(leftoverBytes()).toBe(3)
    expect(formatPrunePlan(plan({ keep: 1 }), leftoverBytes())).toMatch(/add --yes to do it\.$/)
    expect(existsSync(old.folder)).toBe(true)
    const { removed, spared } = await pruneRuns(plan({ keep: 1 }))
    expect(removed.map(({ id }) => id)).toEqual([old.id])
    expect(spared).toEqual([])
    expect(readdirSync(runs())).toEqual([young.id])
  })

  it('looks again: a run resumed or tagged since the plan stays', async () => {
    const [resumed, tagged] = [await finished('a', 30), await finished('a', 20)]
    const old = plan({ keep: 0 })
    await Run.resume(resumed.folder)
    await changeTags(tagged.folder, { add: ['paper'] })
    const { removed, spared } = await pruneRuns(old, ['paper'])
    expect(removed).toEqual([])
    expect(spared.map(({ reason }) => reason).sort()).toEqual(['it is running', 'it is tagged paper'])
    expect(readdirSync(runs()).sort()).toEqual([resumed.id, tagged.id].sort())
  })

  it('frees only the fitted models, and the run says so', async () => {
    const run = await finished('a', 30)
    run.writeMetrics({ x: 1 })
    const models = plan({ keep: 0, modelsOnly: true })
    expect(models.bytes).toBe(5000)
    expect(formatPrunePlan(models, 0)).toContain('would go: fitted models of 1 run, 5 kB')
    await pruneRuns(models)
    expect(existsSync(run.path('fits'))).toBe(false)
    expect(readFileSync(run.path('metrics.json'), 'utf8')).toContain('"x": 1')
    expect(readEvents(run.folder).at(-1)).toMatchObject({ type: 'models-pruned', bytes: 5000 })
    expect(plan({ keep: 0, modelsOnly: true }).items).toEqual([])
    expect(readdirSync(runs())).toEqual([run.id])
  })
})
