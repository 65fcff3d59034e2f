import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { market } from '../../../test/fixtures/market.js'
import { evaluateModels } from '../../evaluate/index.js'
import { lightgbmLibraryPath } from '../../native/lightgbm/index.js'
import { combinatorialPurged, pathFolds, pathPredictions, purgedKFold, recombinePaths, type Fold } from '../../split/index.js'
import { fitFolds } from './fit-folds.js'
import type { FoldFit } from './fit-options.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('purged fold fit tests are skipped: no Python environment (npm run setup)\n')

const HOUR = 3_600_000
const { X, y } = market(804, 3)
const labels = { name: 'label', y, endTime: X.time.map((t, i) => (i + 4 < X.rows ? t + 4 * HOUR : NaN)), horizonBars: 4 }
const close = X.time.map((_, i) => 100 + Math.sin(i))
const data = {
  ...{ time: X.time, labelEndTime: labels.endTime, horizonMs: 4 * HOUR, horizonBars: 4, validationShare: 0.15 },
  usable: X.time.map((_, i) => Number(i >= 4)), // the persistence baseline looks one horizon back
}

describe.skipIf(!ready)('folds that train on both sides', () => {
  let runFolder: string
  beforeAll(() => void (runFolder = mkdtempSync(join(tmpdir(), 'fit-purged-folds-'))))
  afterAll(() => rmSync(runFolder, { recursive: true, force: true }))
  const fit = (folds: readonly Fold[]): Promise<FoldFit[]> =>
    fitFolds({
      ...{ runFolder, X, y, folds, seed: 5, threadsPerFit: 1, workers: 1, device: 'cpu', requireDevice: false },
      models: [{ name: 'trees', spec: { kind: 'lightgbm', params: { rounds: 20, minDataInLeaf: 20 } } }],
    })

  it('are fitted and scored as walk-forward folds are', async () => {
    const folds = purgedKFold({ ...data, nSplits: 3 })
    const { models } = evaluateModels({ predictions: await fit(folds), labels, close, folds })
    expect(models[0]).toMatchObject({ model: 'trees', rows: 796 })
    expect(models[0]!.pooled.auc).toBeGreaterThan(0.7)
  })

  it('give a score a backtest path, each over the whole history', async () => {
    const split = combinatorialPurged({ ...data, nGroups: 4, nTestGroups: 2 })
    const fits = await fit([...split])
    const aucs = recombinePaths(split).map((path) => {
      const folds = pathFolds(split, path)
      const { models } = evaluateModels({ predictions: pathPredictions(split, path, fits), labels, close, folds })
      expect(models[0]!.rows).toBe(796)
      return models[0]!.pooled.auc!
    })
    expect(aucs).toHaveLength(3)
    expect(Math.min(...aucs)).toBeGreaterThan(0.65)
    expect(new Set(aucs).size).toBe(3)
  })
})
