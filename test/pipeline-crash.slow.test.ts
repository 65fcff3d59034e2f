import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng, projectPath } from '../src/core/index.js'
import { readInstalled } from '../src/native/installed.js'
import { listRuns, readEvents, readRun } from '../src/track/index.js'

/** The main job, killed without warning at random moments, always in the same run folder. */
const KILLS = 8
const ARGS = ['-p', 'dataset=googl-1d', '-p', 'folds=2', '-p', 'epochs=1', '-p', 'seed=3']
const folder = mkdtempSync(join(tmpdir(), 'barlab-crash-'))
const before = process.env.BARLAB_RUNS_DIR
afterAll(() => {
  if (before === undefined) delete process.env.BARLAB_RUNS_DIR
  else process.env.BARLAB_RUNS_DIR = before
  rmSync(folder, { recursive: true, force: true })
})

/** @param killAfterMs SIGKILL to the runner alone, as the out-of-memory killer does; its children have to notice */
function pipeline(runs: string, args: readonly string[], killAfterMs?: number): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/pipeline.ts', ...args], {
    cwd: projectPath(),
    stdio: 'ignore',
    env: { ...process.env, BARLAB_RUNS_DIR: runs },
  })
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  return new Promise((resolve) =>
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code)
    }),
  )
}

describe.skipIf(readInstalled() === undefined)('a run that is killed', () => {
  let wholeMs = 0
  let metrics = ''
  beforeAll(async () => {
    process.env.BARLAB_RUNS_DIR = join(folder, 'whole')
    const started = performance.now()
    expect(await pipeline(join(folder, 'whole'), ['notebooks/direction.ipynb', ...ARGS])).toBe(0)
    wholeMs = performance.now() - started
    metrics = readFileSync(join(listRuns()[0]!.folder, 'metrics.json'), 'utf8')
  })

  it.each([
    ['every step runs each time, with the fits that were finished', 'fit-reused', ['--force']],
    ['finished steps are taken over', 'step-reused', []],
  ])(`can be read after each of ${KILLS} kills, and ends in the metrics of an untouched run: %s`, async (_how, proof, options) => {
    const runs = join(folder, proof)
    process.env.BARLAB_RUNS_DIR = runs
    const rng = createRng(11, 'crash/moments')
    let id: string | undefined
    let kills = 0
    while (kills < KILLS) {
      const start = id === undefined ? ['notebooks/direction.ipynb', ...ARGS] : ['--resume', id]
      const code = await pipeline(runs, [...start, ...options], 500 + rng.next() * wholeMs)
      const found = listRuns()[0]
      if (code === null) kills += 1
      if (found === undefined) continue
      id = found.id
      expect(found.status).not.toBe('unreadable')
      expect(['interrupted', 'ok']).toContain(readRun(found.folder).status)
      expect(() => readEvents(found.folder)).not.toThrow()
    }
    expect(await pipeline(runs, ['--resume', id!, ...options])).toBe(0)
    const killed = join(runs, id!)
    expect(readRun(killed).status).toBe('ok')
    expect(readFileSync(join(killed, 'metrics.json'), 'utf8')).toBe(metrics)
    expect(readEvents(killed).some(({ type }) => type === proof)).toBe(true)
  })
})
