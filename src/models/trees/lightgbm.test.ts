import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { readInstalled } from '../../native/installed.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { createLightgbmModel, lightgbmParamsSchema, loadLightgbmModel } from './lightgbm.js'
import { nativeParameters } from './lightgbm-params.js'
import type { FitInput, FitProgress } from '../model.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('LightGBM tests are skipped: no Python environment (npm run setup)\n')

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lightgbm-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const { X, y } = market(1500, 6)
const input: FitInput = { X, y, train: range(0, 900), validation: range(900, 1200), seed: 7, threads: 1 }
const params = { rounds: 80, learningRate: 0.1, minDataInLeaf: 20, patience: 10 }
const test = range(1200, 1500)

describe('LightGBM parameters', () => {
  it('names the nearest of a misspelt one and says what a value must be', () => {
    expect(() => createLightgbmModel({ num_leafs: 5 })).toThrow(
      expect.objectContaining({ code: 'unknown-parameter', help: 'did you mean numLeaves?', exitCode: 2 }),
    )
    expect(() => createLightgbmModel({ learningRate: 0 })).toThrow(
      expect.objectContaining({ code: 'bad-parameter', received: 'learningRate = 0', expected: 'a number above 0, at most 1' }),
    )
  })
})

describe.skipIf(!ready)('LightGBM', () => {
  it("predicts bit for bit what LightGBM's Python package does, early stopping included", async () => {
    const model = createLightgbmModel(params)
    const report = await model.fit(input)
    const ours = await model.predictProba(X, test)
    writeFileSync(join(folder, 'x.bin'), Buffer.from(X.values.buffer))
    writeFileSync(join(folder, 'y.bin'), Buffer.from(y.buffer))
    const native = nativeParameters(lightgbmParamsSchema.parse(params), 7, 1)
    const script = `
import json, sys, numpy as np, lightgbm as lgb
folder, params = sys.argv[1], json.loads(sys.argv[2])
X = np.fromfile(folder + "/x.bin").reshape(1500, 6); y = np.fromfile(folder + "/y.bin")
train = lgb.Dataset(X[:900], y[:900], params=params); valid = lgb.Dataset(X[900:1200], y[900:1200], reference=train, params=params)
model = lgb.train(params, train, 80, valid_sets=[valid], callbacks=[lgb.early_stopping(10, verbose=False)])
model.predict(X[1200:], num_iteration=model.best_iteration).tofile(folder + "/p.bin")
model.feature_importance("gain", iteration=model.best_iteration).astype("float64").tofile(folder + "/g.bin")
print(model.best_iteration)`
    const python = spawnSync(readInstalled()!.python.executable, ['-c', script, folder, JSON.stringify(native)], { encoding: 'utf8' })
    expect(python.stderr).toBe('')
    expect(report.bestStep).toBe(Number(python.stdout))
    expect(report.bestStep).toBeLessThan(report.steps)
    const read = (name: string): Float64Array => new Float64Array(new Uint8Array(readFileSync(join(folder, name))).buffer)
    expect(ours).toEqual(read('p.bin'))
    for (const [i, gain] of read('g.bin').entries()) expect(model.featureImportance()![i]).toBeCloseTo(gain, 3)
    await model.close()
  })

  it('gives the same model for any number of threads, and another for another seed', async () => {
    const predictions: Float64Array[] = []
    for (const [seed, threads] of [
      [7, 1],
      [7, 2],
      [8, 1],
    ] as const) {
      const model = createLightgbmModel(params)
      await model.fit({ ...input, seed, threads })
      predictions.push(await model.predictProba(X, test))
      await model.close()
    }
    expect(predictions[1]).toEqual(predictions[0])
    expect(predictions[2]).not.toEqual(predictions[0])
  })

  it('keeps predictions and importances through save and load', async () => {
    const model = createLightgbmModel(params)
    await model.fit(input)
    const expected = await model.predictProba(X, test)
    await model.save(join(folder, 'model'))
    const loaded = loadLightgbmModel(join(folder, 'model'))
    expect(await loaded.predictProba(X, test)).toEqual(expected)
    expect(loaded.featureImportance()).toEqual(model.featureImportance())
    const [first, second, ...rest] = loaded.featureImportance()!
    expect(Math.min(first!, second!)).toBeGreaterThan(Math.max(...rest))
    await model.close()
    await loaded.close()
    await loaded.close()
    await expect(loaded.predictProba(X, test)).rejects.toMatchObject({ code: 'not-fitted' })
  })

  it('reports every round and stops at the next one on abort', async () => {
    const stop = new AbortController()
    const seen: FitProgress[] = []
    const model = createLightgbmModel(params)
    const work = model.fit({ ...input, signal: stop.signal, onProgress: (p) => (seen.push(p), seen.length === 3 && stop.abort()) })
    await expect(work).rejects.toMatchObject({ code: 'interrupted', received: 'LightGBM before round 4' })
    expect(seen.map((p) => p.step)).toEqual([1, 2, 3])
    expect(seen[2]!.trainLoss).toBeLessThan(seen[0]!.trainLoss!)
  })

  it('follows weights, and grows all rounds without validation rows', async () => {
    const model = createLightgbmModel({ ...params, rounds: 15 })
    const none = new Int32Array(0)
    const report = await model.fit({
      ...input,
      validation: none,
      sampleWeight: Float64Array.from(input.train, (row) => (y[row] === 1 ? 5 : 1)),
    })
    expect(report).toMatchObject({ steps: 15, bestStep: 15 })
    const mean = (p: Float64Array): number => p.reduce((s, v) => s + v, 0) / p.length
    expect(mean(await model.predictProba(X, test))).toBeGreaterThan(0.65)
    await model.close()
  })

  it('says so when nothing can be split', async () => {
    const model = createLightgbmModel({ ...params, minDataInLeaf: 5000 })
    const report = await model.fit(input)
    expect(report.warnings?.[0]).toMatch(/No split was possible/)
    expect(new Set(await model.predictProba(X, test)).size).toBe(1)
    await model.close()
  })

  it('refuses missing values, unknown targets, one class and other features', async () => {
    const model = createLightgbmModel(params)
    const holed = { ...X, values: X.values.slice() }
    holed.values[5 * 6 + 2] = NaN
    await expect(model.fit({ ...input, X: holed })).rejects.toMatchObject({
      code: 'not-finite',
      received: 'feature_2 = NaN in row 5 (1970-01-01T05:00:00.000Z)',
    })
    const unknown = y.slice()
    unknown[3] = NaN
    await expect(model.fit({ ...input, y: unknown })).rejects.toMatchObject({ code: 'bad-target' })
    await expect(model.fit({ ...input, y: new Float64Array(1500) })).rejects.toMatchObject({ code: 'one-class' })
    await expect(model.predictProba(X, test)).rejects.toMatchObject({ code: 'not-fitted' })
    await model.fit(input)
    await expect(model.predictProba({ ...X, names: [...X.names].reverse() }, test)).rejects.toMatchObject({ code: 'feature-mismatch' })
    await model.close()
  })
})
