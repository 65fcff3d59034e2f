import { existsSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { range } from '../../../test/fixtures/market.js'
import { sha256 } from '../../core/index.js'
import { readInstalled } from '../../native/installed.js'
import { xgboostLibraryPath } from '../../native/xgboost/index.js'
import { fitPreprocessor } from '../../preprocess/index.js'
import { Sidecar } from '../../sidecar/index.js'
import type { FitInput, Model } from '../model.js'
import { lightgbmForestParameters } from './forest-lightgbm.js'
import { featuresPerSplit, parseForestParams, type ForestParamsOf } from './forest-params.js'
import { forestParameters, treesPerRound } from './forest-xgboost.js'
import { PythonPeer, returns } from './python-peer.fixture.js'
import { createForestModel, loadForestModel } from './random-forest.js'
import { treeRows } from './tree-rows.js'

const ready = xgboostLibraryPath() !== undefined && existsSync(readInstalled()?.python.executable ?? '')
if (!ready) process.stderr.write('random forest tests are skipped: no Python environment (npm run setup)\n')

const cpu = { device: 'cpu', requireDevice: false } as const
const { X, y, value } = returns(1200, 6)
const input: FitInput = { X, y, train: range(0, 900), validation: range(900, 1000), seed: 7, threads: 1 }
const weight = Float64Array.from(input.train, (row) => 1 + (row % 4) / 3)
const test = range(1000, 1200)
const small = { trees: 30, minSamplesLeaf: 5, maxFeatures: 0.5 }

let peer: PythonPeer
beforeEach(() => void (peer = new PythonPeer()))
afterEach(() => peer.close())

let shared: Promise<Sidecar> | undefined
const sidecar = (): Promise<Sidecar> => (shared ??= Sidecar.open({ threads: 1 }))
afterAll(async () => (await shared)?.close())

const outputOf = (model: Model): Promise<Float64Array> =>
  model.task === 'regression' ? model.predict(X, test) : model.predictProba(X, test)

/** The bytes of the file that the backend writes. */
async function savedBytes(model: Model, file: string): Promise<Uint8Array> {
  await model.save(join(peer.folder, 'saved'))
  return readFileSync(join(peer.folder, 'saved', file))
}

describe('random forest parameters', () => {
  it('refuses one of another backend by name, an unknown backend and a misspelt name', () => {
    expect(() => parseForestParams({ backend: 'sklearn', sampleShare: 0.5 })).toThrow(
      expect.objectContaining({
        code: 'unknown-parameter',
        message: 'The model random_forest has no such parameter with the backend sklearn.',
        help: 'leave sampleShare out, or choose the backend xgboost or lightgbm',
      }),
    )
    expect(() => parseForestParams({ bootstrap: true })).toThrow(
      expect.objectContaining({ code: 'unknown-parameter', help: 'leave bootstrap out, or choose the backend sklearn' }),
    )
    expect(() => parseForestParams({ backend: 'catboost' })).toThrow(
      expect.objectContaining({ code: 'bad-parameter', expected: 'xgboost, lightgbm, sklearn' }),
    )
    expect(() => parseForestParams({ minSampleLeaf: 3 })).toThrow(expect.objectContaining({ help: 'did you mean minSamplesLeaf?' }))
    for (const backend of ['xgboost', 'lightgbm', 'sklearn']) {
      const params = parseForestParams({ backend })
      expect(parseForestParams(params)).toEqual(params)
    }
  })

  it('counts features and trees', () => {
    expect([featuresPerSplit('sqrt', 60), featuresPerSplit(0.29, 100), featuresPerSplit(0.01, 6), featuresPerSplit(1, 6)]).toEqual([
      7, 29, 1, 6,
    ])
    expect([1, 7, 30, 97, 300, 24].map(treesPerRound)).toEqual([1, 7, 10, 1, 10, 8])
  })
})

describe.skipIf(!ready)('a random forest', () => {
  it("of XGBoost is what its Python package grows by the same recipe, and up to ten trees its random forest's", async () => {
    const program = `
import xgboost as xgb
X = np.fromfile(folder + "/x").reshape(1200, 6); names = [f"feature_{i}" for i in range(6)]
for c in given:
    y = np.fromfile(folder + "/" + c["target"]); w = np.fromfile(folder + "/weight") if c["weighted"] else None
    train = xgb.QuantileDMatrix(X[:900], y[:900], weight=w, feature_names=names)
    native = c["native"]
    if c["rounds"] == 1:
        model = xgb.train(native, train, 1)
    else:
        model = xgb.Booster(native, [train])
        p = model.predict(train)
        grad = p - y[:900].astype("float32"); hess = np.ones(900, "float32") if c["target"] == "value" else p * (1 - p)
        if w is not None:
            grad *= w.astype("float32"); hess *= w.astype("float32")
        for i in range(c["rounds"]):
            model.boost(train, iteration=i, grad=grad, hess=hess)
    open(folder + "/" + c["name"], "wb").write(model.save_raw("ubj"))
    model.predict(xgb.DMatrix(X[1000:], feature_names=names)).astype("float64").tofile(folder + "/" + c["name"] + ".p")
X10 = xgb.XGBRFClassifier(n_estimators=10, random_state=7, seed_per_iteration=True, n_jobs=1, base_score=given[0]["native"]["base_score"], max_depth=8, min_child_weight=given[0]["native"]["min_child_weight"], subsample=0.632, colsample_bynode=given[0]["native"]["colsample_bynode"])
X10.fit(X[:900], np.fromfile(folder + "/y")[:900])
X10.predict_proba(X[1000:])[:, 1].astype("float64").tofile(folder + "/class")`
    const cases = [
      { name: 'ten', of: { ...small, trees: 10 }, target: 'y', weighted: false },
      { name: 'weights', of: { ...small, trees: 10 }, target: 'y', weighted: true },
      { name: 'thirty', of: small, target: 'y', weighted: true },
      { name: 'regression', of: { ...small, task: 'regression' }, target: 'value', weighted: false },
    ].map((each) => {
      const params = parseForestParams(each.of) as ForestParamsOf<'xgboost'>
      const data = { ...input, y: each.target === 'y' ? y : value, ...(each.weighted && { sampleWeight: weight }) }
      const rows = treeRows(data, params.task, () => fitPreprocessor(X, input.train, params.preprocess))
      const native = forestParameters(params, rows, { seed: 7, threads: 1, device: 'cpu' })
      return { ...each, data, native, rounds: params.trees / treesPerRound(params.trees) }
    })
    for (const [name, values] of Object.entries({ x: X.values, y, value, weight })) peer.write(name, values)
    peer.run(
      program,
      cases.map(({ name, target, weighted, native, rounds }) => ({ name, target, weighted, native, rounds })),
    )
    for (const { name, of, data } of cases) {
      const model = createForestModel(of, cpu)
      await model.fit(data)
      expect([name, sha256(await savedBytes(model, 'model.ubj'))]).toEqual([name, sha256(peer.bytes(name))])
      expect(await outputOf(model)).toEqual(peer.float64(`${name}.p`))
      if (name === 'ten') expect(await outputOf(model)).toEqual(peer.float64('class'))
    }
  })

  it('of LightGBM is that of its Python package', async () => {
    const program = `
import lightgbm as lgb
X = np.fromfile(folder + "/x").reshape(1200, 6)
for c in given:
    y = np.fromfile(folder + "/" + c["target"])
    w = np.fromfile(folder + "/weight")
    model = lgb.train(c["native"], lgb.Dataset(X[:900], y[:900], weight=w), 30)
    model.save_model(folder + "/" + c["target"] + ".model", importance_type="gain")
    model.predict(X[1000:], pred_contrib=True).tofile(folder + "/" + c["target"] + ".shap")`
    for (const [name, values] of Object.entries({ x: X.values, y, value, weight })) peer.write(name, values)
    const cases = (['y', 'value'] as const).map((target) => {
      const of = { ...small, backend: 'lightgbm', task: target === 'y' ? 'classification' : 'regression' }
      const params = parseForestParams(of) as ForestParamsOf<'lightgbm'>
      return { target, of, native: lightgbmForestParameters(params, 6, 7, 1) }
    })
    peer.run(program, cases)
    for (const { target, of } of cases) {
      const model = createForestModel(of, cpu)
      await model.fit({ ...input, y: target === 'y' ? y : value, sampleWeight: weight })
      const theirs = peer.text(`${target}.model`).replace(/\npandas_categorical:null\n$/, '')
      expect(sha256(await savedBytes(model, 'model.txt'))).toBe(sha256(theirs))
      // Theirs is the sum over the trees.
      const theirShap = peer.float64(`${target}.shap`).filter((_, i) => i % 7 < 6)
      expect((await model.shapValues!(X, test)).values).toEqual(theirShap.map((part) => part / 30))
      await model.close()
    }
  })

  it('of scikit-learn predicts what its predict_proba and predict do, to the bit and without Python', async () => {
    const program = `
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
X = np.fromfile(folder + "/x").reshape(1200, 6); w = np.fromfile(folder + "/weight")
settings = dict(n_estimators=30, max_depth=8, min_samples_leaf=5, max_features=3, random_state=7)
y = np.fromfile(folder + "/y"); value = np.fromfile(folder + "/value")
c = RandomForestClassifier(**settings).fit(X[:900], y[:900], sample_weight=w)
c.predict_proba(X[1000:])[:, 1].tofile(folder + "/y.p")
c.feature_importances_.tofile(folder + "/importance")
RandomForestRegressor(**settings).fit(X[:900], value[:900], sample_weight=w).predict(X[1000:]).tofile(folder + "/value.p")
open(folder + "/unlimited", "w").write(str(max(t.get_depth() for t in RandomForestClassifier(**{**settings, "max_depth": None, "min_samples_leaf": 1, "bootstrap": False}).fit(X[:900], y[:900]).estimators_)))`
    for (const [name, values] of Object.entries({ x: X.values, y, value, weight })) peer.write(name, values)
    peer.run(program)
    for (const target of ['y', 'value'] as const) {
      const task = target === 'y' ? 'classification' : 'regression'
      const model = createForestModel({ ...small, backend: 'sklearn', task }, { ...cpu, sidecar })
      const report = await model.fit({ ...input, y: target === 'y' ? y : value, sampleWeight: weight })
      expect(report.backend).toMatch(/^scikit-learn \d.*random forest/)
      expect(await outputOf(model)).toEqual(peer.float64(`${target}.p`))
      expect(model.shapValues).toBeUndefined()
      if (target === 'y') expect(model.featureImportance()).toEqual(peer.float64('importance'))
      const folder = join(peer.folder, target === 'y' ? 'class' : 'regr')
      await model.save(folder)
      const loaded = loadForestModel(folder, { ...cpu, sidecar: () => Promise.reject(new Error('no Python')) })
      expect(await outputOf(loaded)).toEqual(await outputOf(model))
      truncateSync(join(folder, 'forest.f64'), 1000)
      expect(() => loadForestModel(folder, cpu)).toThrow(expect.objectContaining({ code: 'damaged-model' }))
    }
  })

  it.each(['xgboost', 'lightgbm'])('of %s is the same for any number of threads, is kept by save and load, and learns', async (backend) => {
    const file = backend === 'xgboost' ? 'model.ubj' : 'model.txt'
    const grow = async (more: Partial<FitInput>): Promise<Model> => {
      const model = createForestModel({ ...small, backend }, cpu)
      const report = await model.fit({ ...input, ...more })
      expect(report.history.at(-1)!.validationLoss).toBeLessThan(Math.LN2)
      return model
    }
    const one = await grow({})
    const bytes = (await savedBytes(one, file)).toString()
    const two = await grow({ threads: 2 })
    const withoutThreads = (text: string): string => text.replace(/\[num_threads: \d\]/, '')
    expect(sha256(withoutThreads((await savedBytes(two, file)).toString()))).toBe(sha256(withoutThreads(bytes)))
    expect(await outputOf(await grow({ seed: 8 }))).not.toEqual(await outputOf(one))
    const loaded = loadForestModel(join(peer.folder, 'saved'), cpu)
    expect(await outputOf(loaded)).toEqual(await outputOf(one))
    expect(loaded.featureImportance()).toEqual(two.featureImportance())
    const [first, ...rest] = loaded.featureImportance()!
    expect(first).toBeGreaterThan(Math.max(...rest))
    const { base, values } = await loaded.shapValues!(X, test.subarray(0, 1))
    expect(1 / (1 + Math.exp(-values.reduce((a, b) => a + b, base)))).toBeCloseTo((await outputOf(loaded))[0]!, 5)
  })

  it.each(['xgboost', 'lightgbm', 'sklearn'])(
    'of %s stops on abort, says when nothing can be split, and does not go on',
    async (backend) => {
      const stop = new AbortController()
      stop.abort()
      const model = createForestModel({ ...small, backend }, { ...cpu, sidecar })
      await expect(model.fit({ ...input, signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' })
      const report = await createForestModel({ ...small, minSamplesLeaf: 800, backend }, { ...cpu, sidecar }).fit(input)
      expect(report.warnings).toEqual([expect.stringMatching(/^No split was possible/)])
      await model.fit(input)
      await expect(model.fit({ ...input, continues: true })).rejects.toMatchObject({ code: 'cannot-continue' })
      await model.close()
      await model.close()
    },
  )

  it('of XGBoost keeps as many rows in a leaf as it is told', async () => {
    const columns = {
      X: { ...X, names: ['rank'], values: Float64Array.from({ length: 1200 }, (_, i) => i) },
      y: y.map((_, i) => (i % 900 < 100 ? 1 : 0)),
    }
    const leaves = async (minSamplesLeaf: number): Promise<number> => {
      const params = { trees: 1, maxDepth: 1, minSamplesLeaf, maxFeatures: 1, sampleShare: 0.999999999, maxBin: 1024 }
      const model = createForestModel(params, cpu)
      await model.fit({ ...input, ...columns })
      return new Set(await model.predictProba(columns.X, input.train)).size
    }
    expect([await leaves(100), await leaves(450), await leaves(451)]).toEqual([2, 2, 1])
  })
})
