import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LabError, writeJsonAtomicSync } from '../core/index.js'
import { storedRun } from '../../test/fixtures/stored-run.js'
import { loadRun, loadRunBars, loadRunModel, readFitPredictions, Run, runEquity, runResources } from './index.js'
import { useRunsFolder } from './track-test.fixture.js'

useRunsFolder()
const code = (expected: string, details: object = {}): Error => expect.objectContaining({ code: expected, ...details }) as Error

describe('loadRun', () => {
  it('brings back everything that a finished run left: metrics, predictions in time order, fits, data, equity', async () => {
    const stored = await storedRun()
    const run = await loadRun(stored.id)
    expect(run).toMatchObject({ id: stored.id, end: undefined, problems: [], tags: [], notes: [] })
    expect(run.predictions.map(({ model, time }) => [model, time.length])).toEqual([
      ['logistic', 400],
      ['lightgbm', 400],
    ])
    const [{ time, labelEnd, fold }] = run.predictions as [(typeof run.predictions)[0]]
    expect([...time]).toEqual([...time].sort((a, b) => a - b))
    expect(labelEnd.every((end, i) => end > time[i]!)).toBe(true)
    expect([...new Set(fold)]).toEqual([0, 1])
    expect(run.fits.map(({ model, fold: of }) => `${model} ${of}`)).toEqual(['lightgbm 0', 'lightgbm 1', 'logistic 0', 'logistic 1'])
    const kept = readFitPredictions(run.fits[2]!)
    expect(kept.rows[0]).toBe(500)
    expect([...kept.probability]).toEqual([...run.predictions[0]!.probability.slice(0, 200)])
    const { bars } = await loadRunBars(run)
    expect(bars.time[500]).toBe(time[0])
    expect(runEquity(run, bars).map(({ model, result }) => [model, result.time.length])).toEqual([
      ['logistic', 400],
      ['lightgbm', 400],
    ])
    expect(runResources(run)).toMatchObject({ fitSeconds: { logistic: 3, lightgbm: 3 } })
  })

  it('loads what is there and names what is torn', async () => {
    const { id, path } = await storedRun().then((run) => ({ id: run.id, path: run.path.bind(run) }))
    const fits = readdirSync(path('fits')).sort()
    writeFileSync(path('metrics.json'), readFileSync(path('metrics.json'), 'utf8').slice(0, 100))
    truncateSync(path('predictions.parquet'), 500)
    writeFileSync(path('fits', fits[0]!, 'fit.json'), '{"check": "')
    writeFileSync(path('fits', fits[1]!, 'fit.json'), readFileSync(path('fits', fits[1]!, 'fit.json'), 'utf8').replace('0.69', '0.68'))
    rmSync(path('fits', fits[2]!, 'fit.json'))
    mkdirSync(path('resources'))
    writeFileSync(path('resources', 'a.json'), '{"time": [')
    const run = await loadRun(id)
    expect(run).toMatchObject({ metrics: undefined, predictions: [] })
    expect(run.fits).toHaveLength(1)
    expect(run.problems).toEqual([
      expect.stringContaining('metrics.json'),
      expect.stringContaining('predictions.parquet'),
      expect.stringContaining('a.json'),
      ...[`${fits[0]}: its manifest was cut short`, `${fits[1]}: its manifest was changed`, `${fits[2]}: it has no manifest`].map(
        (text) => `fits/${text}`,
      ),
    ])
    truncateSync(path('fits', fits[3]!, 'predictions.bin'), 100)
    expect(() => readFitPredictions(run.fits[0]!)).toThrow(code('fit-unreadable'))
    await expect(loadRun('nothing')).rejects.toThrow(code('run-not-found'))
    writeFileSync(path('run.json'), '{')
    await expect(loadRun(id)).rejects.toThrow(code('run-unreadable'))
  })

  it('says where a failed run stopped, of its last attempt', async () => {
    const run = await Run.create({ name: 'x', kind: 'pipeline', parameters: {} })
    const cell = (source: string, cell_type = 'code') => ({ cell_type, source, metadata: {} })
    const cells = [
      cell('# Study', 'markdown'),
      cell('import 1'),
      cell(''),
      cell('## Folds\n\nThey are ...', 'markdown'),
      cell('let a = 1\nb()'),
    ]
    writeJsonAtomicSync(run.path('notebook.ipynb'), { nbformat: 4, nbformat_minor: 5, metadata: {}, cells })
    run.event('cell-started', { cell: 1 })
    run.event('fit-started', { model: 'old', fold: 0 })
    for (const type of ['cell-started', 'cell-finished']) run.event(type, { cell: 1, status: 'ok' })
    run.event('cell-started', { cell: 2 })
    for (const fold of [0, 1]) run.event('fit-started', { model: 'lstm', fold })
    run.event('fit-finished', { model: 'lstm', fold: 0 })
    run.event('cell-finished', { cell: 2, status: 'failed' })
    writeFileSync(run.path('run.log'), `${Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n')}\n`)
    await run.finish('failed', { error: new LabError('bad', 'It broke.', { help: 'mend it' }) })
    const { end, metrics } = await loadRun(run.id)
    expect(metrics).toBeUndefined()
    expect(end).toMatchObject({
      status: 'failed',
      error: { code: 'bad', help: 'mend it' },
      step: { cell: 2, title: 'Folds', source: 'let a = 1\nb()' },
      unfinishedFits: [{ model: 'lstm', fold: 1 }],
    })
    expect(end!.log).toHaveLength(30)
    expect(end!.log.at(-1)).toBe('line 49')
    writeFileSync(run.path('notebook.ipynb'), '{"cells": [')
    expect((await loadRun(run.id)).end!.step).toEqual({ cell: 2 })
  })

  it('refuses other data, other results, and models that are not there', async () => {
    const stored = await storedRun({ models: { logistic: 0 } })
    const run = await loadRun(stored.id)
    const { bars } = await loadRunBars(run)
    const changed = { ...run, record: { ...run.record, dataset: { ...(run.record.dataset as object), sha256: 'f'.repeat(64) } } }
    await expect(loadRunBars(changed)).rejects.toThrow(code('data-changed', { expected: `sha256 ${'f'.repeat(64)}` }))
    await expect(loadRunBars({ ...run, record: { ...run.record, dataset: undefined } })).rejects.toThrow(code('no-recorded-data'))
    const metrics = JSON.parse(
      readFileSync(stored.path('metrics.json'), 'utf8').replaceAll('"threshold": 0.5', '"threshold": 0.6'),
    ) as object
    expect(() => runEquity({ ...run, metrics: metrics as Record<string, unknown> }, bars)).toThrow(code('equity-differs'))
    await expect(loadRunModel(run, { model: 'lstm', fold: 0 })).rejects.toThrow(
      code('no-such-fit', { expected: 'one of logistic fold 0, logistic fold 1' }),
    )
    await expect(loadRunModel(run, { model: 'logistic', fold: 1 })).rejects.toThrow(code('no-model'))
    await expect(loadRunModel({ ...run, fits: [] }, { model: 'logistic', fold: 1 })).rejects.toThrow(/no such fitted model/)
    renameSync(stored.path('fits'), stored.path('gone'))
    expect((await loadRun(stored.id)).fits).toEqual([])
  })

  it('reads merged bars of a range again', async () => {
    const { loadBars } = await import('../data/index.js')
    const { source } = await loadBars({ dataset: 'btc-usd-1h', timeframe: '4h', from: '2018-01-10', to: '2018-02-01' })
    const run = await Run.create({ name: 'x', kind: 'script', parameters: {} })
    await run.record('dataset', source)
    const again = await loadRunBars(await loadRun(run.id))
    expect(again.source).toEqual(source)
  })
})
