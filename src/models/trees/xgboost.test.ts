import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { range } from '../../../test/fixtures/market.js'
import { manualClock, sha256 } from '../../core/index.js'
import { xgboostLibraryPath } from '../../native/xgboost/index.js'
import type { FitInput, FitNotice, Model } from '../model.js'
import { BoostingCheckpoints } from './boosting-checkpoint.js'
import { PythonPeer, returns } from './python-peer.fixture.js'
import { createXgboostModel, loadXgboostModel, xgboostParamsSchema } from './xgboost.js'
import { chooseXgboostDevice, confirmXgboostDevice } from './xgboost-device.js'
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
X = np.fromfile(folder + "/x").reshape(1500, 6); y = np.fromfile(folder + "/y")
w = np.fromfile(folder + "/w") if given["weighted"] else None
names = [f"feature_{i}" for i in range(6)]
train = xgb.QuantileDMatrix(X[:900], y[:900], weight=w, feature_names=names)
valid = xgb.QuantileDMatrix(X[900:1200], y[900:1200], feature_names=names, ref=train)
model = xgb.train(given["native"], train, 80, evals=[(train, "t"), (valid, "v")], early_stopping_rounds=10, verbose_eval=False)
best = model[: model.best_iteration + 1]
if given["more"]:
    train = xgb.QuantileDMatrix(X[300:1100], y[300:1100], feature_names=names)
    best = xgb.train(given["native"], train, 80, xgb_model=best)
