import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { DISPLAY, LabError } from '../../core/index.js'
import { brier, rocAuc, sigmoid } from '../../metrics/index.js'
import { readInstalled } from '../../native/installed.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { Sidecar } from '../../sidecar/index.js'
import { createModel, loadModel, resolveModelSpec, type ModelSpec } from '../create-model.js'
import type { FitInput, Model } from '../model.js'
import { regressionTargets } from '../rows.js'
import { readSavedModel, writeSavedModel, type SavedModelHead } from '../saved-model.js'
import { createStackModel, loadStackModel, type StackModel } from './stack-model.js'
import { parseStackParams } from './stack-params.js'

const ready = existsSync(readInstalled()?.python.executable ?? '') && lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('tests of stacks of real models are skipped: set-up has not run (npm run setup)\n')
let sidecar: Sidecar
beforeAll(async () => void (ready && (sidecar = await Sidecar.open({ threads: 1 }))))
afterAll(async () => void (ready && (await sidecar.close())))
const context = { device: 'cpu', requireDevice: false, sidecar: () => Promise.resolve(sidecar) } as const

const HOUR = 3_600_000
const N = 900
const { X, y } = market(N, 3)
/** Labels over 5 bars. */
const labelEndTime = X.time.map((time) => time + 5 * HOUR)
const input: FitInput = { X, y, labelEndTime, train: range(0, 600), validation: new Int32Array(0), seed: 1, threads: 1 }
const test = range(620, N)

interface Seen {
  readonly column: number
  readonly train: Int32Array
  readonly validation: Int32Array
  readonly weight: Float64Array | undefined
  readonly predicted: Int32Array[]
  closed: boolean
}

/** A base that knows one column: sigmoid of it times the sign of its covariance with y. Kinds stand for columns. */
function oneColumn(column: number, seen: Seen[], task: Model['task'] = 'classification', sign = 0): Model {
  let mine: Seen | undefined
  const at = (X: FitInput['X'], row: number): number => X.values[row * X.names.length + column]!
  const value = (X: FitInput['X'], row: number): number => sign * at(X, row)
  return {
    kind: 'logistic',
    task,
    fit: (given) =>
      new Promise((resolve) => {
        const { X, y, train, validation, sampleWeight } = given
        if (given.signal?.aborted === true) throw new LabError('interrupted', 'stopped')
        const targets = task === 'regression' ? regressionTargets(y, train) : Float64Array.from(train, (row) => y[row]! - 0.5)
        sign = Math.sign(targets.reduce((sum, target, k) => sum + target * at(X, train[k]!), 0))
        mine = { column, train, validation, weight: sampleWeight, predicted: [], closed: false }
        seen.push(mine)
        given.onProgress?.({ step: 1, totalSteps: 1, trainLoss: 0.5 })
        resolve({ steps: 1, bestStep: 1, history: [], backend: `column ${column}`, warnings: ['a warning'] })
      }),
    predict: (X, rows) => {
      mine?.predicted.push(rows)
      return Promise.resolve(Float64Array.from(rows, (row) => value(X, row)))
    },
    predictProba: (X, rows) => {
      mine?.predicted.push(rows)
      return Promise.resolve(Float64Array.from(rows, (row) => sigmoid(value(X, row))))
    },
    featureImportance: () => Float64Array.from(X.names, (_, j) => (j === column ? 7 : 0)),
    save: (folder) => {
      const saved = { kind: 'logistic', names: X.names, column, sign, task } as unknown as Omit<SavedModelHead, 'format'>
      return Promise.resolve(writeSavedModel(folder, saved))
    },
    close: () => {
      if (mine !== undefined) mine.closed = true
      return Promise.resolve()
    },
  }
}

const COLUMN: Record<string, number> = { logistic: 0, lightgbm: 1, lstm: 2 }

