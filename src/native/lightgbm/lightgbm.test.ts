import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRng } from '../../core/index.js'
import { LightgbmBooster, LightgbmDataset, lightgbmLibraryPath, lightgbmVersion } from './index.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('LightGBM binding tests are skipped: no Python environment (npm run setup)\n')

afterEach(() => void vi.unstubAllEnvs())

const params = {
  objective: 'binary',
  metric: 'binary_logloss',
  num_threads: 1,
  deterministic: true,
  force_row_wise: true,
  verbosity: -1,
  seed: 1,
}
const rng = createRng(1, 'lightgbm-test')
const rows = 400
const values = Float64Array.from({ length: rows * 3 }, () => rng.normal())
const label = Float32Array.from({ length: rows }, (_, i) => (values[i * 3]! > 0 ? 1 : 0))

describe('LightGBM binding without set-up', () => {
  it('names the cure', async () => {
    vi.stubEnv('BARLAB_CACHE', '/nonexistent')
    // A copy of the module that has not loaded the library yet.
    vi.resetModules()
    const { LightgbmDataset: Fresh } = await import('./index.js')
    expect(() => Fresh.createSync({ values, columns: 3, label }, params)).toThrow(
      expect.objectContaining({ code: 'no-lightgbm', help: 'npm run setup' }),
    )
  })
})

describe.skipIf(!ready)('LightGBM binding', () => {
  it('trains, evaluates, predicts and writes its text', () => {
    const train = LightgbmDataset.createSync({ values, columns: 3, label }, params)
    const valid = LightgbmDataset.createSync({ values, columns: 3, label }, params, train)
    const booster = LightgbmBooster.createSync(train, [valid], params)
    const losses: number[] = []
    for (let round = 0; round < 10; round++) {
      expect(booster.updateSync()).toBe(true)
      losses.push(booster.evaluateSync(0))
      expect(booster.evaluateSync(1)).toBeCloseTo(losses.at(-1)!, 12)
    }
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
    const proba = booster.predictSync(values, 3)
    expect(proba.filter((p, i) => p > 0.5 === (label[i] === 1)).length).toBeGreaterThan(390)
    const importance = booster.gainImportanceSync(3, 10)
    expect(importance[0]).toBeGreaterThan(100 * Math.max(importance[1]!, importance[2]!))
    const copy = LightgbmBooster.fromTextSync(booster.toTextSync(4))
    expect([booster.rounds, copy.rounds]).toEqual([10, 4])
    expect(copy.predictSync(values, 3)).not.toEqual(proba)
    const [gain, of] = [copy.gainImportanceSync(3, 0), booster.gainImportanceSync(3, 4)]
    for (const [i, each] of gain.entries()) expect(each).toBeCloseTo(of[i]!, 2)
    const raw = copy.predictSync(values, 3, 'raw')
    expect(copy.predictSync(values, 3)[7]).toBeCloseTo(1 / (1 + Math.exp(-raw[7]!)), 12)
    const shap = copy.predictSync(values, 3, 'shap')
    expect(shap.subarray(28, 32).reduce((a, b) => a + b)).toBeCloseTo(raw[7]!, 10)
    for (const part of [copy, booster, valid, train, copy, train]) part.close()
    expect(() => booster.predictSync(values, 3)).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(lightgbmVersion()).toMatch(/^\d+\.\d+/)
  })

  it("passes on LightGBM's own words", () => {
    expect(() => LightgbmBooster.fromTextSync('no model')).toThrow(
      expect.objectContaining({ code: 'lightgbm-error', received: expect.stringMatching(/\w/) as string }),
    )
    const train = LightgbmDataset.createSync({ values, columns: 3, label }, params)
    expect(() => LightgbmBooster.createSync(train, [], { ...params, objective: 'nonsense' })).toThrow(
      expect.objectContaining({ received: expect.stringContaining('nonsense') as string }),
    )
    train.close()
    expect(() => LightgbmDataset.createSync({ values: values.subarray(1), columns: 3, label }, params)).toThrow(
      expect.objectContaining({ code: 'bad-shape' }),
    )
  })

  it('gives a text longer than its first buffer whole', () => {
    const many = 20_000
    const x = Float64Array.from({ length: many * 2 }, () => rng.normal())
    const y = Float32Array.from({ length: many }, () => rng.int(2))
    const large = { ...params, num_leaves: 2000, min_data_in_leaf: 2 }
    const train = LightgbmDataset.createSync({ values: x, columns: 2, label: y }, large)
    const booster = LightgbmBooster.createSync(train, [], large)
    for (let round = 0; round < 10; round++) booster.updateSync()
    const text = booster.toTextSync(0)
    expect(text.length).toBeGreaterThan(1 << 20)
    const copy = LightgbmBooster.fromTextSync(text)
    expect(copy.predictSync(x, 2)).toEqual(booster.predictSync(x, 2))
    for (const part of [copy, booster, train]) part.close()
  })
})
