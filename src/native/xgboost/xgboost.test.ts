import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRng } from '../../core/index.js'
import {
  withoutTrees,
  XgboostBooster,
  xgboostBuild,
  xgboostContributionsSync,
  xgboostGainSync,
  xgboostLibraryPath,
  XgboostMatrix,
  xgboostPredictSync,
  xgboostVersion,
} from './index.js'

const ready = xgboostLibraryPath() !== undefined
if (!ready) process.stderr.write('XGBoost binding tests are skipped: no Python environment (npm run setup)\n')

afterEach(() => void vi.unstubAllEnvs())

const params = {
  objective: 'binary:logistic',
  eval_metric: 'logloss',
  tree_method: 'hist',
  max_bin: 64,
  max_depth: 3,
  eta: 0.3,
  nthread: 1,
  seed: 1,
}
const names = ['first', 'a "trees":[ {b', 'c']
const rng = createRng(1, 'xgboost-test')
const rows = 400
const values = Float64Array.from({ length: rows * 3 }, () => rng.normal())
const label = Float64Array.from({ length: rows }, (_, i) => (values[i * 3]! > 0 ? 1 : 0))
const binned = (reference?: XgboostMatrix): XgboostMatrix =>
  XgboostMatrix.createBinnedSync({ values, names, label }, { maxBin: 64, threads: 1, ...(reference !== undefined && { reference }) })

describe('XGBoost binding without set-up', () => {
  it('names the cure', async () => {
    vi.stubEnv('BARLAB_CACHE', '/nonexistent')
    // A copy of the module that has not loaded the library yet.
    vi.resetModules()
    const { XgboostMatrix: Fresh } = await import('./index.js')
    expect(() => Fresh.createSync({ values, names }, 1)).toThrow(expect.objectContaining({ code: 'no-xgboost', help: 'npm run setup' }))
  })
})

describe.skipIf(!ready)('XGBoost binding', () => {
  it('trains, evaluates, predicts, explains and writes its bytes', () => {
    const train = binned()
    const validation = binned(train)
    const booster = XgboostBooster.createSync([train, validation], params)
    const losses: number[] = []
    for (let round = 0; round < 10; round++) {
      booster.updateSync(train, round)
      const [first, second] = booster.evaluateSync([train, validation], round)
      expect(second).toBe(first)
      losses.push(first!)
    }
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
    expect([booster.rounds, booster.deviceSync()]).toEqual([10, 'cpu'])
    const proba = xgboostPredictSync(booster, values, 3)
    expect(proba.filter((p, i) => p > 0.5 === (label[i] === 1)).length).toBeGreaterThan(390)
    expect(xgboostPredictSync(booster, Float32Array.from(values), 3)).toEqual(proba)
    expect(xgboostPredictSync(booster, new Float32Array(0), 3)).toHaveLength(0)
    const gain = xgboostGainSync(booster, names)
    expect(gain[0]).toBeGreaterThan(100 * Math.max(gain[1]!, gain[2]!))
    const plain = XgboostMatrix.createSync({ values, names }, 1)
    const shap = xgboostContributionsSync(booster, plain)
    const sum = shap.subarray(0, 4).reduce((a, b) => a + b, 0)
    expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(proba[0]!, 5)
    const copy = XgboostBooster.fromBytesSync(booster.toBytesSync())
    expect(copy.toBytesSync()).toEqual(booster.toBytesSync())
    const short = booster.firstRoundsSync(4)
    expect(short.rounds).toBe(4)
    for (const part of [copy, short, booster, plain, validation, train, copy, train]) part.close()
    expect(() => booster.toBytesSync()).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(() => train.handle).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(xgboostVersion()).toMatch(/^\d+\.\d+/)
    expect(typeof xgboostBuild().USE_CUDA).toBe('boolean')
  })

  it('cuts trees out of a model to the bytes of one that never had them', () => {
    const train = binned()
    const grow = (rounds: readonly number[]): XgboostBooster => {
      const booster = XgboostBooster.createSync([train], params)
      for (const round of rounds) {
        // A round of zero derivatives is a tree of one leaf with the value 0.
        if (round < 0) booster.updateByGradientSync(train, 0, new Float32Array(rows), new Float32Array(rows))
        else booster.updateSync(train, round)
      }
      return booster
    }
    const [whole, padded] = [grow([0, 1, 2, 3]), grow([0, 1, -1, -1, 2, 3])]
    const cut = XgboostBooster.fromBytesSync(Buffer.from(withoutTrees(padded.toJsonSync(), 2, 2)))
    expect(cut.toBytesSync()).toEqual(whole.toBytesSync())
    for (const part of [whole, padded, cut, train]) part.close()
  })

  it("passes on the first line of XGBoost's own words", () => {
    expect(() => XgboostBooster.fromBytesSync(Buffer.from('no model'))).toThrow(
      expect.objectContaining({ code: 'xgboost-error', received: expect.stringMatching(/^\w[^\n]*$/) as string }),
    )
    const train = binned()
    const wrong = XgboostBooster.createSync([train], { ...params, objective: 'nonsense' })
    expect(() => wrong.updateSync(train, 0)).toThrow(expect.objectContaining({ received: 'Unknown objective function: `nonsense`' }))
    const infinite = values.slice()
    infinite[5] = Infinity
    for (const create of [
      () => XgboostMatrix.createSync({ values: infinite, names }, 1),
      () => XgboostMatrix.createBinnedSync({ values: infinite, names }, { maxBin: 64, threads: 1 }),
    ])
      expect(create).toThrow(expect.objectContaining({ code: 'xgboost-error', received: expect.stringContaining('inf') as string }))
    for (const data of [
      { values: values.subarray(1), names },
      { values, names, label: label.subarray(1) },
      { values: new Float64Array(0), names },
    ])
      expect(() => XgboostMatrix.createSync(data, 1)).toThrow(expect.objectContaining({ code: 'bad-shape' }))
    wrong.close()
    train.close()
  })
})
