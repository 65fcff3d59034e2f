import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { ownRunsFolder } from '../../../test/fixtures/own-runs-folder.js'
import { DISPLAY } from '../../core/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { readInstalled } from '../../native/installed.js'
import { readRun } from '../../track/index.js'
import type { ModelConfig } from './model-config.js'
import { ModelTrainer } from './model-trainer.js'
import { TrainedModel } from './trained-model.js'

const ready = existsSync(readInstalled()?.python.executable ?? '') && lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('model trainer tests are skipped: set-up has not run (npm run setup)\n')

ownRunsFolder('model-trainer')
const CONTEXT = { device: 'cpu', requireDevice: false } as const
const HOUR = 3_600_000

/** Two useful columns of eight; labels of two bars, the last ones not known. */
const { X, labels } = ((): {
  X: ReturnType<typeof market>['X']
  labels: { y: Float64Array; endTime: Float64Array; horizonBars: number }
} => {
  const { X, y } = market(1500, 8)
  const known = y.map((value, i) => (i < 1498 ? value : NaN))
  return { X, labels: { y: known, endTime: X.time.map((time, i) => (i < 1498 ? time + 2 * HOUR : NaN)), horizonBars: 2 } }
})()
const SMALL: ModelConfig = {
  ...{ modelType: 'lightgbm', params: { rounds: 30, learningRate: 0.2, minDataInLeaf: 20 }, cv: { folds: 2 }, workers: 2 },
}

describe.skipIf(!ready)('ModelTrainer', () => {
  it('chooses columns, searches parameters, scores the hold-out once, and saves what predicts the same', async () => {
    const trainer = new ModelTrainer(
      {
        ...SMALL,
        optimizeHyperparams: true,
        nTrials: 3,
        space: { numLeaves: { kind: 'int', low: 4, high: 16 } },
        featureSelection: { by: 'importance', model: { kind: 'lightgbm', params: SMALL.params! }, keep: { top: 2 } },
      },
      CONTEXT,
    )
    const { run, model, selection, tuning } = await trainer.train({ X, labels })
    expect(model.facts.columns).toEqual(['feature_0', 'feature_1'])
    expect(selection!.folds.map(({ names }) => names)).toEqual([
      ['feature_0', 'feature_1'],
      ['feature_0', 'feature_1'],
    ])
    expect(tuning!.trials).toHaveLength(3)
    expect(model.facts.spec.params.numLeaves).toBe(tuning!.result!.params.numLeaves)
    expect(model.facts.spec.params.rounds).toBe(30)
    const { holdout, cv } = model.metrics
    expect(holdout.rows).toBe(298)
    expect(holdout.scores.auc).toBeGreaterThan(0.75)
    expect(holdout.auc!.lower).toBeLessThan(holdout.scores.auc!)
    expect(cv.folds.map(({ rows }) => rows)).toEqual([240, 238])
    expect(model.featureImportance()[0]!.feature).toBe('feature_0')
    const rows = range(1300, 1400)
    const proba = await model.predictProba(X, rows)
    const loaded = await TrainedModel.load(run.path('model'), CONTEXT)
    expect(await loaded.predictProba(X, rows)).toEqual(proba)
    expect(loaded[DISPLAY]()['text/plain']).toMatch(/lightgbm on 2 columns[\s\S]*hold-out, once/)
    await expect((async () => loaded.predictProba({ ...X, names: X.names.map((name) => `x_${name}`) }, rows))()).rejects.toMatchObject({
      code: 'feature-mismatch',
      received: '8 features without feature_0',
    })
    await Promise.all([model.close(), loaded.close()])
    expect(readRun(run.folder).outcome?.headline).toMatch(/^lightgbm: auc 0\.\d+ on the hold-out$/)
  }, 120_000)

  it('trains no row whose label reaches into the hold-out, and gives the same result for any number of workers', async () => {
    const scores: (number | null)[] = []
    for (const workers of [1, 2]) {
      const { model, run } = await new ModelTrainer({ ...SMALL, workers }, CONTEXT).train({ X, labels })
      scores.push(model.metrics.holdout.scores.logLoss, model.metrics.cv.stability.auc.mean)
      await model.close()
      expect(existsSync(join(run.folder, 'model', 'model', 'lab-model.json'))).toBe(true)
    }
    expect(scores.slice(2)).toEqual(scores.slice(0, 2))
    // Everything from the hold-out on is another market: the folds before it do not notice.
    const from = 1200
    const other = { ...labels, y: labels.y.map((value, i) => (i >= from ? 1 - value : value)) }
    const changed = { ...X, values: X.values.map((value, k) => (Math.floor(k / 8) >= from ? -value : value)) }
    const { model } = await new ModelTrainer(SMALL, CONTEXT).train({ X: changed, labels: other })
    expect(model.metrics.cv.stability.auc.mean).toBe(scores[1])
    await model.close()
  }, 120_000)

  it('ends its run as failed where the data will not do, and names why', async () => {
    await expect(
      new ModelTrainer(SMALL, CONTEXT).train({ X, labels: { ...labels, y: labels.y.slice().fill(1, 0, 1498) } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('one class only') as string,
    })
    const few = { ...new ModelTrainer({ ...SMALL, cv: { folds: 400 } }, CONTEXT) }
    expect(few.config.cv.folds).toBe(400)
    await expect(new ModelTrainer({ ...SMALL, cv: { folds: 900 } }, CONTEXT).train({ X, labels })).rejects.toMatchObject({
      code: 'too-few-bars',
    })
  }, 120_000)
})

describe('ModelConfig', () => {
  it.each([
    [{ modeltype: 'xgboost' }, { code: 'unknown-setting', help: 'did you mean modelType?' }],
    [{ cv: { fold: 3 } }, { code: 'unknown-setting', received: 'cv.fold', help: 'did you mean folds?' }],
    [{ nTrials: 0 }, { code: 'bad-setting', received: 'nTrials = 0', expected: 'a whole number from 1' }],
    [{ modelType: 'catboost' }, { code: 'bad-setting', received: 'modelType = "catboost"' }],
    [
      { modelType: 'lightgbm', params: { numLeafs: 3 } },
      { code: 'unknown-parameter', help: 'did you mean numLeaves?' },
    ],
    [{ modelType: 'lstm', params: { task: 'regression' } }, { code: 'not-a-classifier' }],
  ])('refuses by name: %j', (config, error) => {
    expect(() => new ModelTrainer(config as ModelConfig, CONTEXT)).toThrow(expect.objectContaining(error))
  })
})
