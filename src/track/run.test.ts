import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EXIT, LabError, manualClock, processIdentity, projectPath, writeJsonAtomicSync } from '../core/index.js'
import { openRun, readRun, Run } from './index.js'
import { GONE, useRunsFolder } from './track-test.fixture.js'

const runs = useRunsFolder()
const start = Date.UTC(2026, 10, 21, 6, 30, 12)
const create = (clock = manualClock(start)): Promise<Run> =>
  Run.create({ name: 'Direction: BTC/USD!', kind: 'script', parameters: { symbol: 'BTC', bars: 4 }, seed: 7, clock })

/** As after a kill: the owner of the run is a process that has ended. */
const orphan = (run: Run): void =>
  writeJsonAtomicSync(run.path('run.json'), { ...readRun(run.folder), owner: { ...processIdentity(), ...GONE } })

describe('Run.create', () => {
  it('makes a folder with a readable id and all facts in run.json', async () => {
    const run = await create()
    expect(run.id).toMatch(/^20261121-063012-direction-btc-usd-[0-9a-f]{4}$/)
    expect(run.folder).toBe(join(runs(), run.id))
    expect(run.path('fits', 'a')).toBe(join(run.folder, 'fits', 'a'))
    expect(readdirSync(runs())).toEqual([run.id])
    const record = readRun(run.folder)
    expect(record).toMatchObject({
      id: run.id,
      name: 'Direction: BTC/USD!',
      kind: 'script',
      status: 'running',
      startedAt: '2026-11-21T06:30:12.000Z',
      parameters: { symbol: 'BTC', bars: 4 },
      seed: 7,
      owner: { pid: process.pid },
      environment: { node: process.version, arch: process.arch },
    })
    expect(record.environment.packages.zod).toMatch(/^\d+\./)
    expect(record).not.toHaveProperty('finishedAt')
  })

  it('gives runs of the same second different folders', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => create()))
    expect(new Set(made.map(({ id }) => id)).size).toBe(8)
  })

  it('writes the notebook relative to the project', async () => {
    const run = await Run.create({ name: 'n', kind: 'pipeline', parameters: {}, notebook: projectPath('notebooks', 'direction.ipynb') })
    expect(readRun(run.folder).notebook).toBe(join('notebooks', 'direction.ipynb'))
  })
})

describe('sections, events, metrics', () => {
  it('sets sections beside each other, replaces one, and refuses those of the run itself', async () => {
    const run = await create()
    await Promise.all([run.record('device', { path: 'cuda' }), run.record('datasets', ['a', 'b'])])
    await run.record('device', { path: 'cpu' })
    expect(readRun(run.folder)).toMatchObject({ device: { path: 'cpu' }, datasets: ['a', 'b'], seed: 7 })
    await expect(run.record('status', 'ok')).rejects.toMatchObject({ code: 'reserved-section', received: 'status' })
    expect(() => run.event('bar', { time: 1 })).toThrow(LabError)
  })

  it('keeps what several processes write at once', async () => {
    const run = await create()
    const file = join(runs(), 'writer.mts')
    writeFileSync(
      file,
      `import { Run } from ${JSON.stringify(projectPath('src/track/index.ts'))}
       const run = await Run.attach(process.argv[2])
       for (let i = 0; i < 10; i++) { await run.record(process.argv[3] + i, i); run.event('step', { who: process.argv[3], i }) }`,
    )
    const codes = await Promise.all(
      ['a', 'b', 'c'].map(
        (who) =>
          new Promise((resolve) =>
            spawn(process.execPath, ['--import', 'tsx', file, run.folder, who], { stdio: 'inherit', cwd: projectPath() }).on(
              'exit',
              resolve,
            ),
          ),
      ),
    )
    expect(codes).toEqual([0, 0, 0])
    const record = readRun(run.folder)
    for (const who of ['a', 'b', 'c']) for (let i = 0; i < 10; i++) expect(record[`${who}${i}`]).toBe(i)
    expect(readFileSync(run.path('events.jsonl'), 'utf8').trim().split('\n')).toHaveLength(30)
  })

  it('writes metrics with sorted keys', async () => {
    const run = await create()
    run.writeMetrics({ b: 2, a: Number.NaN })
    expect(readFileSync(run.path('metrics.json'), 'utf8')).toBe('{\n  "a": "NaN",\n  "b": 2\n}\n')
  })

  it('does not make a deleted folder again', async () => {
    const run = await create()
    rmSync(run.folder, { recursive: true })
    await expect(run.record('x', 1)).rejects.toMatchObject({ code: 'run-unreadable' })
    expect(existsSync(run.folder)).toBe(false)
  })
})

