import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { range } from '../../../test/fixtures/market.js'
import { sha256 } from '../../core/index.js'
import { xgboostLibraryPath } from '../../native/xgboost/index.js'
import type { FitInput, Model } from '../model.js'
import { PythonPeer, returns } from './python-peer.fixture.js'
import { createXgboostModel, loadXgboostModel, xgboostParamsSchema } from './xgboost.js'
import { nativeParameters } from './xgboost-params.js'

const ready = xgboostLibraryPath() !== undefined
if (!ready) process.stderr.write('XGBoost tests are skipped: no Python environment (npm run setup)\n')

const cpu = { device: 'cpu', requireDevice: false } as const
const { X, y, value } = returns(1500, 6)
const input: FitInput = { X, y, train: range(0, 900), validation: range(900, 1200), seed: 7, threads: 1 }
const weight = Float64Array.from(input.train, (row) => 1 + (row % 4) / 3)
const params = { rounds: 80, learningRate: 0.2, minChildWeight: 3, patience: 10 }
const regression = { ...params, task: 'regression' } as const
const test = range(1200, 1500)

let peer: PythonPeer
beforeEach(() => void (peer = new PythonPeer()))
afterEach(() => peer.close())

/** Of the bytes of the model that is saved: a difference of two of them is told in one line. */
async function bytesOf(model: Model): Promise<string> {
  const folder = join(peer.folder, 'saved')
  await model.save(folder)
  const bytes = sha256(readFileSync(join(folder, 'model.ubj')))
  rmSync(folder, { recursive: true })
  return bytes
}

async function fitted(more: Partial<FitInput> = {}, of: Record<string, unknown> = params): Promise<Model> {
  const model = createXgboostModel(of, cpu)
  await model.fit({ ...input, ...more })
  return model
}

const PYTHON = `
import xgboost as xgb
names = [f"feature_{i}" for i in range(6)]
X = np.fromfile(folder + "/x").reshape(1500, 6)
for case in given:
    y = np.fromfile(f"{folder}/{case['target']}"); w = np.fromfile(folder + "/weight") if case["weighted"] else None
    at = folder + "/" + case["name"]
    train = xgb.QuantileDMatrix(X[:900], y[:900], weight=w, feature_names=names)
    valid = xgb.QuantileDMatrix(X[900:1200], y[900:1200], feature_names=names, ref=train)
    model = xgb.train(case["native"], train, 80, evals=[(train, "t"), (valid, "v")], early_stopping_rounds=10, verbose_eval=False)
    best = model[: model.best_iteration + 1]
    if case["more"]:
        train = xgb.QuantileDMatrix(X[300:1100], y[300:1100], feature_names=names)
        best = xgb.train(case["native"], train, 80, xgb_model=best)
    rows = xgb.DMatrix(X[1200:], feature_names=names)
    best.predict(rows).astype("float64").tofile(at + ".p")
    best.predict(rows, pred_contribs=True).tofile(at + ".shap")
    open(at + ".model", "wb").write(best.save_raw("ubj"))
    print(model.best_iteration + 1)`

const CASES = [
  { name: 'a classification', of: params, target: 'y', weighted: false, more: false },
  { name: 'weights', of: params, target: 'y', weighted: true, more: false },
  { name: 'a regression', of: regression, target: 'value', weighted: false, more: false },
  { name: 'constraints', of: { ...regression, monotone: { feature_1: -1, feature_0: 1 } }, target: 'value', weighted: false, more: false },
  { name: 'a continued fit', of: params, target: 'y', weighted: false, more: true },
  { name: 'a continued regression', of: regression, target: 'value', weighted: true, more: true },
] as const

/** What XGBoost's Python package makes of all cases: files `<case>.p` and so on in the peer's folder. @returns the best round of each case */
function askPython(peer: PythonPeer): number[] {
  for (const [name, values] of Object.entries({ x: X.values, y, value, weight })) peer.write(name, values)
  const cases = CASES.map(({ of, ...rest }) => {
    const monotone = 'monotone' in of ? [1, -1, 0, 0, 0, 0] : undefined
    return { ...rest, native: nativeParameters(xgboostParamsSchema.parse(of), { seed: 7, threads: 1, device: 'cpu', monotone }) }
  })
  return peer.run(PYTHON, cases).split('\n').map(Number)
}

describe('XGBoost parameters', () => {
  it('names the nearest of a misspelt one and says what a value must be', () => {
    expect(() => createXgboostModel({ colsample_bytre: 0.5 }, cpu)).toThrow(
      expect.objectContaining({ code: 'unknown-parameter', help: 'did you mean colsampleByTree?', exitCode: 2 }),
    )
    expect(() => createXgboostModel({ subsample: 0 }, cpu)).toThrow(
      expect.objectContaining({ code: 'bad-parameter', received: 'subsample = 0', expected: 'a number above 0, at most 1' }),
    )
    expect(() => createXgboostModel({ monotone: { feature_1: 2 } }, cpu)).toThrow(
      expect.objectContaining({ code: 'bad-parameter', expected: '1, -1 or 0 for each feature' }),
    )
  })
})

