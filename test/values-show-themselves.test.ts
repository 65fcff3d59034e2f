import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createModel,
  directionLabels,
  directionModels,
  directionSplit,
  DISPLAY,
  FeatureEngineer,
  fitFolds,
  listRuns,
  loadBars,
  loadConfig,
  loadRun,
  makeConfig,
  openRun,
  purgedKFold,
  resample,
  sliceBars,
  toArquero,
  toDanfo,
  walkForward,
  type Bars,
  type MimeBundle,
} from '../src/index.js'

/** What a notebook shows of a value by itself, as text. */
async function textOf(value: unknown): Promise<string> {
  const show = (value as Record<symbol, unknown>)[DISPLAY]
  if (typeof show !== 'function') throw new Error('it does not show itself')
  return ((await (show as () => Promise<MimeBundle>).call(value)) as { 'text/plain': string })['text/plain']
}

describe('a value that a cell ends with shows itself', () => {
  const runs = mkdtempSync(join(tmpdir(), 'barlab-show-'))
  let bars: Bars
  beforeAll(async () => {
    vi.stubEnv('BARLAB_RUNS_DIR', runs)
    bars = (await loadBars({ dataset: 'googl-1d' })).bars
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(runs, { recursive: true, force: true })
  })

  it('bars, however they were cut, and nothing else sees it', async () => {
    const text = await textOf(bars)
    expect(text).toMatch(/^GOOGL: bars as typed columns\n {2}bars: 2335 of 1d/)
    expect(
      text
        .split('\n')
        .slice(-10)
        .map((line) => line.slice(0, 3)),
    ).toEqual(['tim', ...Array<string>(4).fill('200'), '...', ...Array<string>(4).fill('201')])
    expect(text).toContain('\n...\n')
    for (const part of [sliceBars(bars, { from: '2018-01-01' }), resample(bars, '1w')]) expect(await textOf(part)).toContain('GOOGL')
    expect(await textOf(sliceBars(bars, { to: '2000-01-01' }))).toContain('bars: 0')
    expect(Reflect.ownKeys({ ...bars })).not.toContain(DISPLAY)
  })

  it('a feature matrix', async () => {
    const X = new FeatureEngineer({ groups: ['momentum'] }).fitTransform(bars)
    const text = await textOf(X)
    expect(text).toMatch(new RegExp(`^2335 rows x ${X.names.length} features, 2009-05-22 00:00 to 2018-08-29 00:00 UTC`))
    expect(text).toMatch(/\nrsi_14 +2009-06-\d\d 00:00 +14 /)
  })

  it('folds', async () => {
    const labels = directionLabels(bars, { horizonBars: 2 })
    const data = { time: bars.time, labelEndTime: labels.endTime, horizonMs: 2 * bars.timeframeMs }
    expect(await textOf(walkForward({ ...data, nSplits: 3, testSize: 0.3 }))).toMatch(/fold .*train \(UTC\)[\s\S]*\n2 /)
    const folds = purgedKFold({ ...data, nSplits: 4 })
    expect(await textOf(folds)).toContain('trained on later data too')
    expect(Object.keys(folds)).toEqual(['0', '1', '2', '3'])
  })

  it('models, fits, a run, a run read again, a list of runs', async () => {
    const X = new FeatureEngineer({ groups: ['momentum'] }).fitTransform(bars)
    const labels = directionLabels(bars, { horizonBars: 2 })
    const config = makeConfig()
    const models = directionModels(['lightgbm'], 1, config)
    const model = createModel({ kind: 'lightgbm', params: {} }, { device: 'cpu', requireDevice: false })
    expect(await textOf(model)).toMatch(/^lightgbm \(classification\)\n {2}parameters: \{ .*learningRate: /)
    const run = await openRun({ name: 'shown', seed: 7, parameters: { horizon: 2 } })
    expect(await textOf(run)).toMatch(/^run \S+-shown-\w{4}\n {2}running, begun .* UTC\n {2}horizon = 2, seed = 7\n/)
    const { folds } = directionSplit({ bars, X, labels, models, folds: 1, testSize: 0.3, config })
    const fits = await fitFolds({
      ...{ runFolder: run.folder, X, y: labels.y, folds, models, seed: 7 },
      ...{ threadsPerFit: 1, workers: 1, device: 'cpu' as const, requireDevice: false },
    })
    expect(await textOf(fits)).toMatch(/^1 fits\nmodel .*\nlightgbm +1 +\d+ +\d+ of \d+/)
    expect(await textOf(await loadRun(run.id))).toMatch(/1 fits, predictions of 0 models, no metrics/)
    expect(await textOf(listRuns())).toMatch(/^1 run\nid .*\n\S+-shown-\w{4} +running/)
  })

  it('the configuration', async () => {
    for (const config of [loadConfig(), makeConfig()]) expect(await textOf(config)).toMatch(/\ntuning:\n {2}storage: null\n/)
    expect(Object.keys(makeConfig())).not.toContain('display')
  })

  it('tables of arquero and danfojs', async () => {
    expect(await textOf(await toArquero(bars))).toMatch(/^2335 rows x 6 columns\ntime [\s\S]*2,315 more rows$/)
    expect(await textOf(await toDanfo(bars))).toMatch(/^2335 rows x 6 columns\n/)
  })
})