function fakeStack(params: Record<string, unknown>, seen: Seen[] = []): StackModel {
  const task = (params.task as Model['task'] | undefined) ?? 'classification'
  return createStackModel(
    parseStackParams({ bases: [{ kind: 'logistic' }, { kind: 'lightgbm' }, { kind: 'lstm' }], ...params }, resolveModelSpec),
    {
      create: ({ kind }: ModelSpec) => oneColumn(COLUMN[kind]!, seen, task),
      load: (folder) => {
        const { column, sign, task } = readSavedModel<SavedModelHead & { column: number; sign: number; task: Model['task'] }>(folder)
        return Promise.resolve(oneColumn(column, seen, task, sign))
      },
    },
  )
}

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'stack-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the rows of a stack', () => {
  it('predicts training rows out of fold, by bases that saw only rows whose label was known before', async () => {
    const seen: Seen[] = []
    const stack = fakeStack({ combine: 'blend', innerFolds: 3, innerTestShare: 0.5 }, seen)
    await stack.fit({ ...input, validation: range(600, 610) })
    expect(seen).toHaveLength(12)
    const inner = seen.slice(0, 9)
    for (const { train, validation, predicted, closed } of inner) {
      expect(closed).toBe(true)
      const [rows] = predicted as [Int32Array]
      expect(predicted).toHaveLength(1)
      const first = X.time[rows[0]!]!
      for (const row of [...train, ...validation]) expect(labelEndTime[row]).toBeLessThan(first)
      for (const row of train) expect(labelEndTime[row]).toBeLessThan(X.time[validation[0]!]!)
      // The same share is held out for early stopping as by the stack itself.
      expect(validation.length / (train.length + validation.length)).toBeCloseTo(10 / 610, 1)
      expect(Math.max(...rows)).toBeLessThan(600)
    }
    const covered = inner.filter(({ column }) => column === 0).flatMap(({ predicted }) => [...predicted[0]!])
    expect(covered).toEqual([...range(300, 600)])
    for (const { train, validation, closed } of seen.slice(9)) {
      expect(closed).toBe(false)
      expect(train).toEqual(input.train)
      expect(validation).toEqual(range(600, 610))
    }
    await stack.close()
    await stack.close()
    expect(seen.every(({ closed }) => closed)).toBe(true)
  })

  it.skipIf(!ready)('does not change where rows after the training part or inside the gap change', async () => {
    const train = input.train.filter((row) => row < 200 || row >= 210)
    const values = X.values.slice()
    const others = y.slice()
    for (let row = 0; row < N; row++)
      if (!train.includes(row)) {
        values.fill(9, row * 3, row * 3 + 3)
        others[row] = 1 - others[row]!
      }
    const proba: Float64Array[] = []
    for (const given of [input, { ...input, X: { ...X, values }, y: others }]) {
      for (const params of [{ combine: 'meta' }, { combine: 'blend', calibrate: 'isotonic' }]) {
        const bases = [
          { kind: 'logistic', params: {} },
          { kind: 'lightgbm', params: { rounds: 10 } },
        ]
        const stack = createModel({ kind: 'stack', params: { bases, innerFolds: 2, ...params } }, context)
        await stack.fit({ ...given, train })
        proba.push(await stack.predictProba(X, test))
        await stack.close()
      }
    }
    expect(proba[2]).toEqual(proba[0])
    expect(proba[3]).toEqual(proba[1])
    expect(proba[1]).not.toEqual(proba[0])
  })

  it('calibrates on later rows than it combines by, whose labels do not overlap', async () => {
    const stack = fakeStack({ combine: 'blend', calibrate: 'platt', innerFolds: 3, innerTestShare: 0.5 })
    await stack.fit(input)
    const { rows, folds } = stack.summary()
    // Folds 300..399, 400..499, 500..599: of the first two, the rows whose label is known when row 500 opens.
    expect(rows).toEqual({ outOfFold: 300, combiner: 195, calibrator: 100 })
    expect(folds.map(({ from, to }) => [from / HOUR, to / HOUR])).toEqual([
      [300, 399],
      [400, 499],
      [500, 599],
    ])
    const vote = fakeStack({ combine: 'vote', calibrate: 'platt', innerFolds: 3, innerTestShare: 0.5 })
    await vote.fit(input)
    expect(vote.summary().rows).toEqual({ outOfFold: 300, combiner: 0, calibrator: 300 })
  })

  it('gives each part its own weights, and needs no inner fits for a plain vote', async () => {
    const seen: Seen[] = []
    const sampleWeight = Float64Array.from(input.train, (row) => 1 + row)
    await fakeStack({ combine: 'blend', innerFolds: 2 }, seen).fit({ ...input, sampleWeight })
    for (const { train, weight } of seen) expect(weight).toEqual(Float64Array.from(train, (row) => 1 + row))
    const voted: Seen[] = []
    await fakeStack({ combine: 'vote' }, voted).fit(input)
    expect(voted).toHaveLength(3)
  })
})

