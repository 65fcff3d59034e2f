import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { range } from '../../../test/fixtures/market.js'
import { sha256 } from '../../core/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { createLightgbmModel, lightgbmParamsSchema, loadLightgbmModel } from './lightgbm.js'
import { nativeParameters } from './lightgbm-params.js'
import type { FitInput, FitProgress } from '../model.js'
import { PythonPeer, returns } from './python-peer.fixture.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('LightGBM tests are skipped: no Python environment (npm run setup)\n')

let peer: PythonPeer
beforeEach(() => void (peer = new PythonPeer()))
afterEach(() => peer.close())

const { X, y, value } = returns(1500, 6)
const input: FitInput = { X, y, train: range(0, 900), validation: range(900, 1200), seed: 7, threads: 1 }
const params = { rounds: 80, learningRate: 0.1, minDataInLeaf: 20, patience: 10 }
const regression = { ...params, task: 'regression' } as const
const weight = Float64Array.from(input.train, (row) => 1 + (row % 4) / 3)
const test = range(1200, 1500)

const PYTHON = `
import lightgbm as lgb
def fit(params, X, y, w, first, last, valid, **more):
    train = lgb.Dataset(X[first:last], y[first:last], weight=w, params=params)
    valid = lgb.Dataset(X[valid], y[valid], reference=train, params=params)
    stop = lgb.early_stopping(10, verbose=False)
    model = lgb.train(params, train, 80, valid_sets=[valid], callbacks=[stop], **more)
    return lgb.Booster(model_str=model.model_to_string(num_iteration=model.best_iteration)), model.best_iteration
X = np.fromfile(folder + "/x").reshape(1500, 6)
for case in given:
    y = np.fromfile(f"{folder}/{case['target']}"); w = np.fromfile(folder + "/weight") if case["weighted"] else None
    at = folder + "/" + case["name"]
    model, best = fit(case["native"], X, y, w, 0, 900, slice(900, 1200))
    if case["more"]:
        model, _ = fit(case["native"], X, y, None, 300, 1100, slice(0, 200), init_model=model)
    model.predict(X[1200:]).tofile(at + ".p")
    model.predict(X[1200:], pred_contrib=True).tofile(at + ".shap")
    model.feature_importance("gain").astype("float64").tofile(at + ".gain")
    model.save_model(at + ".model", importance_type="gain")
    print(best)`

const CASES = [
  { name: 'a classification', of: params, target: 'y', weighted: false, more: false },
  { name: 'weights', of: params, target: 'y', weighted: true, more: false },
  { name: 'a regression', of: regression, target: 'value', weighted: false, more: false },
  { name: 'constraints', of: { ...regression, monotone: { feature_1: -1, feature_0: 1 } }, target: 'value', weighted: false, more: false },
  { name: 'a continued fit', of: params, target: 'y', weighted: false, more: true },
  { name: 'a continued regression', of: regression, target: 'value', weighted: true, more: true },
] as const

/** What LightGBM's Python package makes of all cases: files `<case>.p` and so on in the peer's folder. @returns the best round of each case */
function askPython(peer: PythonPeer): number[] {
  for (const [name, values] of Object.entries({ x: X.values, y, value, weight })) peer.write(name, values)
  const cases = CASES.map(({ of, ...rest }) => {
    const monotone = 'monotone' in of ? [1, -1, 0, 0, 0, 0] : undefined
    return { ...rest, native: nativeParameters(lightgbmParamsSchema.parse(of), 7, 1, monotone) }
  })
  return peer.run(PYTHON, cases).split('\n').map(Number)
}

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
  it("gives the models, predictions and SHAP values of LightGBM's Python package to the bit", async () => {
    const best = askPython(peer)
    for (const [c, { name, of, target: which, weighted, more }] of CASES.entries()) {
      const target = which === 'y' ? y : value
      const model = createLightgbmModel(of)
      const report = await model.fit({ ...input, y: target, ...(weighted && { sampleWeight: weight }) })
      expect([name, report.bestStep]).toEqual([name, best[c]])
      if (c === 0) expect(report.bestStep).toBeLessThan(report.steps)
      if (more) await model.fit({ ...input, y: target, train: range(300, 1100), validation: range(0, 200), continues: true })
      await model.save(join(peer.folder, 'saved'))
      const theirText = peer.text(`${name}.model`).replace(/\npandas_categorical:null\n$/, '')
      expect([name, sha256(peer.text('saved/model.txt'))]).toEqual([name, sha256(theirText)])
      const ours = await (model.task === 'regression' ? model.predict(X, test) : model.predictProba(X, test))
      expect(ours).toEqual(peer.float64(`${name}.p`))
      const theirs = peer.float64(`${name}.shap`)
      const { base, values } = await model.shapValues!(X, test)
      expect(base).toBe(theirs[6])
      expect(values).toEqual(Float64Array.from(theirs.filter((_, i) => i % 7 < 6)))
      for (const [i, gain] of peer.float64(`${name}.gain`).entries()) expect(model.featureImportance()![i]).toBeCloseTo(gain, 2)
      await model.close()
    }
  })

  it('cannot be stopped and gone on with: rounds in two parts are other rounds, which is why a fit begins anew', async () => {
    const grow = async (of: object, more: Partial<FitInput> = {}, model = createLightgbmModel({ ...params, ...of })) => {
      await model.fit({ ...input, validation: range(0, 0), ...more })
      return model
    }
    const whole = await grow({ rounds: 20 })
    const [once, again] = [await grow({ rounds: 10 }), await grow({ rounds: 10 })]
    for (const model of [once, again]) await grow({}, { continues: true }, model)
    expect(await once.predictProba(X, test)).toEqual(await again.predictProba(X, test))
    expect(await once.predictProba(X, test)).not.toEqual(await whole.predictProba(X, test))
    // Without random draws only the last bits differ.
    const drawn = { featureFraction: 1, baggingFreq: 0, rounds: 10 }
    const parts = await (await grow(drawn, { continues: true }, await grow(drawn))).predictProba(X, test)
    const single = await (await grow({ ...drawn, rounds: 20 })).predictProba(X, test)
    expect(Math.max(...parts.map((p, i) => Math.abs(p - single[i]!)))).toBeLessThan(1e-6)
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
    await model.save(join(peer.folder, 'model'))
    const loaded = loadLightgbmModel(join(peer.folder, 'model'))
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
    const other = createLightgbmModel(regression)
    await expect(other.fit({ ...input, y: y.map(() => 3) })).rejects.toMatchObject({ code: 'constant-target' })
    await other.fit({ ...input, y: value })
    await expect(other.predictProba(X, test)).rejects.toMatchObject({ code: 'not-a-classifier' })
    await expect(createLightgbmModel({ ...params, monotone: { other: 1 } }).fit(input)).rejects.toMatchObject({ code: 'unknown-feature' })
    await model.close()
  })
})
