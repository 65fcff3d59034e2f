import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { market, range } from '../../test/fixtures/market.js'
import { lightgbmLibraryPath } from '../native/lightgbm/index.js'
import { xgboostLibraryPath } from '../native/xgboost/index.js'
import { readInstalled } from '../native/installed.js'
import { preprocessorFromJson, type FeatureMatrix, type PreprocessInput, type PreprocessorJson } from '../preprocess/index.js'
import { Sidecar } from '../sidecar/index.js'
import { createModel, loadModel, resolveModelSpec } from './create-model.js'
import type { FitInput, Model, ModelKind } from './model.js'

const ready: Record<ModelKind, boolean> = {
  logistic: existsSync(readInstalled()?.python.executable ?? ''),
  lightgbm: lightgbmLibraryPath() !== undefined,
  xgboost: xgboostLibraryPath() !== undefined,
  random_forest: xgboostLibraryPath() !== undefined,
  lstm: existsSync(readInstalled()?.addon?.path ?? ''),
  deep_ensemble: existsSync(readInstalled()?.addon?.path ?? ''),
  stack: existsSync(readInstalled()?.python.executable ?? '') && lightgbmLibraryPath() !== undefined,
}
for (const [kind, there] of Object.entries(ready))
  if (!there) process.stderr.write(`skipped for ${kind}: set-up has not run (npm run setup)\n`)
const SMALL: Record<ModelKind, Record<string, unknown>> = {
  logistic: {},
  lightgbm: { rounds: 10, learningRate: 0.2, minDataInLeaf: 20, featureFraction: 1 },
  xgboost: { rounds: 10, learningRate: 0.2, minChildWeight: 5, colsampleByTree: 1 },
  random_forest: { trees: 20, minSamplesLeaf: 5, maxFeatures: 1 },
  lstm: { lookbackBars: 4, units: 4, epochs: 1 },
  deep_ensemble: { members: 2, units: 4, epochs: 1 },
  stack: {},
}

/** Columns useful, second, twice (a copy of useful), constant, and others. */
const { X, y } = ((): { X: FeatureMatrix; y: Float64Array } => {
  const { X, y } = market(700, 6)
  const names = ['useful', 'second', 'twice', 'constant', 'e', 'f']
  const values = X.values.slice()
  for (let row = 0; row < 700; row++) values.set([2 * values[row * 6]! + 1, 3], row * 6 + 2)
  return { X: { ...X, names, values }, y }
})()
const input: FitInput = { X, y, train: range(10, 400), validation: range(410, 500), seed: 3, threads: 1 }
const test = range(510, 700)
const SELECT: PreprocessInput = { dropConstant: {}, dropCorrelated: {}, winsorise: { lower: 0.01, upper: 0.99 }, scaler: 'robust' }

const folder = mkdtempSync(join(tmpdir(), 'model-preprocess-'))
let sidecar: Sidecar
beforeAll(async () => void (ready.logistic && (sidecar = await Sidecar.open({ threads: 1 }))))
afterAll(async () => {
  if (ready.logistic) await sidecar.close()
  rmSync(folder, { recursive: true, force: true })
})
const context = { device: 'cpu', requireDevice: false, sidecar: () => Promise.resolve(sidecar) } as const
const create = (kind: ModelKind, preprocess: PreprocessInput): Model =>
  createModel({ kind, params: { ...SMALL[kind], preprocess } }, context)

const ofNetworks = (kind: ModelKind): boolean => kind === 'lstm' || kind === 'deep_ensemble'
const KINDS = ['logistic', 'lightgbm', 'xgboost', 'random_forest', 'lstm', 'deep_ensemble'] as const