describe('what a stack says', () => {
  it('blends by log-loss: the useless base gets nothing, the useful one most', async () => {
    const stack = fakeStack({ combine: 'blend' })
    const events: number[][] = []
    const report = await stack.fit({ ...input, onProgress: ({ step, totalSteps }) => events.push([step, totalSteps]) })
    expect(events).toEqual(Array.from({ length: 15 }, (_, i) => [i + 1, 15]))
    expect(report).toMatchObject({ steps: 15, backend: 'column 0 + column 1 + column 2' })
    expect(report.warnings).toContain('lightgbm, inner fold 2 of 4: a warning')
    const { bases, loss } = stack.summary()
    const [first, second, third] = bases.map(({ weight }) => weight!) as [number, number, number]
    expect(first).toBeGreaterThan(0.5)
    expect(first).toBeGreaterThan(second)
    expect(second).toBeGreaterThan(third)
    expect(loss!).toBeLessThanOrEqual(Math.min(...bases.map(({ loss }) => loss!)))
    const importance = stack.featureImportance()!
    for (const [j, weight] of [first, second, third].entries()) expect(importance[j]).toBeCloseTo(weight, 12)
    const shown = (stack.summary()[DISPLAY] as () => Record<string, string>)()['text/plain']!
    expect(shown).toContain('360 out-of-fold rows in 4 inner folds')
  })

  it('votes by the weights given, calls by the probability, and refuses to go on', async () => {
    const stack = fakeStack({ combine: 'vote', weights: [2, 1, 0] })
    await expect(stack.predictProba(X, test)).rejects.toMatchObject({ code: 'not-fitted' })
    await stack.fit(input)
    const proba = await stack.predictProba(X, test)
    for (const [i, row] of test.entries())
      expect(proba[i]).toBeCloseTo((2 * sigmoid(X.values[row * 3]!) + sigmoid(X.values[row * 3 + 1]!)) / 3, 14)
    expect(await stack.predict(X, test)).toEqual(proba.map((p) => (p > 0.5 ? 1 : 0)))
    await expect(stack.fit({ ...input, continues: true })).rejects.toMatchObject({ code: 'cannot-continue' })
    await expect(stack.predictProba({ ...X, names: ['a', 'b', 'c'] }, test)).rejects.toMatchObject({ code: 'feature-mismatch' })
  })

  it('is a regression by least squares, without probabilities', async () => {
    const target = Float64Array.from({ length: N }, (_, i) => 0.7 * X.values[3 * i]! + 0.3 * X.values[3 * i + 1]!)
    const stack = fakeStack({ task: 'regression' })
    await stack.fit({ ...input, y: target })
    const { combine, bases, loss } = stack.summary()
    expect(combine).toBe('blend')
    expect(bases.map(({ weight }) => Number(weight!.toFixed(6)))).toEqual([0.7, 0.3, 0])
    expect(loss).toBeLessThan(1e-6)
    const predicted = await stack.predict(X, test)
    for (const [i, row] of test.entries()) expect(predicted[i]).toBeCloseTo(target[row]!, 6)
    await expect(stack.predictProba(X, test)).rejects.toMatchObject({ code: 'not-a-classifier' })
    await expect(fakeStack({ task: 'regression' }).fit({ ...input, y: y.map(() => 2) })).rejects.toMatchObject({ code: 'constant-target' })
  })

  it('is saved with its bases, the manifest last, and loaded to the same bits', async () => {
    const stack = fakeStack({ combine: 'blend', calibrate: 'isotonic' })
    await stack.fit(input)
    await stack.save(folder)
    expect(readdirSync(folder).sort()).toEqual(['base-0', 'base-1', 'base-2', 'lab-model.json'])
    const loaded = await loadStackModel(folder, { create: () => expect.unreachable(), load: kitOfSaved })
    expect(await loaded.predictProba(X, test)).toEqual(await stack.predictProba(X, test))
    expect(loaded.summary()).toEqual(stack.summary())
    expect(loaded.featureImportance()).toEqual(stack.featureImportance())
    rmSync(join(folder, 'base-1'), { recursive: true })
    await expect(loadStackModel(folder, { create: () => expect.unreachable(), load: kitOfSaved })).rejects.toMatchObject({
      code: 'no-model',
    })
  })

  const kitOfSaved = async (place: string): Promise<Model> => {
    const { column, sign } = await Promise.resolve(readSavedModel<SavedModelHead & { column: number; sign: number }>(place))
    return oneColumn(column, [], 'classification', sign)
  }

  it.skipIf(!ready)('leaves nothing open where a fit fails or is stopped', async () => {
    const seen: Seen[] = []
    const stop = new AbortController()
    let fits = 0
    const stack = fakeStack({ combine: 'blend', innerFolds: 2 }, seen)
    await expect(stack.fit({ ...input, signal: stop.signal, onProgress: () => void (++fits === 8 && stop.abort()) })).rejects.toMatchObject(
      {
        code: 'interrupted',
      },
    )
    expect(seen).toHaveLength(8)
    expect(seen.every(({ closed }) => closed)).toBe(true)
    const oneClass = y.slice()
    oneClass.fill(1, 0, 300)
    const real = createModel({ kind: 'stack', params: { innerFolds: 2 } }, context)
    await expect(real.fit({ ...input, y: oneClass })).rejects.toMatchObject({
      code: 'one-class',
      message: expect.stringMatching(/^logistic, inner fold 1 of 2: /) as string,
    })
    await expect(fakeStack({}).fit({ ...input, train: range(0, 150) })).rejects.toMatchObject({ code: 'too-few-rows' })
    await expect(fakeStack({}).fit({ ...input, labelEndTime: labelEndTime.map(() => NaN) })).rejects.toMatchObject({
      code: 'bad-label-end',
    })
  })
})

