import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { loadModel } from '../../models/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import type { Fold } from '../../split/index.js'
import { fitFolds, fitSymbols, type FitFoldsOptions } from './fit-folds.js'
import type { FitEvent, FoldFit } from './fit-options.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('fold fit tests are skipped: no Python environment (npm run setup)\n')

const { X, y } = market(900, 4)
const fold = (index: number, end: number): Fold => ({
  index,
  train: range(0, end - 100),
  validation: range(end - 100, end),
  test: range(end, end + 150),
  embargoMs: 0,
  purged: 0,
  embargoed: 0,
})
const folds = [fold(0, 500), fold(1, 700)]
const models: FitFoldsOptions['models'] = [
  { name: 'logistic', spec: { kind: 'logistic', params: {} } },
  { name: 'trees', spec: { kind: 'lightgbm', params: { rounds: 20, minDataInLeaf: 20 } } },
]
const base = { X, y, folds, models, seed: 5, threadsPerFit: 1, device: 'cpu', requireDevice: false } as const

/** Everything a fit left but its time. */
function bytesOf(fits: readonly FoldFit[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { folder } of fits)
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (file.isFile() && file.name !== 'fit.json') {
        const path = join(file.parentPath, file.name)
        found[path.slice(path.indexOf('/fits/'))] = readFileSync(path, 'base64')
      }
  return found
}

const folders = (runFolder: string): string[] => readdirSync(join(runFolder, 'fits')).sort()
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'fit-folds-'))

