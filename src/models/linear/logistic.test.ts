import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { fitStandardScaler } from '../../preprocess/index.js'
import { readInstalled } from '../../native/installed.js'
import { Sidecar } from '../../sidecar/index.js'
import { createLogisticModel, loadLogisticModel } from './logistic.js'
import type { FitInput } from '../model.js'

const ready = existsSync(readInstalled()?.python.executable ?? '')
if (!ready) process.stderr.write('logistic regression tests are skipped: no Python environment (npm run setup)\n')

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'logistic-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const { X, y } = market(800, 5)
const input: FitInput = { X, y, train: range(0, 600), validation: new Int32Array(0), seed: 3, threads: 1 }
const test = range(600, 800)

describe.skipIf(!ready)('logistic regression', () => {
  let sidecar: Sidecar
  beforeAll(async () => void (sidecar = await Sidecar.open({ threads: 1 })))
  afterAll(() => sidecar.close())
  const shared = (): Promise<Sidecar> => Promise.resolve(sidecar)

  it.each(['lbfgs', 'newton-cholesky', 'saga'])("predicts what scikit-learn's predict_proba does (%s)", async (solver) => {
    const model = createLogisticModel({ C: 0.5, solver }, shared)
    const weight = Float64Array.from(input.train, (row) => 1 + (row % 3))
    await model.fit({ ...input, sampleWeight: weight })
    const ours = await model.predictProba(X, test)
    writeFileSync(join(folder, 'x.bin'), Buffer.from(fitStandardScaler(X, input.train).transform(X).buffer))
    writeFileSync(join(folder, 'y.bin'), Buffer.from(y.buffer))
    const script = `
import sys, numpy as np
from sklearn.linear_model import LogisticRegression
folder, solver = sys.argv[1:]
x = np.fromfile(folder + "/x.bin").reshape(800, 5); y = np.fromfile(folder + "/y.bin")
model = LogisticRegression(C=0.5, solver=solver, max_iter=1000, random_state=3).fit(x[:600], y[:600], sample_weight=1 + np.arange(600) % 3)
model.predict_proba(x[600:])[:, 1].tofile(folder + "/p.bin")`
    const python = spawnSync(readInstalled()!.python.executable, ['-c', script, folder, solver], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    })
    expect(python.stderr).toBe('')
    const expected = new Float64Array(new Uint8Array(readFileSync(join(folder, 'p.bin'))).buffer)
    const worst = Math.max(...ours.map((p, i) => Math.abs(p - expected[i]!)))
    expect(worst).toBeLessThan(1e-12)
  })

  it('splits its log-odds into exact SHAP values, that stay through save and load', async () => {
    const model = createLogisticModel({}, shared)
    await model.fit(input)
    const { base, values } = await model.shapValues!(X, test)
    const p = await model.predictProba(X, test)
    p.forEach((value, i) => {
      const sum = values.subarray(i * 5, i * 5 + 5).reduce((a, b) => a + b, base)
      expect(sum).toBeCloseTo(Math.log(value / (1 - value)), 9)
    })
    // Over the training rows the values of each feature have mean 0: the base is the mean prediction.
    const own = (await model.shapValues!(X, input.train)).values
    for (let j = 0; j < 5; j++) expect(input.train.reduce((sum, _, i) => sum + own[i * 5 + j]!, 0) / 600).toBeCloseTo(0, 9)
    await model.save(folder)
    expect(await loadLogisticModel(folder).shapValues!(X, test)).toEqual({ base, values })
    expect(await model.predict(X, test)).toEqual(p.map((value) => (value > 0.5 ? 1 : 0)))
    await expect(model.fit({ ...input, continues: true })).rejects.toMatchObject({ code: 'cannot-continue' })
  })

  it('keeps predictions through save and load, and needs no Python to predict', async () => {
    const model = createLogisticModel({}, shared)
    const report = await model.fit(input)
    expect(report.backend).toMatch(/^scikit-learn \d/)
    expect(report.warnings).toBeUndefined()
    expect(report.history[0]!.trainLoss).toBeLessThan(Math.LN2)
    await model.save(folder)
    const loaded = loadLogisticModel(folder, () => Promise.reject(new Error('no Python')))
    expect(await loaded.predictProba(X, test)).toEqual(await model.predictProba(X, test))
    const [first, second, ...rest] = loaded.featureImportance()!
    expect(first).toBeGreaterThan(second!)
    expect(second).toBeGreaterThan(Math.max(...rest))
  })

  it('reports that the solver did not converge', async () => {
    const report = await createLogisticModel({ maxIter: 1 }, shared).fit(input)
    expect(report.warnings).toEqual(['The solver lbfgs had not converged after 1 iterations: raise maxIter, or choose a smaller C.'])
    expect(report.steps).toBe(1)
  })

  it('opens a Python child of its own where none is shared', async () => {
    const model = createLogisticModel({})
    await model.fit(input)
    const other = createLogisticModel({}, shared)
    await other.fit(input)
    expect(await model.predictProba(X, test)).toEqual(await other.predictProba(X, test))
    await model.close()
    await model.close()
    await expect(model.predictProba(X, test)).rejects.toMatchObject({ code: 'not-fitted' })
  })

  it('refuses missing values and damaged files', async () => {
    const holed = { ...X, values: X.values.slice() }
    holed.values[0] = Infinity
    await expect(createLogisticModel({}, shared).fit({ ...input, X: holed })).rejects.toMatchObject({ code: 'not-finite' })
    expect(() => loadLogisticModel(folder)).toThrow(expect.objectContaining({ code: 'no-model' }))
    writeFileSync(join(folder, 'lab-model.json'), '{"format":')
    expect(() => loadLogisticModel(folder)).toThrow(expect.objectContaining({ code: 'no-model' }))
  })
})

describe('logistic parameters', () => {
  it('names the nearest of a misspelt one, and the solvers there are', () => {
    expect(() => createLogisticModel({ max_iter: 5 })).toThrow(
      expect.objectContaining({ code: 'unknown-parameter', help: 'did you mean maxIter?' }),
    )
    expect(() => createLogisticModel({ solver: 'magic' })).toThrow(
      expect.objectContaining({ code: 'bad-parameter', expected: expect.stringContaining('lbfgs') as string }),
    )
  })
})