describe.skipIf(!ready)('a stack of logistic regression and LightGBM', () => {
  it.each([
    ['meta', null],
    ['meta', 'platt'],
    ['blend', 'isotonic'],
  ] as const)('learns, is saved and loaded (%s, calibrated by %s)', async (combine, calibrate) => {
    const bases = [
      { kind: 'logistic', params: {} },
      { kind: 'lightgbm', params: { rounds: 30, minDataInLeaf: 20, preprocess: { dropConstant: {} } } },
      { kind: 'lightgbm', params: { rounds: 10, minDataInLeaf: 40 } },
    ]
    const stack = createModel({ kind: 'stack', params: { bases, combine, calibrate, innerFolds: 3 } }, context)
    await stack.fit({ ...input, validation: range(605, 619) })
    const proba = await stack.predictProba(X, test)
    const outcome = Array.from(test, (row) => y[row]!)
    expect(rocAuc(outcome, proba)).toBeGreaterThan(0.78)
    expect(brier(outcome, proba)).toBeLessThan(0.2)
    const importance = stack.featureImportance()!
    expect(importance.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    expect(importance[0]).toBeGreaterThan(importance[2]!)
    await stack.save(folder)
    const loaded = await loadModel(folder, context)
    expect(await loaded.predictProba(X, test)).toEqual(proba)
    await loaded.save(join(folder, 'again'))
    expect(readFileSync(join(folder, 'again/lab-model.json'))).toEqual(readFileSync(join(folder, 'lab-model.json')))
    const repeated = createModel({ kind: 'stack', params: { bases, combine, calibrate, innerFolds: 3 } }, context)
    await repeated.fit({ ...input, validation: range(605, 619) })
    expect(await repeated.predictProba(X, test)).toEqual(proba)
    for (const model of [stack, loaded, repeated]) await model.close()
  })
})

describe('parameters of a stack', () => {
  const refused = (params: Record<string, unknown>, details: object): void =>
    expect(() => resolveModelSpec({ kind: 'stack', params })).toThrow(expect.objectContaining(details) as Error)

  it('are checked, those of the bases too, and written out in full', () => {
    const { params } = resolveModelSpec({
      kind: 'stack',
      params: { bases: [{ kind: 'lightgbm', params: { rounds: 5 } }, { kind: 'logistic' }] },
    })
    expect(params).toMatchObject({
      combine: 'meta',
      meta: { kind: 'logistic', params: { C: 1 } },
      bases: [{ params: { rounds: 5, numLeaves: 15 } }, {}],
    })
    refused(
      { bases: [{ kind: 'logistic', params: { c: 1 } }, { kind: 'lightgbm' }] },
      { code: 'unknown-parameter', help: 'did you mean C?' },
    )
    refused({ bases: [{ kind: 'logistics' }, { kind: 'lightgbm' }] }, { code: 'unknown-model' })
    refused({ bases: [{ kind: 'logistic' }] }, { code: 'bad-parameter', expected: 'two models or more' })
    refused({ bases: [{ kind: 'stack' }, { kind: 'logistic' }] }, { code: 'bad-parameter' })
    refused({ fold: 3 }, { code: 'unknown-parameter', help: 'did you mean innerFolds?' })
    refused({ combine: 'mean' }, { code: 'bad-parameter', expected: 'meta, blend or vote' })
    refused({ combine: 'blend', meta: { kind: 'logistic' } }, { code: 'bad-parameter' })
    refused({ meta: { kind: 'lstm' } }, { code: 'bad-parameter' })
    refused({ weights: [1, 1] }, { code: 'bad-parameter' })
    refused({ combine: 'vote', weights: [0, 0] }, { code: 'bad-parameter' })
    refused({ combine: 'vote', weights: [1, 1, 1] }, { code: 'bad-parameter' })
    refused({ innerFolds: 1, calibrate: 'platt' }, { code: 'bad-parameter' })
    refused({ task: 'regression', calibrate: 'platt' }, { code: 'bad-parameter' })
    refused({ task: 'regression', combine: 'meta' }, { code: 'bad-parameter' })
    expect(() => createModel({ kind: 'stack', params: { task: 'regression' } }, context)).toThrow(
      expect.objectContaining({ code: 'bad-parameter', received: 'logistic with task classification' }) as Error,
    )
  })
})