describe.skipIf(!ready)('fitFolds', () => {
  let shared: string
  let first: FoldFit[]
  const firstEvents: FitEvent[] = []
  beforeAll(async () => {
    shared = newFolder()
    first = await fitFolds({ ...base, runFolder: shared, workers: 1, onEvent: (event) => firstEvents.push(event) })
  })
  afterAll(() => rmSync(shared, { recursive: true, force: true }))

  let folder: string
  beforeEach(() => void (folder = newFolder()))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('takes a run folder relative to where the user is', async () => {
    vi.stubEnv('BARLAB_CWD', folder)
    const [fit] = await fitFolds({ ...base, models: [models[1]!], folds: [folds[0]!], runFolder: 'runs/mine', workers: 1 })
    expect(fit!.folder.startsWith(join(folder, 'runs/mine/fits/'))).toBe(true)
    vi.unstubAllEnvs()
  })

  it('gives a fit for each fold and model, in their order, on later rows alone', () => {
    expect(first.map(({ fold, model, reused }) => [fold, model, reused])).toEqual([
      [0, 'logistic', false],
      [0, 'trees', false],
      [1, 'logistic', false],
      [1, 'trees', false],
    ])
    for (const { fold, rows, proba, report, importance } of first) {
      expect(rows).toEqual(folds[fold]!.test)
      const right = [...rows].filter((row, i) => proba[i]! > 0.5 === (y[row] === 1)).length
      expect(right / rows.length).toBeGreaterThan(0.65)
      expect(report.steps).toBeGreaterThan(0)
      expect(importance).toHaveLength(4)
    }
    expect(folders(shared)).toEqual(first.map((fit) => fit.folder.split('/').at(-1)!).sort())
    const trees = firstEvents.filter((event) => event.fold === 1 && event.model === 'trees').map((event) => event.type)
    expect(trees[0]).toBe('fit-started')
    expect(trees.at(-1)).toBe('fit-finished')
    expect(trees.filter((type) => type === 'fit-progress')).toHaveLength(first[3]!.report.steps)
  })

  it('leaves models that load and predict the same', async () => {
    for (const fit of first) {
      const model = await loadModel(join(fit.folder, 'model'), { device: 'cpu', requireDevice: false })
      expect(await model.predictProba(X, fit.rows)).toEqual(fit.proba)
      await model.close()
    }
  })

  it('gives the same bytes with two workers, another order and other company', async () => {
    const runFolder = folder
    await fitFolds({ ...base, models: [models[1]!], folds: [folds[1]!], runFolder, workers: 1 })
    const fits = await fitFolds({ ...base, models: [...models].reverse(), folds: [...folds].reverse(), runFolder, workers: 2 })
    expect(fits.map((fit) => fit.reused)).toEqual([true, false, false, false])
    expect(bytesOf(fits)).toEqual(bytesOf(first))
  })

  it('reuses what is whole and fits again what was damaged, to the same bytes', async () => {
    const before = bytesOf(first)
    const [cut, torn, gone, whole] = first.map((fit) => fit.folder) as [string, string, string, string]
    truncateSync(join(cut, 'predictions.bin'), 100)
    writeFileSync(join(torn, 'fit.json'), readFileSync(join(torn, 'fit.json'), 'utf8').slice(0, 50))
    rmSync(join(gone, 'model/lab-model.json'))
    const events: FitEvent[] = []
    const fits = await fitFolds({ ...base, runFolder: shared, workers: 1, onEvent: (event) => events.push(event) })
    expect(fits.map((fit) => fit.reused)).toEqual([false, false, false, true])
    expect(fits[3]!.folder).toBe(whole)
    const reasons = events.flatMap((event) => (event.type === 'fit-discarded' ? [event.reason] : []))
    expect(reasons).toEqual([
      'predictions.bin was changed or cut short',
      'its manifest was cut short',
      expect.stringMatching(/^a file is missing/),
    ])
    expect(bytesOf(fits)).toEqual(before)

    const manifest = join(whole, 'fit.json')
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"threads": 1', '"threads": 3'))
    const again = await fitFolds({ ...base, runFolder: shared, workers: 1 })
    expect(again.map((fit) => fit.reused)).toEqual([true, true, true, false])
  })

  it('fits anew when anything that decides the result changes', async () => {
    const trees = (params: Record<string, unknown>): FitFoldsOptions['models'] => [{ name: 'trees', spec: { kind: 'lightgbm', params } }]
    const one = { ...base, models: trees({ rounds: 2 }), folds: [folds[0]!], runFolder: folder, workers: 1 }
    const moved = { ...X, values: X.values.slice() }
    moved.values[7]! += 1e-9
    const flipped = y.slice()
    flipped[850] = 1 - flipped[850]!
    const shorter = { ...folds[0]!, train: range(1, 400) }
    const changed: Partial<FitFoldsOptions>[] = [
      {},
      { X: moved },
      { y: flipped },
      { folds: [shorter] },
      { seed: 6 },
      { threadsPerFit: 2 },
      { models: trees({ rounds: 3 }) },
      { models: trees({ rounds: 2, preprocess: { dropConstant: {} } }) },
    ]
    const keys = new Set<string>()
    for (const change of changed) keys.add((await fitFolds({ ...one, ...change }))[0]!.folder)
    expect(keys.size).toBe(changed.length)
    const [same] = await fitFolds({ ...one, models: trees({ rounds: 2, learningRate: 0.03, preprocess: { scaler: 'none' } }) })
    expect(same!.reused).toBe(true)
  })

  it('names model, fold and cause of a failing fit and keeps the finished ones', async () => {
    const holed = { ...X, values: X.values.slice() }
    holed.values[650 * 4 + 1] = NaN
    const bad = { ...base, X: holed, models: [models[1]!], runFolder: folder, workers: 1 }
    const order = [{ ...folds[1]!, train: range(0, 300) }, folds[0]!]
    const error = await fitFolds({ ...bad, folds: order }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'fit-failed', received: expect.stringContaining('feature_1 = NaN in row 650') as string })
    expect((error as Error).message).toMatch(/^The model trees could not be fitted in fold 2: /)
    expect(folders(folder)).toHaveLength(1)
  })

  it('stops on abort, leaves no work folder and goes on afterwards', async () => {
    const stop = new AbortController()
    const slow = { name: 'slow', spec: { kind: 'lightgbm', params: { rounds: 100_000, patience: 100_000 } } } as const
    const error = await fitFolds({
      ...base,
      models: [slow],
      runFolder: folder,
      workers: 2,
      signal: stop.signal,
      onEvent: (event) => event.type === 'fit-progress' && stop.abort(),
    }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'interrupted', exitCode: 75 })
    expect(folders(folder)).toEqual([])
    expect(
      await fitFolds({ ...base, models: [models[1]!], runFolder: folder, workers: 1, signal: stop.signal }).catch((e: unknown) => e),
    ).toMatchObject({
      code: 'interrupted',
    })
  })

  it('clears away what a killed call left, not what another one works on', async () => {
    const dead = join(folder, 'fits/work-1-1-1.tmp')
    const mine = join(folder, 'fits/work-2-2-2.tmp')
    mkdirSync(dead, { recursive: true })
    mkdirSync(mine, { recursive: true })
    writeFileSync(join(dead, 'owner.json'), JSON.stringify({ pid: 2 ** 22, startTicks: '1', bootId: '', host: hostname() }))
    writeFileSync(join(mine, 'owner.json'), JSON.stringify({ pid: 1, startTicks: '1', bootId: '', host: 'another-machine' }))
    await fitFolds({ ...base, models: [models[1]!], folds: [folds[0]!], runFolder: folder, workers: 1 })
    expect(existsSync(dead)).toBe(false)
    expect(existsSync(mine)).toBe(true)
  })

  it('fits many symbols in one pool as it fits each, and the same bars once', async () => {
    const other = market(900, 4, 2)
    const symbols = [
      { symbol: 'AAA', X, y, folds: [folds[0]!] },
      { symbol: 'BBB', ...other, folds: [folds[0]!] },
      { symbol: 'CCC', X, y, folds: [folds[0]!] },
    ]
    const { X: _X, y: _y, folds: _folds, ...options } = base
    const events: FitEvent[] = []
    const fits = await fitSymbols({ ...options, symbols, runFolder: folder, workers: 2, onEvent: (event) => events.push(event) })
    expect(fits.map(({ symbol, model }) => `${symbol} ${model}`)).toEqual(
      ['AAA', 'BBB', 'CCC'].flatMap((symbol) => models.map(({ name }) => `${symbol} ${name}`)),
    )
    expect(events.filter(({ type }) => type === 'fit-started')).toHaveLength(4)
    expect(new Set(events.map(({ symbol }) => symbol))).toEqual(new Set(['BBB', 'CCC']))
    expect(fits[4]!.proba).toEqual(fits[0]!.proba)
    expect(fits.slice(0, 2).map(({ proba }) => proba)).toEqual(first.slice(0, 2).map(({ proba }) => proba))
    const alone = await fitFolds({ ...base, ...other, folds: [folds[0]!], runFolder: join(folder, 'alone'), workers: 1 })
    expect(fits.slice(2, 4).map(({ proba }) => proba)).toEqual(alone.map(({ proba }) => proba))
    await expect(fitSymbols({ ...options, symbols: [symbols[0]!, symbols[0]!], runFolder: folder, workers: 1 })).rejects.toMatchObject({
      code: 'duplicate-symbol',
      received: 'AAA',
    })
  })

  it('refuses bad arguments before it writes anything', async () => {
    const wrong = (change: Partial<FitFoldsOptions>) => fitFolds({ ...base, runFolder: join(folder, 'run'), workers: 1, ...change })
    await expect(wrong({ workers: 0 })).rejects.toMatchObject({ code: 'bad-workers', received: 'workers = 0' })
    await expect(wrong({ models: [models[0]!, models[0]!] })).rejects.toMatchObject({ code: 'duplicate-model' })
    const misspelt = { name: 'a', spec: { kind: 'lightgbm', params: { leafs: 3 } } } as const
    await expect(wrong({ models: [misspelt] })).rejects.toMatchObject({ code: 'unknown-parameter', exitCode: 2 })
    const unknown = { name: 'a', spec: { kind: 'logistics' as 'logistic', params: {} } }
    await expect(wrong({ models: [unknown] })).rejects.toMatchObject({ code: 'unknown-model', help: 'did you mean logistic?' })
    expect(existsSync(join(folder, 'run'))).toBe(false)
  })
})
