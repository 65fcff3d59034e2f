import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { readInstalled } from '../src/native/installed.js'
import { exportNotebook, runPipeline, type PipelineResult } from '../src/notebook/index.js'
import { readEvents, readResources, readRun } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { unlinkedNumbers } from './fixtures/unlinked-numbers.js'

/** The main job, headless, on small parameters and real bars (2,335 days of one share). */
const NOTEBOOK = projectPath('notebooks/direction.ipynb')
const SMALL = { dataset: 'googl-1d', folds: 2, epochs: 1, embargoMinutes: 60, seed: 3 }
const missing = readInstalled() === undefined ? 'set-up has not run (npm run setup)' : undefined
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`)

const runs = ownRunsFolder('direction')
const run = (parameters: Record<string, unknown>, force = false): Promise<PipelineResult> =>
  runPipeline({ notebooks: [NOTEBOOK], parameters: { ...SMALL, ...parameters }, quiet: true, steps: { force } })
const metrics = (folder: string): string => readFileSync(join(folder, 'metrics.json'), 'utf8')

describe.skipIf(missing !== undefined)('notebooks/direction.ipynb', () => {
  let folder: string
  let id: string
  beforeAll(async () => {
    const result = await run({ workers: 2 })
    expect(result.notebooks[0]!.error).toBeUndefined()
    expect(result.exitCode).toBe(0)
    folder = result.notebooks[0]!.folder!
    id = result.notebooks[0]!.runId!
  })

  it('leaves a complete run folder with a verdict', () => {
    expect(
      readdirSync(folder)
        .filter((name) => !name.endsWith('.lock'))
        .sort(),
    ).toEqual(
      [
        'events.jsonl',
        'fits',
        'metrics.json',
        'notebook.ipynb',
        'predictions.parquet',
        'report.html',
        'resources',
        'run.json',
        'run.log',
      ].sort(),
    )
    const record = readRun(folder)
    expect(record).toMatchObject({ status: 'ok', seed: 3, parameters: { dataset: 'googl-1d', folds: 2 }, dataset: { name: 'googl-1d' } })
    expect((record.device as { banner: string }).banner).toMatch(/cpu|cuda/)
    expect((record.dataset as { sha256: string }).sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(record.leaks ?? record.lookAheadCheck).toMatchObject({ clean: true })
    expect(record.outcome?.headline).toMatch(/edge/i)
    const { evaluation, gates } = JSON.parse(metrics(folder)) as {
      evaluation: { models: { model: string; rows: number; pooled: { auc: number } }[] }
      gates: unknown[]
    }
    expect(evaluation.models.map(({ model }) => model)).toEqual(['logistic', 'lightgbm', 'lstm', 'constant', 'persistence'])
    expect(new Set(evaluation.models.map(({ rows }) => rows)).size).toBe(1)
    expect(gates).toHaveLength(3)
    expect(readFileSync(join(folder, 'notebook.ipynb'), 'utf8')).toContain('[figure trades]')
    const { time, hostUsed } = readResources({ folder })!
    expect(time.length).toBeGreaterThan(0)
    expect(Math.max(...hostUsed)).toBeGreaterThan(1e8)
  })

  it('writes a report that is self-contained and below 6 MB', () => {
    const report = join(folder, 'report.html')
    expect(statSync(report).size).toBeLessThan(6e6)
    const html = readFileSync(report, 'utf8')
    expect(html).toContain('Will GOOGL close higher in 1 bar?')
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/)
    expect(unlinkedNumbers(html)).toEqual([])
  })

  it('gives the same metrics.json bytes with one worker, and as an exported script', async () => {
    const single = await run({ workers: 1 }, true)
    expect(metrics(single.notebooks[0]!.folder!)).toBe(metrics(folder))
    const script = projectPath('.cache/tests', 'direction-exported.ts')
    exportNotebook(NOTEBOOK, script)
    const others = new Set(readdirSync(runs))
    const args = Object.entries({ ...SMALL, workers: 2 }).flatMap(([name, value]) => ['-p', `${name}=${value}`])
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
      cwd: projectPath(),
      encoding: 'utf8',
      env: process.env,
    })
    expect(status, stderr).toBe(0)
    const made = readdirSync(runs).find((name) => !others.has(name))!
    expect(metrics(join(runs, made))).toBe(metrics(folder))
    expect(readRun(join(runs, made))).toMatchObject({ kind: 'script', status: 'ok' })
    rmSync(script)
  })

  it('takes its steps over in the next run: the same metrics, figures and files', async () => {
    const again = await run({ workers: 2 })
    const other = again.notebooks[0]!.folder!
    const reused = { reused: expect.any(String) as string }
    expect(readRun(other).steps).toMatchObject({ certificate: reused, fit: reused, scores: reused })
    expect(metrics(other)).toBe(metrics(folder))
    const files = (of: string): string[] =>
      (readdirSync(of, { recursive: true }) as string[]).filter((name) => !name.endsWith('.lock')).sort()
    expect(files(other)).toEqual(files(folder))
    const images = (of: string): string[] => readFileSync(join(of, 'notebook.ipynb'), 'utf8').match(/"image\/svg\+xml": .*/g) ?? []
    expect(images(other)).toEqual(images(folder))
  })

  it('goes on with a run: finished steps are taken over; when forced, all finished fits are reused; the metrics stay', async () => {
    const first = metrics(folder)
    const events = (): number => readEvents(folder).filter(({ type }) => type.startsWith('fit-')).length
    const before = events()
    expect((await runPipeline({ notebooks: [], resume: id, quiet: true })).exitCode).toBe(0)
    expect(events()).toBe(before)
    expect(metrics(folder)).toBe(first)
    const result = await runPipeline({ notebooks: [], resume: id, quiet: true, steps: { force: true } })
    expect(result.exitCode).toBe(0)
    expect(readEvents(folder).filter(({ type }) => type === 'fit-reused')).toHaveLength(6)
    expect(readEvents(folder).filter(({ type }) => type === 'fit-finished')).toHaveLength(6)
    expect(metrics(folder)).toBe(first)
  })

  it.each([
    ['an unknown dataset', { dataset: 'btc-usd-1hour' }, 2, 'unknown-dataset'],
    ['a file that is not there', { dataset: './nowhere.csv' }, 2, 'file-not-found'],
    ['too few bars for the folds', { folds: 60, testSize: 0.98 }, 1, 'too-few-bars'],
    ['no model', { models: [] }, 2, 'no-models'],
  ])('says what is wrong with %s', async (_what, parameters, exitCode, code) => {
    const result = await run(parameters)
    expect(result).toMatchObject({ exitCode, notebooks: [{ error: { code } }] })
    expect(result.notebooks[0]!.error!.expected).toBeTruthy()
    // What can be known before is refused before: then there is no run.
    const { folder: at } = result.notebooks[0]!
    expect(at !== undefined && existsSync(join(at, 'metrics.json'))).toBe(false)
  })

  it('refuses an unknown model before anything runs', async () => {
    expect(await run({ models: ['forest'] })).toMatchObject({ exitCode: 2, notebooks: [{ error: { code: 'parameter-type' } }] })
  })
})