describe.each(KINDS)('the preprocessing of %s', (kind) => {
  it('is part of the resolved spec, each model with its own scaler', () => {
    const own = { kind: kind === 'logistic' || ofNetworks(kind) ? 'standard' : 'none' }
    const spec = resolveModelSpec({ kind, params: {} })
    expect(spec.params.preprocess).toMatchObject({ scaler: own, dropCorrelated: null, missing: { policy: 'reject' } })
    expect(resolveModelSpec({ kind, params: { preprocess: { dropConstant: {} } } }).params.preprocess).toMatchObject({ scaler: own })
    expect(() => resolveModelSpec({ kind, params: { preprocess: { scalar: 'none' } } })).toThrow(
      expect.objectContaining({ code: 'unknown-parameter', help: 'did you mean scaler?', exitCode: 2 }),
    )
  })

  it.skipIf(!ready[kind])('is learned, saved and loaded with the model; a dropped column changes nothing', async () => {
    const model = create(kind, SELECT)
    await model.fit(input)
    const proba = await model.predictProba(X, test)
    const importance = model.featureImportance()
    if (ofNetworks(kind)) expect(importance).toBeUndefined()
    else {
      expect(importance).toHaveLength(6)
      expect([...importance!].map((value) => value > 0)).toEqual([true, true, false, false, importance![4]! > 0, importance![5]! > 0])
    }
    const at = join(folder, kind)
    await model.save(at)
    const saved = JSON.parse(readFileSync(join(at, 'lab-model.json'), 'utf8')) as { names: string[]; preprocessor: PreprocessorJson }
    expect(saved.names).toEqual(X.names)
    expect(preprocessorFromJson(saved.preprocessor).dropped.map(({ name }) => name)).toEqual(['twice', 'constant'])
    const loaded = await loadModel(at, context)
    expect(await loaded.predictProba(X, test)).toEqual(proba)
    expect(loaded.featureImportance()).toEqual(importance)
    const other = { ...X, values: X.values.map((value, i) => (i % 6 === 2 || i % 6 === 3 ? NaN : value)) }
    expect(await loaded.predictProba(other, test)).toEqual(proba)
    await loaded.save(join(folder, `${kind}-again`))
    expect(readFileSync(join(folder, `${kind}-again`, 'lab-model.json'))).toEqual(readFileSync(join(at, 'lab-model.json')))
    await model.close()
    await loaded.close()
  })

  it.skipIf(!ready[kind])('fills missing values forward from earlier rows, and refuses what is too old', async () => {
    const holed = { ...X, values: X.values.slice() }
    for (const row of [50, 420, 600, 601, 650, 651, 652]) holed.values[row * 6] = NaN
    const filled = { ...X, values: X.values.slice() }
    for (const row of [50, 420, 600, 601, 650, 651]) filled.values[row * 6] = filled.values[(row - 1) * 6]!
    const model = create(kind, { missing: { policy: 'forward-fill', maxAgeRows: 2 } })
    await model.fit({ ...input, X: holed })
    const byHand = create(kind, {})
    await byHand.fit({ ...input, X: filled })
    const rows = range(510, 650)
    expect(await model.predictProba(holed, rows)).toEqual(await byHand.predictProba(filled, rows))
    await expect(model.predictProba(holed, range(650, 660))).rejects.toMatchObject({
      code: ofNetworks(kind) ? 'incomplete-window' : 'not-finite',
      received: expect.stringMatching(/useful.* row 652/) as string,
    })
    await model.close()
    await byHand.close()
  })

  it.skipIf(!ready[kind])('takes indicators of missing values as columns of their own', async () => {
    const holed = { ...X, values: X.values.slice() }
    // Whether the value is missing gives y away.
    for (let row = 0; row < 700; row += 1) if (y[row] === 1 && row % 3 > 0) holed.values[row * 6 + 4] = NaN
    const model = create(kind, { missing: { policy: 'median', indicators: true } })
    await model.fit({ ...input, X: holed })
    const proba = await model.predictProba(holed, test)
    const mean = (rows: number[]): number => rows.reduce((sum, k) => sum + proba[k]!, 0) / rows.length
    const missing = (k: number): boolean => Number.isNaN(holed.values[test[k]! * 6 + 4])
    const all = [...test.keys()]
    if (!ofNetworks(kind)) {
      expect(mean(all.filter(missing))).toBeGreaterThan(mean(all.filter((k) => !missing(k))) + 0.2)
      expect(model.featureImportance()!.indexOf(Math.max(...model.featureImportance()!))).toBe(4)
    }
    const without = { ...holed, values: holed.values.map((value) => (Number.isNaN(value) ? 0 : value)) }
    expect(await model.predictProba(without, test)).not.toEqual(proba)
    await model.close()
  })
})

describe('a saved model of an older version', () => {
  it('is refused by its format, with what to do', async () => {
    writeFileSync(join(folder, 'lab-model.json'), '{"format":1,"kind":"logistic","names":["a"],"scaler":{}}')
    await expect(loadModel(folder, context)).rejects.toMatchObject({
      code: 'no-model',
      message: 'The saved model is of another format.',
      received: expect.stringMatching(/lab-model\.json: format 1$/) as string,
      expected: 'format 3',
      help: expect.stringContaining('train the model again') as string,
    })
  })
})