describe('finish', () => {
  it('keeps the first word, with outcome and time', async () => {
    const clock = manualClock(start)
    const run = await create(clock)
    clock.advance(1500)
    await run.finish('ok', { outcome: { headline: 'no edge', auc: 0.5 } })
    await run.finish('failed', { error: new Error('late') })
    const record = readRun(run.folder)
    expect(record).toMatchObject({ status: 'ok', finishedAt: '2026-11-21T06:30:13.500Z', outcome: { headline: 'no edge', auc: 0.5 } })
    expect(record).not.toHaveProperty('error')
  })

  it('keeps an error as code and message', async () => {
    const run = await create()
    await run.finish('failed', { error: new LabError('no-data', 'No bars.', { help: 'get some' }) })
    expect(readRun(run.folder)).toMatchObject({ status: 'failed', error: { code: 'no-data', message: 'No bars.', help: 'get some' } })
  })

  it('by what was thrown: interrupted where a resume goes on, failed otherwise, with its code', async () => {
    const [stopped, broken] = [await create(), await create()]
    await stopped.fail(new LabError('interrupted', 'Stopped.', { exitCode: EXIT.interrupted }))
    await broken.fail(new LabError('no-data', 'No bars.'))
    expect(readRun(stopped.folder)).toMatchObject({ status: 'interrupted', error: { code: 'interrupted', message: 'Stopped.' } })
    expect(readRun(broken.folder)).toMatchObject({ status: 'failed', error: { code: 'no-data', message: 'No bars.' } })
  })
})

describe('a run whose process is gone', () => {
  it('is interrupted; one of JupyterLab, whose cells nobody ends, is ok once it has its metrics', async () => {
    const [batch, cells] = [await create(), await Run.create({ name: 'cells', kind: 'notebook', parameters: {} })]
    orphan(cells)
    expect(readRun(cells.folder).status).toBe('interrupted')
    for (const run of [batch, cells]) run.writeMetrics({ auc: 0.5 })
    orphan(batch)
    expect(readRun(batch.folder).status).toBe('interrupted')
    expect(readRun(cells.folder).status).toBe('ok')
  })
})

