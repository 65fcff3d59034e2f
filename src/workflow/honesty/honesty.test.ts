import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { createRng, DISPLAY } from '../../core/index.js'
import type { Bars } from '../../data/index.js'
import { overfittingReport } from '../../evaluate/index.js'
import { periodsPerYear } from '../../metrics/index.js'
import { modelKinds, type ModelKind } from '../../models/index.js'
import { readInstalled } from '../../native/installed.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { xgboostLibraryPath } from '../../native/xgboost/index.js'
import type { FitFoldsOptions } from '../fits/fit-folds.js'
import { cappedProblem } from './capped-problem.js'
import { checkNoise, checkOracle } from './oracle-and-noise.js'
import { permutationTestByFits } from './permutation-test-by-fits.js'
import { studyOverfitting, studyReturns } from './study-overfitting.js'

const python = existsSync(readInstalled()?.python.executable ?? '')
const trees = lightgbmLibraryPath() !== undefined
const ready: Partial<Record<ModelKind, boolean>> = {
  logistic: python,
  lightgbm: trees,
  lstm: existsSync(readInstalled()?.addon?.path ?? ''),
  deep_ensemble: existsSync(readInstalled()?.addon?.path ?? ''),
  xgboost: xgboostLibraryPath() !== undefined,
  random_forest: xgboostLibraryPath() !== undefined,
  stack: python && trees,
}
/** Kinds with parameters that learn in a second or two; others are checked with their defaults where what they need is installed. */
const PARAMS: Partial<Record<ModelKind, Record<string, unknown>>> = {
  lightgbm: { rounds: 60, learningRate: 0.1 },
  lstm: { lookbackBars: 4, units: 8, epochs: 8, batchSize: 32, learningRate: 0.01 },
  stack: {
    innerFolds: 2,
    combine: 'blend',
    bases: [{ kind: 'logistic' }, { kind: 'lightgbm', params: { rounds: 60, learningRate: 0.1 } }],
  },
}
const kinds = (Object.keys(ready) as ModelKind[]).filter((kind) => ready[kind])
for (const kind of modelKinds.filter((kind) => ready[kind] === false))
  process.stderr.write(`honesty checks skipped for ${kind}: set-up has not run (npm run setup)\n`)
const models = kinds.map((kind) => ({ name: kind, spec: { kind, params: PARAMS[kind] ?? {} } }))

const N = 3000
const { X, y } = market(N, 6)
// The last bars have no label, as in a real problem.
y.fill(NaN, N - 5)
const fold = {
  index: 3,
  train: range(20, 2000),
  validation: range(2005, 2200),
  test: range(2210, N - 5),
  embargoMs: 0,
  purged: 5,
  embargoed: 0,
}
const runFolder = mkdtempSync(join(tmpdir(), 'honesty-'))
afterAll(() => rmSync(runFolder, { recursive: true, force: true }))
const options = { runFolder, X, y, fold, models, seed: 1, threadsPerFit: 1, workers: 2, device: 'cpu', requireDevice: false } as const
const plain = (bundle: unknown): string => (bundle as Record<string, string>)['text/plain']!

describe('cappedProblem', () => {
  it('keeps the rows next to the test part, renumbered, with what lies before them', () => {
    const labelEndTime = X.time.map((time) => time + 1)
    const capped = cappedProblem({ X, y, labelEndTime, fold, maxRows: 1000 })
    const [only] = capped.folds
    expect([only.train.length, only.validation.length, only.test.length]).toEqual([600, 100, 300])
    const from = 2000 - 600 - 512
    expect(only.train[0]).toBe(512)
    expect(capped.X.rows).toBe(2210 + 300 - from)
    for (const [own, theirs] of [
      [only.train, fold.train.slice(-600)],
      [only.test, fold.test.slice(0, 300)],
    ] as const)
      for (const [k, row] of own.entries()) {
        expect(capped.X.time[row]).toBe(X.time[theirs[k]!])
        expect(capped.y[row]).toBe(y[theirs[k]!])
        expect(capped.labelEndTime![row]).toBe(labelEndTime[theirs[k]!])
        expect(capped.X.values[row * 6 + 2]).toBe(X.values[theirs[k]! * 6 + 2])
      }
    expect(() => cappedProblem({ X, y, fold, maxRows: 10 })).toThrow(expect.objectContaining({ code: 'bad-check' }) as Error)
  })
})

describe.skipIf(models.length === 0)('every kind of model', () => {
  it('learns a feature that holds the answer', async () => {
    const check = await checkOracle(options)
    expect(check.models.map(({ model, value }) => [model, value > 0.99])).toEqual(kinds.map((kind) => [kind, true]))
    expect(check).toMatchObject({ check: 'oracle', pass: true, rows: { train: 1980, test: 785 } })
    expect(plain(await check[DISPLAY]())).toMatch(/Oracle check passed: every model/)
  })

  it('finds nothing in shuffled labels', async () => {
    const check = await checkNoise(options)
    expect(check.models.map(({ model, pass }) => [model, pass])).toEqual(kinds.map((kind) => [kind, true]))
    for (const { from, to } of check.models) {
      expect(from + to).toBeCloseTo(1, 12)
      expect(to).toBeLessThan(0.6)
    }
    expect(plain(await check[DISPLAY]())).toContain('Noise check passed')
  })
})

