import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { storedRun } from '../../../test/fixtures/stored-run.js'
import { LabError, writeJsonAtomicSync } from '../../core/index.js'
import { delongDifference } from '../../metrics/index.js'
import { loadRun, type LoadedRun } from '../load-run.js'
import { Run } from '../run.js'
import { readRun } from '../run-record.js'
import { useRunsFolder } from '../track-test.fixture.js'
import { flatten } from './flatten.js'
import { compareRuns, runEquities } from './index.js'

useRunsFolder()
const load = (...runs: readonly Run[]): Promise<LoadedRun[]> => Promise.all(runs.map(({ id }) => loadRun(id)))
const code = (expected: string): Error => expect.objectContaining({ code: expected, exitCode: 2 }) as Error

describe('flatten', () => {
  it('gives paths and texts; lists of objects by their names', () => {
    expect([...flatten({ a: { b: 1, c: [1, 2] }, d: [{ model: 'x', auc: 0.5 }, { auc: NaN }], e: undefined, f: null })]).toEqual([
      ['a.b', '1'],
      ['a.c', '[1,2]'],
      ['d.x.auc', '0.5'],
      ['d.1.auc', '"NaN"'],
      ['f', 'null'],
    ])
  })
})

describe('compareRuns', () => {
  it('names the facts in which runs differ and counts the others', async () => {
    const a = await storedRun({ config: { gates: { min_auc: 0.5 }, workers: 2 } })
    const b = await storedRun({ config: { gates: { min_auc: 0.6 }, workers: 2 }, seed: 9, parameters: { epochs: 3 } })
    const { areas, runs, remarks } = compareRuns(await load(a, b))
    expect(runs.map(({ label, id }) => [label, id])).toEqual([
      ['A', a.id],
      ['B', b.id],
    ])
    const found = Object.fromEntries(
      areas.flatMap(({ differences }) => differences.map(({ area, key, values }) => [`${area} ${key}`, values])),
    )
    expect(found).toEqual({
      'parameters epochs': [null, '3'],
      'parameters seed': ['7', '9'],
      'config gates.min_auc': ['0.5', '0.6'],
    })
    expect(Object.fromEntries(areas.map(({ area, equal }) => [area, equal]))).toMatchObject({ parameters: 2, config: 1, data: 10 })
    expect(remarks.filter((remark) => !remark.includes('uncommitted'))).toEqual([])
  })

  it('names data, code, environment and features that are others', async () => {
    const [a, b] = [await storedRun(), await storedRun()]
    const record = readRun(b.folder)
    const dataset = { ...(record.dataset as object), sha256: 'e'.repeat(64), rows: 99 }
    const environment = { ...record.environment, node: 'v99.0.0', packages: { ...record.environment.packages, zod: '9.9.9' } }
    writeJsonAtomicSync(b.path('run.json'), { ...record, dataset, environment, git: { commit: 'c'.repeat(40), dirty: true } })
    writeFileSync(b.path('metrics.json'), readFileSync(b.path('metrics.json'), 'utf8').replace('"rsi_14"', '"adx_14"'))
    const { areas, remarks } = compareRuns(await load(a, b))
    const of = (name: string): Record<string, unknown> =>
      Object.fromEntries(areas.find(({ area }) => area === name)!.differences.map(({ key, values }) => [key, values[1]]))
    expect(of('data')).toEqual({ sha256: 'e'.repeat(64), rows: '99', features: '2; not in every run: adx_14' })
    expect(of('code')).toMatchObject({ commit: 'c'.repeat(40) })
    expect(of('environment')).toEqual({ node: 'v99.0.0', 'packages.zod': '9.9.9' })
    expect(remarks).toContain('B ran on uncommitted changes: its code is not that of its commit alone.')
  })

  it('tests each model that both have, and the best of each, on their common rows', async () => {
    const a = await storedRun({ models: { logistic: 0, lightgbm: 1 } })
    const b = await storedRun({ models: { logistic: 0, lightgbm: 0, lstm: 3 }, seed: 8, firstRow: 600 })
    const loaded = await load(a, b)
    const { pairs, models } = compareRuns(loaded)
    expect(pairs.map(({ models: names, common, rows }) => [...names, common, ...rows])).toEqual([
      ['logistic', 'logistic', 300, 400, 400],
      ['lightgbm', 'lightgbm', 300, 400, 400],
      ['lightgbm', 'lstm', 300, 400, 400],
    ])
    // By hand: rows 600 to 899 are the last 300 of A and the first 300 of B.
    const [first, second] = loaded.map(({ predictions }) => predictions.find(({ model }) => model === 'lightgbm')!)
    const byHand = delongDifference(first!.label.slice(100), first!.probability.slice(100), second!.probability.slice(0, 300))
    expect(pairs[1]!.test).toEqual(byHand)
    expect(byHand.pValue).toBeLessThan(0.01)
    expect(pairs[2]!.test!.difference).toBeGreaterThan(0)
    expect(models.map(({ model, role, runs }) => [model, role, runs.map((scores) => scores?.rows ?? null)])).toEqual([
      ['logistic', 'model', [400, 400]],
      ['lightgbm', 'model', [400, 400]],
      ['lstm', 'model', [null, 400]],
      ['constant', 'baseline', [400, 400]],
      ['persistence', 'baseline', [400, 400]],
    ])
    expect(models[0]!.runs[0]).toMatchObject({ lower: expect.any(Number) as number, trading: { fills: expect.any(Number) as number } })
  })

  it('says why rows cannot be paired', async () => {
    const a = await storedRun({ models: { logistic: 0 } })
    const later = await storedRun({ models: { logistic: 0 }, firstRow: 1500 })
    const longer = await storedRun({ models: { logistic: 0 }, horizonBars: 5 })
    const [one, ...others] = await load(a, later, longer)
    const other = {
      ...one!,
      folder: `${one!.folder}-other`,
      record: { ...one!.record, dataset: { ...(one!.record.dataset as object), symbol: 'MSFT' } },
    }
    const { pairs } = compareRuns([one!, ...others])
    expect(pairs.map(({ reason, test }) => [reason, test])).toEqual([
      ['no bar was predicted by both', null],
      ['their labels differ', null],
    ])
    const reasons = compareRuns([one!, { ...others[0]!, record: other.record }]).pairs.map(({ reason }) => reason)
    expect(reasons).toEqual(['another symbol: GOOGL, MSFT'])
  })

  it('counts overlapping labels in, as the evaluation did', async () => {
    const [a, b] = [await storedRun({ horizonBars: 5 }), await storedRun({ horizonBars: 5, seed: 3 })]
    expect(compareRuns(await load(a, b)).pairs[0]!.test!.lags).toBe(16)
  })

  it('compares what there is of a failed run, one with torn metrics, and one with metrics of its own', async () => {
    const ok = await storedRun()
    const failed = await Run.create({ name: 'direction', kind: 'pipeline', parameters: { dataset: 'googl-1d' } })
    failed.event('cell-started', { cell: 5 })
    await failed.finish('failed', { error: new LabError('too-few-bars', 'There are too few bars.') })
    const torn = await storedRun()
    writeFileSync(torn.path('metrics.json'), '{"evaluation": {')
    const own = await Run.create({ name: 'lstm', kind: 'pipeline', parameters: {} })
    own.writeMetrics({ scores: [{ model: 'LSTM', auc: 0.6 }], evaluation: 'none' })
    await own.finish('ok')
    const { remarks, models, otherMetrics, pairs, runs } = compareRuns(await load(ok, failed, torn, own))
    expect(remarks.filter((remark) => !remark.includes('uncommitted'))).toEqual([
      'B failed in cell 5. There are too few bars.',
      expect.stringContaining('B has no metrics'),
      expect.stringContaining('C has no metrics'),
      expect.stringContaining('C: The metrics of a run cannot be read.'),
      expect.stringContaining('D has metrics of another form'),
    ])
    expect(models[0]!.runs.map((scores) => scores !== null)).toEqual([true, false, false, false])
    expect(otherMetrics).toContainEqual({ key: 'scores.LSTM.auc', values: [null, null, null, '0.6'] })
    expect(pairs.map(({ runs: [, other] }) => other)).toEqual([2, 2])
    expect(runs[1]).not.toHaveProperty('best')
    const equities = await runEquities(await load(ok, failed))
    expect(equities.map(({ equity, reason }) => [equity.length, reason])).toEqual([
      [2, undefined],
      [0, 'it has no backtests'],
    ])
  })

  it('needs two different runs', async () => {
    const [a] = await load(await storedRun({ models: { logistic: 0 } }))
    expect(() => compareRuns([a!, a!])).toThrow(code('same-run'))
    expect(() => compareRuns([a!])).toThrow(code('too-few-runs'))
    expect(() => compareRuns(Array.from({ length: 9 }, (_, i) => ({ ...a!, folder: String(i) })))).toThrow(code('too-many-runs'))
  })
})