describe('Run.resume', () => {
  it('takes over an interrupted run and forgets how the last attempt ended', async () => {
    const run = await create()
    orphan(run)
    expect(readRun(run.folder).status).toBe('interrupted')
    const again = await Run.resume(run.id, manualClock(start + 60_000))
    expect(readRun(run.folder)).toMatchObject({ status: 'running', resumedAt: ['2026-11-21T06:31:12.000Z'], owner: { pid: process.pid } })
    await again.finish('failed', { error: new Error('x'), outcome: { headline: 'y' } })
    const third = await Run.resume(run.folder)
    const record = readRun(third.folder)
    expect(record.resumedAt).toHaveLength(2)
    for (const key of ['finishedAt', 'error', 'outcome']) expect(record).not.toHaveProperty(key)
    expect(record.parameters).toEqual({ symbol: 'BTC', bars: 4 })
  })

  it('refuses a running run, and lets one of two win', async () => {
    const run = await create()
    await expect(Run.resume(run.id)).rejects.toMatchObject({ code: 'run-still-running', exitCode: 2 })
    orphan(run)
    const results = await Promise.allSettled([Run.resume(run.id), Run.resume(run.id)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('openRun', () => {
  it('makes a script run of its own outside the runner', async () => {
    const run = await openRun({ name: 'mine', parameters: { a: 1 } })
    expect(run.owned).toBe(true)
    expect(readRun(run.folder)).toMatchObject({ kind: 'script', parameters: { a: 1 } })
  })

  it('is of kind notebook in a kernel', async () => {
    vi.stubGlobal('__labDisplay', () => undefined)
    const run = await openRun({ name: 'mine', parameters: {} })
    vi.unstubAllGlobals()
    expect(readRun(run.folder).kind).toBe('notebook')
  })

  it('joins the run of the runner, adds parameters and seed, and leaves it the status', async () => {
    const owner = await create()
    vi.stubEnv('BARLAB_RUN_FOLDER', owner.folder)
    const run = await openRun({ name: 'ignored', parameters: { bars: 5, model: 'lstm' }, seed: 11 })
    expect(run).toMatchObject({ owned: false, id: owner.id })
    await run.finish('skipped', { outcome: { headline: 'nothing new' } })
    expect(readRun(owner.folder)).toMatchObject({
      name: 'Direction: BTC/USD!',
      status: 'running',
      reportedStatus: 'skipped',
      parameters: { symbol: 'BTC', bars: 5, model: 'lstm' },
      seed: 11,
    })
    await owner.finish('skipped')
    expect(readRun(owner.folder)).toMatchObject({ status: 'skipped', outcome: { headline: 'nothing new' } })
  })

  describe('in JupyterLab', () => {
    const shown: unknown[] = []
    const open = (options: { fresh?: boolean; seed?: number } = {}) =>
      openRun({ name: 'study', parameters: { bars: 5 }, seed: 7, ...options })
    beforeEach(() => {
      shown.length = 0
      vi.stubGlobal('__labDisplay', (data: unknown) => shown.push(data))
      vi.stubEnv('JPY_SESSION_NAME', projectPath('notebooks', 'study.ipynb'))
    })
    afterEach(() => {
      vi.unstubAllGlobals()
      vi.unstubAllEnvs()
    })

    it('goes on with the run that the same notebook left, after a restart and in the same kernel, and says so', async () => {
      const first = await open()
      expect(readRun(first.folder)).toMatchObject({ kind: 'notebook', notebook: join('notebooks', 'study.ipynb') })
      const again = await open()
      expect(again).toMatchObject({ id: first.id, owned: true })
      orphan(again)
      const restarted = await open()
      expect(restarted).toMatchObject({ id: first.id, owned: true })
      expect(readRun(first.folder)).toMatchObject({ status: 'running', owner: { pid: process.pid } })
      const notice: unknown = expect.objectContaining({ 'text/plain': expect.stringContaining(`Going on with run ${first.id}`) as string })
      expect(shown).toEqual([notice, notice])
      await restarted.finish('ok')
      expect(readRun(first.folder).status).toBe('ok')
    })

    it('begins a new one for other inputs, another notebook, after the end, and when asked to', async () => {
      const first = await open()
      const other = await open({ seed: 8 })
      expect(other.id).not.toBe(first.id)
      expect((await open()).id).toBe(first.id)
      expect((await open({ fresh: true })).id).not.toBe(first.id)
      vi.stubEnv('JPY_SESSION_NAME', projectPath('notebooks', 'another.ipynb'))
      const another = await open()
      expect([first.id, other.id]).not.toContain(another.id)
      another.writeMetrics({ done: 1 })
      expect((await open()).id).not.toBe(another.id)
    })

    it('leaves a run alone that another kernel is at', async () => {
      const first = await open()
      const sleeper = spawn('sleep', ['60'])
      try {
        writeJsonAtomicSync(first.path('run.json'), { ...readRun(first.folder), owner: processIdentity(sleeper.pid) })
        expect((await open()).id).not.toBe(first.id)
      } finally {
        sleeper.kill()
      }
    })
  })

  it('says so when the folder of the runner is gone', async () => {
    vi.stubEnv('BARLAB_RUN_FOLDER', join(runs(), 'gone'))
    await expect(openRun({ name: 'x', parameters: {} })).rejects.toMatchObject({ code: 'run-unreadable' })
  })
})
