import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { createModel, loadModel } from '../create-model.js'
import type { FitInput, FitProgress, Model } from '../model.js'

const missing = nativeTestsMissing() !== undefined
const CONTEXT = { device: 'cpu', requireDevice: !missing } as const
const { X, y } = market(900, 4)
const INPUT: FitInput = { X, y, train: range(40, 600), validation: range(600, 700), seed: 3, threads: 2 }
const test = range(700, 900)
const SMALL = { members: 3, units: 8, epochs: 4, batchSize: 64, learningRate: 0.01 }

const folder = mkdtempSync(join(tmpdir(), 'deep-ensemble-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const open: Model[] = []
afterEach(async () => {
  for (const model of open.splice(0)) await model.close()
})
function ensemble(params: Record<string, unknown> = {}): Model {
  const model = createModel({ kind: 'deep_ensemble', params: { ...SMALL, ...params } }, CONTEXT)
  open.push(model)
  return model
}
const auc = (p: Float64Array): number => {
  let wins = 0
  let pairs = 0
  for (const [i, a] of test.entries())
    for (const [j, b] of test.entries())
      if (y[a] === 1 && y[b] === 0) {
        pairs++
        wins += p[i]! > p[j]! ? 1 : p[i] === p[j] ? 0.5 : 0
      }
  return wins / pairs
}

describe.skipIf(missing)('the deep ensemble', () => {
  it.each([
    ['mlp', { layers: 2, dropout: 0.1 }],
    ['lstm', { member: 'lstm', lookbackBars: 4 }],
  ])('learns, is repeatable, and keeps its predictions through save and load: %s', async (name, params) => {
    const model = ensemble(params)
    const seen: FitProgress[] = []
    const report = await model.fit({ ...INPUT, onProgress: (progress) => seen.push(progress) })
    expect(seen.map(({ step }) => step)).toEqual([1, 2, 3, 4])
    expect(seen.map(({ samplesPerSecond: _, ...rest }) => rest)).toEqual(report.history)
    expect(report.backend).toContain('3 members')
    const p = await model.predictProba(X, test)
    expect(auc(p)).toBeGreaterThan(0.75)
    const again = ensemble(params)
    await again.fit({ ...INPUT, threads: 1 })
    expect(await again.predictProba(X, test)).toEqual(p)
    await model.save(join(folder, name))
    const loaded = await loadModel(join(folder, name), CONTEXT)
    open.push(loaded)
    expect(await loaded.predictProba(X, test)).toEqual(p)
    expect(await loaded.predict(X, test)).toEqual(p.map((value) => (value > 0.5 ? 1 : 0)))
    expect(await loaded.predictSpread!(X, test)).toEqual(await model.predictSpread!(X, test))
  })

  it('spreads more where it has not seen anything like it', async () => {
    const model = ensemble({ units: 16, epochs: 10, members: 5 })
    await model.fit(INPUT)
    const far = { ...X, values: X.values.map((value, i) => (Math.floor(i / 4) >= 700 && i % 4 > 1 ? 20 * value : value)) }
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(await model.predictSpread!(far, test))).toBeGreaterThan(2 * mean(await model.predictSpread!(X, test)))
  })

  it('regresses in units of y, and has no probabilities then', async () => {
    const price = Float64Array.from(y, (_, row) => 1000 + 50 * X.values[row * 4]!)
    for (const params of [
      { units: 16, epochs: 20 },
      { member: 'lstm', lookbackBars: 2, epochs: 15, units: 12 },
    ]) {
      const model = ensemble({ task: 'regression', learningRate: 0.02, ...params })
      await model.fit({ ...INPUT, y: price })
      const predicted = await model.predict(X, test)
      const rmse = Math.sqrt(predicted.reduce((sum, value, i) => sum + (value - price[test[i]!]!) ** 2, 0) / test.length)
      expect(rmse).toBeLessThan(15)
      await expect(model.predictProba(X, test)).rejects.toMatchObject({ code: 'not-a-classifier' })
    }
  })

  it('weighs samples by a bootstrap of its own in each member, and by weights', async () => {
    const predictions = []
    for (const [params, weight] of [
      [{}, undefined],
      [{ bagging: true }, undefined],
      [{ bagging: true }, Float64Array.from(INPUT.train, (row) => 1 + (row % 5))],
    ] as const) {
      const model = ensemble(params)
      await model.fit({ ...INPUT, ...(weight !== undefined && { sampleWeight: weight }) })
      const p = await model.predictProba(X, test)
      expect(auc(p)).toBeGreaterThan(0.7)
      predictions.push(p.join())
    }
    expect(new Set(predictions).size).toBe(3)
  })

  it.each([['mlp'], ['lstm']])('goes on from its checkpoints after an interruption, to the same bytes: %s', async (member) => {
    const params = { member, lookbackBars: 3, dropout: 0, bagging: true }
    const whole = ensemble(params)
    await whole.fit(INPUT)
    const stop = new AbortController()
    const checkpoint = { folder: join(folder, `checkpoints-${member}`) }
    const first = ensemble(params)
    const onProgress = ({ step }: FitProgress): void => void (step === 2 && stop.abort())
    await expect(first.fit({ ...INPUT, checkpoint, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'interrupted' })
    const second = ensemble(params)
    const steps: number[] = []
    await second.fit({ ...INPUT, checkpoint, onProgress: ({ step }) => steps.push(step) })
    expect(Math.min(...steps)).toBeGreaterThan(1)
    expect(await second.predictProba(X, test)).toEqual(await whole.predictProba(X, test))
  })

  it('leaves no tensor behind, also after a failure', async () => {
    const model = ensemble({ epochs: 1 })
    await model.fit(INPUT)
    await model.close()
    const { loadTensorflow } = await import('../../native/tensorflow/index.js')
    const { tf } = await loadTensorflow(CONTEXT)
    const before = tf.memory().numTensors
    await model.fit(INPUT)
    await model.close()
    await expect(ensemble({ epochs: 2, learningRate: 1e38, gradientClip: 1e30 }).fit(INPUT)).rejects.toMatchObject({
      code: 'training-diverged',
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('names a damaged member', async () => {
    const model = ensemble({ epochs: 1 })
    await model.fit(INPUT)
    const path = join(folder, 'damaged')
    await model.save(path)
    const file = join(path, 'member-2', 'weights.bin')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(file, readFileSync(file).subarray(8))
    await expect(loadModel(path, CONTEXT)).rejects.toMatchObject({
      code: 'damaged-model',
      received: expect.stringContaining('member-2') as string,
    })
  })
})

describe('parameters of a deep ensemble', () => {
  it.each([
    [{ members: 1 }, 'members = 1'],
    [{ member: 'gru' }, 'member = "gru"'],
    [{ bagging: 'yes' }, 'bagging = "yes"'],
  ])('are refused by name: %j', (params, received) => {
    expect(() => createModel({ kind: 'deep_ensemble', params }, CONTEXT)).toThrow(
      expect.objectContaining({ code: 'bad-parameter', received }),
    )
  })

  it('knows no strangers', () => {
    expect(() => createModel({ kind: 'deep_ensemble', params: { memberss: 3 } }, CONTEXT)).toThrow(
      expect.objectContaining({ code: 'unknown-parameter', help: 'did you mean members?' }),
    )
  })
})