describe.skipIf(!trees)('checks that must fail, do', () => {
  it('the oracle check of a model that cannot learn', async () => {
    const blind = [{ name: 'blind', spec: { kind: 'lightgbm', params: { rounds: 1, minDataInLeaf: 1500 } } }] as const
    const check = await checkOracle({ ...options, models: blind, maxRows: 1000 })
    expect(check.pass).toBe(false)
    expect(check.sentences[0]).toContain('Oracle check failed: blind did not learn')
    expect(plain(await check[DISPLAY]())).toContain('FAILED')
  })

  it('the noise check of folds that train on their test rows', async () => {
    const told = { ...fold, train: range(1500, 2900), validation: range(0, 0), test: range(2000, 2800) }
    const memory = [
      { name: 'memory', spec: { kind: 'lightgbm', params: { rounds: 100, learningRate: 0.3, minDataInLeaf: 2, numLeaves: 200 } } },
    ] as const
    const check = await checkNoise({ ...options, models: memory, fold: told })
    expect(check.pass).toBe(false)
    expect(check.models[0]!.value).toBeGreaterThan(0.9)
    expect(check.sentences[0]).toContain('Noise check failed: memory')
  })
})

describe.skipIf(!trees)('permutationTestByFits', () => {
  const one: FitFoldsOptions['models'] = [
    { name: 'trees', spec: { kind: 'lightgbm', params: { rounds: 15, learningRate: 0.2, minDataInLeaf: 30 } } },
  ]
  const folds = [
    { ...fold, index: 0, train: range(0, 800), validation: range(0, 0), test: range(810, 1000) },
    { ...fold, index: 1, train: range(0, 1000), validation: range(0, 0), test: range(1010, 1200) },
  ]
  const { fold: _, ...rest } = options
  const given = {
    ...rest,
    models: one,
    folds,
    X: { ...X, rows: 1200, time: X.time.slice(0, 1200), values: X.values.slice(0, 7200) },
    y: y.slice(0, 1200),
  }

  it('fits again on permuted labels, and finds what is there', async () => {
    const test = await permutationTestByFits({ ...given, permutations: 7, blockRows: 3 })
    expect(test).toMatchObject({ metric: 'auc', asGood: 0, pValue: 1 / 8, permutations: 7, blockRows: 3 })
    expect(test.value).toBeGreaterThan(0.7)
    const mean = test.nullValues.reduce((sum, value) => sum + value, 0) / 7
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05)
    expect(await permutationTestByFits({ ...given, permutations: 7, blockRows: 3, workers: 1 })).toMatchObject({
      value: test.value,
      nullValues: test.nullValues,
    })
  })

  it('finds no more than chance where there is nothing', async () => {
    const rng = createRng(8, 'nothing')
    const test = await permutationTestByFits({ ...given, y: Float64Array.from({ length: 1200 }, () => rng.int(2)), permutations: 7 })
    expect(test.pValue).toBeGreaterThan(1 / 8)
    await expect(permutationTestByFits({ ...given, permutations: 0 })).rejects.toMatchObject({ code: 'bad-permutation-test' })
    await expect(permutationTestByFits({ ...given, models: [] })).rejects.toMatchObject({ code: 'bad-permutation-test' })
  })
})

describe('studyOverfitting', () => {
  const rng = createRng(2, 'study')
  let price = 100
  const close = Float64Array.from({ length: 900 }, () => (price *= 1 + 0.01 * rng.normal()))
  const bars: Bars = {
    ...{ symbol: 'TEST', timeframeMs: 3_600_000, time: Float64Array.from({ length: 900 }, (_, i) => i * 3_600_000) },
    ...{ open: close.map((_, i) => close[Math.max(0, i - 1)]!), high: close, low: close, close, volume: close },
  }
  /** Skill 0 guesses; 1 knows the next bar. */
  const trial = (name: string, skill: number) => ({
    name,
    predictions: [0, 1].map((fold) => {
      const rows = range(100 + 300 * fold, 400 + 300 * fold)
      return {
        model: 'any',
        fold,
        rows,
        proba: Float64Array.from(rows, (row) => 0.5 + skill * Math.sign(close[row + 1]! - close[row]!) * 0.1 + 0.2 * (rng.next() - 0.5)),
      }
    }),
  })
  const trials = [...Array.from({ length: 8 }, (_, k) => trial(`guess ${k}`, 0)), trial('knows', 0.5)]

  it('trades every trial over the same bars, and judges the best by their number', () => {
    const { time, trials: traded } = studyReturns({ bars, trials, feeRate: 0 })
    expect(traded.map(({ name }) => name)).toEqual(trials.map(({ name }) => name))
    for (const { returns } of traded) expect(returns).toHaveLength(time.length)
    const report = studyOverfitting({ bars, trials, feeRate: 0, trialCount: 30, blocks: 8 })
    expect(report).toMatchObject({ chosen: 'knows', trials: 30, probabilityOfOverfitting: 0 })
    expect(report.deflatedSharpe).toBeGreaterThan(0.95)
    const { trials: _, ...same } = overfittingReport({ trials: traded, periodsAYear: periodsPerYear(time), trialCount: 30, blocks: 8 })
    expect(report).toMatchObject({ deflatedSharpe: same.deflatedSharpe, sharpePerYear: same.sharpePerYear })
    const guessed = studyOverfitting({ bars, trials: trials.slice(0, 8), feeRate: 0, blocks: 8 })
    expect(guessed.deflatedSharpe).toBeLessThan(0.95)
  })

  it('refuses trials on other rows', () => {
    const [first, second] = trials
    const cut = { ...second!, predictions: second!.predictions.slice(0, 1) }
    for (const wrong of [[], [first!, cut]])
      expect(() => studyReturns({ bars, trials: wrong })).toThrow(expect.objectContaining({ code: 'bad-overfitting-input' }) as Error)
  })
})