rows = xgb.DMatrix(X[1200:], feature_names=names)
best.predict(rows).astype("float64").tofile(folder + "/p")
best.predict(rows, pred_contribs=True).tofile(folder + "/shap")
open(folder + "/model", "wb").write(best.save_raw("ubj"))
print(model.best_iteration + 1)`

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

describe('the device of XGBoost', () => {
  const cudaBuild = { cudaBuild: true, card: true }
  it('is a card only where library and machine have one; a refusal, not a silent CPU', () => {
    const auto = { device: 'auto', requireDevice: false } as const
    expect(chooseXgboostDevice(auto, { cudaBuild: true, card: false })).toEqual({ asked: 'cpu' })
    expect(chooseXgboostDevice(auto, cudaBuild)).toEqual({ asked: 'cuda' })
    expect(chooseXgboostDevice(auto, { cudaBuild: false, card: true }).warning).toMatch(/built for the CPU alone.*: the fit ran on the CPU/)
    expect(chooseXgboostDevice({ device: 'cpu', requireDevice: true }, cudaBuild)).toEqual({ asked: 'cpu' })
    for (const facts of [
      { cudaBuild: false, card: true },
      { cudaBuild: true, card: false },
    ])
      expect(() => chooseXgboostDevice({ device: 'cuda', requireDevice: false }, facts)).toThrow(
        expect.objectContaining({ code: 'device-not-available' }),
      )
    const required = { device: 'auto', requireDevice: true } as const
    expect(() => chooseXgboostDevice(required, { cudaBuild: false, card: true })).toThrow(
      expect.objectContaining({ code: 'device-not-available' }),
    )
  })

  it('is confirmed by what the library says after the first round', () => {
    const auto = { device: 'auto', requireDevice: false } as const
    expect(confirmXgboostDevice(auto, 'cuda', 'cuda:0')).toBeUndefined()
    expect(confirmXgboostDevice(auto, 'cpu', 'cpu')).toBeUndefined()
    expect(confirmXgboostDevice(auto, 'cuda', 'cpu')).toBe('XGBoost fell back from cuda to cpu: the fit ran there.')
    for (const strict of [
      { device: 'cuda', requireDevice: false },
      { device: 'auto', requireDevice: true },
    ] as const)
      expect(() => confirmXgboostDevice(strict, 'cuda', 'cpu')).toThrow(
        expect.objectContaining({ code: 'device-not-available', received: 'XGBoost fell back from cuda to cpu' }),
      )
  })

  it.skipIf(!ready)('cuda is refused by the library for the CPU', async () => {
    const model = createXgboostModel(params, { device: 'cuda', requireDevice: false })
    await expect(model.fit(input)).rejects.toMatchObject({ code: 'device-not-available' })
  })
})

describe.skipIf(!ready)('XGBoost', () => {
  it.each([
    ['a classification', params, y, false, false],
    ['weights', params, y, true, false],
    ['a regression', regression, value, false, false],
    ['monotone constraints', { ...regression, monotone: { feature_1: -1, feature_0: 1 } }, value, false, false],
    ['a continued fit', params, y, false, true],
    ['a continued regression', regression, value, true, true],
  ])("gives the model, predictions and SHAP values of XGBoost's Python package to the bit: %s", async (_, of, target, weighted, more) => {
    const model = createXgboostModel(of, cpu)
    const report = await model.fit({ ...input, y: target, ...(weighted && { sampleWeight: weight }) })
    if (more) await model.fit({ ...input, y: target, train: range(300, 1100), validation: range(0, 0), continues: true })
    peer.write('x', X.values)
    peer.write('y', target)
    peer.write('w', weight)
    const monotone = 'monotone' in of ? [1, -1, 0, 0, 0, 0] : undefined
    const native = nativeParameters(xgboostParamsSchema.parse(of), { seed: 7, threads: 1, device: 'cpu', monotone })
    expect(report.bestStep).toBe(Number(peer.run(PYTHON, { native, weighted, more })))
    if (_ === 'a classification') expect(report.bestStep).toBeLessThan(report.steps)
    expect(await bytesOf(model)).toBe(sha256(peer.bytes('model')))
    const ours = await (model.task === 'regression' ? model.predict(X, test) : model.predictProba(X, test))
    expect(ours).toEqual(peer.float64('p'))
    const { base, values } = await model.shapValues!(X, test)
    const theirs = peer.float32('shap')
    expect(base).toBe(theirs[6])
    expect(values).toEqual(Float64Array.from(theirs.filter((_, i) => i % 7 < 6)))
    await model.close()
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

describe.skipIf(!ready)('an interrupted XGBoost fit', () => {
  const notices: FitNotice[] = []
  beforeEach(() => void notices.splice(0))
  const folder = (): string => join(peer.folder, 'checkpoints')
  const types = (): string[] => notices.map(({ type }) => type)
  const onNotice = (notice: FitNotice): number => notices.push(notice)
  const patient = { ...params, patience: 60, rounds: 60 }

  /** Fits until `stop` rounds are done in this call, then aborts. */
  async function abortAfter(model: Model, stop: number, more: Partial<FitInput> = {}): Promise<void> {
    const abort = new AbortController()
    let done = 0
    const work = model.fit({ ...input, ...more, signal: abort.signal, onProgress: () => ++done === stop && abort.abort() })
    await expect(work).rejects.toMatchObject({ code: 'interrupted' })
  }

  it('goes on at any round, once and again, to the bytes of one that was not', async () => {
    const whole = createXgboostModel(patient, cpu)
    const report = await whole.fit(input)
    const expected = await bytesOf(whole)
    const checkpoint = { folder: folder(), everyEpochs: Infinity }
    for (const stops of [[1], [2, 1], [7, 20, 13], [59]]) {
      for (const stop of stops) await abortAfter(createXgboostModel(patient, cpu), stop, { checkpoint, onNotice })
      const resumed = createXgboostModel(patient, cpu)
      let rounds = 0
      const again = await resumed.fit({ ...input, checkpoint, onNotice, onProgress: () => rounds++ })
      expect(rounds).toBe(60 - stops.reduce((a, b) => a + b))
      expect(again).toEqual(report)
      expect(await bytesOf(resumed)).toEqual(expected)
      rmSync(folder(), { recursive: true })
    }
    expect(types().filter((type) => type === 'checkpoint-resumed')).toHaveLength(7)
  })

  it('does so in a continued fit as well', async () => {
    const first = join(peer.folder, 'first')
    await (await fitted()).save(first)
    const more = { train: range(300, 1100), continues: true, sampleWeight: Float64Array.from(range(300, 1100), (row) => 1 + (row % 3)) }
    const whole = loadXgboostModel(first, cpu)
    await whole.fit({ ...input, ...more })
    const checkpoint = { folder: folder(), everyEpochs: 5 }
    await abortAfter(loadXgboostModel(first, cpu), 8, { ...more, checkpoint })
    const resumed = loadXgboostModel(first, cpu)
    await resumed.fit({ ...input, ...more, checkpoint, onNotice })
    expect(types()).toContain('checkpoint-resumed')
    expect(await bytesOf(resumed)).toEqual(await bytesOf(whole))
  })

  it('killed: begins at the checkpoint before, passes over a damaged one, and does not take that of another fit', async () => {
    const expected = await bytesOf(await fitted({}, patient))
    const checkpoint = { folder: folder(), everyEpochs: 10 }
    // As a kill leaves it: written every ten rounds, nothing at the end.
    const killed = createXgboostModel(patient, cpu).fit({
      ...input,
      checkpoint,
      onProgress: ({ step }) => {
        if (step === 37) throw new Error('killed')
      },
    })
    await expect(killed).rejects.toThrow('killed')
    const files = (): string[] => readdirSync(folder()).sort()
    expect(files().map((name) => name.slice(12))).toEqual(['-00000020.checkpoint', '-00000030.checkpoint'])
    truncateSync(join(folder(), files()[1]!), 400)
    const steps: number[] = []
    const resumed = createXgboostModel(patient, cpu)
    await resumed.fit({ ...input, checkpoint, onNotice, onProgress: ({ step }) => steps.push(step) })
    expect(types().slice(0, 2)).toEqual(['checkpoint-skipped', 'checkpoint-resumed'])
    expect(steps[0]).toBe(21)
    expect(await bytesOf(resumed)).toEqual(expected)
    notices.splice(0)
    await createXgboostModel(patient, cpu).fit({ ...input, seed: 8, checkpoint: { folder: folder(), everyEpochs: Infinity }, onNotice })
    expect(types()).toEqual([])
  })

  it('writes by rounds or minutes, keeps the newest two, and refuses settings that make no sense', () => {
    const clock = manualClock(0)
    const make = (more: object): BoostingCheckpoints =>
      new BoostingCheckpoints({ folder: folder(), ...more }, 'a'.repeat(64), onNotice, clock)
    expect([25, 26].map((rounds) => make({}).isDue(rounds))).toEqual([true, false])
    const byTime = make({ everyMinutes: 2, keepDays: 1 })
    expect(byTime.isDue(25)).toBe(false)
    clock.advance(120_000)
    expect(byTime.isDue(3)).toBe(true)
    const history = [{ step: 1, totalSteps: 9, trainLoss: 0.1 + 0.2 }]
    byTime.saveSync(history, () => Uint8Array.of(1, 10, 2))
    expect(byTime.isDue(3)).toBe(false)
    expect(make({}).latestSync()).toMatchObject({ history, model: Uint8Array.of(1, 10, 2) })
    clock.advance(2 * 86_400_000)
    byTime.saveSync([...history, ...history], () => Uint8Array.of(3))
    expect(readdirSync(folder())).toEqual(['aaaaaaaaaaaa-00000002.checkpoint'])
    for (const wrong of [{ everyEpochs: 0 }, { everyMinutes: 0 }, { keepDays: NaN }])
      expect(() => make(wrong)).toThrow(expect.objectContaining({ code: 'bad-checkpoint-option' }))
  })
})