describe.skipIf(!ready)('XGBoost', () => {
  it("gives the models, predictions and SHAP values of XGBoost's Python package to the bit", async () => {
    const best = askPython(peer)
    for (const [c, { name, of, target: which, weighted, more }] of CASES.entries()) {
      const target = which === 'y' ? y : value
      const model = createXgboostModel(of, cpu)
      const report = await model.fit({ ...input, y: target, ...(weighted && { sampleWeight: weight }) })
      expect([name, report.bestStep]).toEqual([name, best[c]])
      if (c === 0) expect(report.bestStep).toBeLessThan(report.steps)
      if (more) await model.fit({ ...input, y: target, train: range(300, 1100), validation: range(0, 0), continues: true })
      expect([name, await bytesOf(model)]).toEqual([name, sha256(peer.bytes(`${name}.model`))])
      const ours = await (model.task === 'regression' ? model.predict(X, test) : model.predictProba(X, test))
      expect(ours).toEqual(peer.float64(`${name}.p`))
      const theirs = peer.float32(`${name}.shap`)
      const { base, values } = await model.shapValues!(X, test)
      expect(base).toBe(theirs[6])
      expect(values).toEqual(Float64Array.from(theirs.filter((_, i) => i % 7 < 6)))
      await model.close()
    }
  })

  it('gives the same bytes for any number of threads, and others for another seed', async () => {
    for (const [of, target] of [
      [params, y],
      [regression, value],
    ] as const) {
      const bytes = async (seed: number, threads: number): Promise<string> =>
        bytesOf(await fitted({ y: target, seed, threads, sampleWeight: weight }, of))
      const one = await bytes(7, 1)
      for (const threads of [2, 3]) expect(await bytes(7, threads)).toEqual(one)
      expect(await bytes(8, 1)).not.toEqual(one)
    }
  })

  it('holds monotone constraints, and refuses one of a feature that is not there', async () => {
    const model = await fitted({ y: value }, { ...regression, monotone: { feature_0: 1 } })
    const steps = Float64Array.from({ length: 50 * 6 }, (_, i) => (i % 6 === 0 ? (i / 6 - 25) / 8 : 0.3))
    const rising = await model.predict({ ...X, rows: 50, time: X.time.slice(0, 50), values: steps }, range(0, 50))
    expect([...rising]).toEqual([...rising].sort((a, b) => a - b))
    expect(rising.at(-1)).toBeGreaterThan(rising[0]!)
    await expect(fitted({}, { ...params, monotone: { feature_O: 1 } })).rejects.toMatchObject({
      code: 'unknown-feature',
      help: expect.stringMatching(/did you mean feature_/) as string,
    })
  })

  it('keeps everything through save and load, and can go on from there', async () => {
    const model = await fitted()
    const folder = join(peer.folder, 'model')
    await model.save(folder)
    const loaded = loadXgboostModel(folder, cpu)
    expect(await loaded.predictProba(X, test)).toEqual(await model.predictProba(X, test))
    expect(await loaded.predict(X, test)).toEqual((await model.predictProba(X, test)).map((p) => (p > 0.5 ? 1 : 0)))
    expect(loaded.featureImportance()).toEqual(model.featureImportance())
    expect(await loaded.shapValues!(X, test)).toEqual(await model.shapValues!(X, test))
    expect((await loaded.shapValues!(X, range(0, 0))).base).toBe((await model.shapValues!(X, test)).base)
    for (const each of [model, loaded]) await each.fit({ ...input, train: range(300, 1100), continues: true })
    expect(await bytesOf(loaded)).toEqual(await bytesOf(model))
    await loaded.close()
    await loaded.close()
    await expect(loaded.predict(X, test)).rejects.toMatchObject({ code: 'not-fitted' })
    await expect(loaded.fit({ ...input, continues: true })).rejects.toMatchObject({ code: 'not-fitted' })
  })

  it('refuses missing values, unknown, single and constant targets, and probabilities of a regression', async () => {
    const holed = { ...X, values: X.values.slice() }
    holed.values[5 * 6 + 2] = NaN
    await expect(fitted({ X: holed })).rejects.toMatchObject({ code: 'not-finite' })
    await expect(fitted({ y: new Float64Array(1500) })).rejects.toMatchObject({ code: 'one-class' })
    await expect(fitted({ y: y.map(() => NaN) })).rejects.toMatchObject({ code: 'bad-target' })
    await expect(fitted({ y: y.map(() => 3) }, regression)).rejects.toMatchObject({ code: 'constant-target' })
    const model = await fitted({ y: value }, regression)
    await expect(model.predictProba(X, test)).rejects.toMatchObject({ code: 'not-a-classifier' })
    await expect(model.predict({ ...X, names: [...X.names].reverse() }, test)).rejects.toMatchObject({ code: 'feature-mismatch' })
    const unsplit = await createXgboostModel({ ...params, minChildWeight: 1e6, rounds: 3 }, cpu).fit(input)
    expect(unsplit.warnings).toEqual([expect.stringMatching(/No split was possible.*share of y = 1/)])
  })
})
