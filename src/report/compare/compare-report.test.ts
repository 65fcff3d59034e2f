import { readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ownRunsFolder } from '../../../test/fixtures/own-runs-folder.js'
import { storedRun } from '../../../test/fixtures/stored-run.js'
import { unlinkedNumbers } from '../../../test/fixtures/unlinked-numbers.js'
import { compareRuns, loadRun, runEquities, writeResources, type LoadedRun, type RunComparison } from '../../track/index.js'
import { seriesColor } from '../palette.js'
import {
  comparisonFigures,
  comparisonPath,
  comparisonReport,
  comparisonSentences,
  comparisonText,
  runCalibration,
  runFoldScores,
  runLearningCurves,
  runResourceUse,
  runRoc,
  writeComparison,
} from './index.js'

ownRunsFolder('compare')

describe('a comparison', () => {
  let runs: LoadedRun[]
  let comparison: RunComparison
  beforeAll(async () => {
    const a = await storedRun({ models: { logistic: 0, lightgbm: 0.2 } })
    const b = await storedRun({ models: { lightgbm: 0.5, lstm: 0 }, seed: 8 })
    const c = await storedRun({ models: { logistic: 0 }, seed: 9 })
    runs = await Promise.all([a, b, c].map(({ id }) => loadRun(id)))
    comparison = compareRuns(runs)
  })

  it('says first whether a difference is more than chance', () => {
    const [head, ...rest] = comparisonSentences(comparison)
    expect(head).toBe('2 of 3 AUC differences beyond chance.')
    expect(rest.find((sentence) => sentence.startsWith('lightgbm'))).toMatch(
      /^lightgbm, B − A: AUC \+0\.\d{3} \(95 % interval \+0\.\d{3} to \+0\.\d{3}, p below 0\.001\) on 400 common rows: 0\.\d{3} in A, 0\.\d{3} in B\.$/,
    )
    expect(rest.at(-1)).toContain('of 20 comparisons')
    expect(comparisonSentences({ ...comparison, pairs: [] })).toEqual(['The runs have no predictions of the same rows to be compared by.'])
    const refused = { ...comparison.pairs[0]!, test: null, reason: 'their labels differ' }
    expect(comparisonSentences({ ...comparison, pairs: [refused] })).toEqual([
      'The runs cannot be compared row by row: their labels differ.',
    ])
  })

  it('says what to do where a run saved no evaluation', async () => {
    const hint = 'A was made by a notebook that saves no evaluation: end it with saveDirection(...) (see notebooks/quickstart.ipynb).'
    const without = { ...comparison, models: comparison.models.map((entry) => ({ ...entry, runs: [null, ...entry.runs.slice(1)] })) }
    expect(comparisonText(comparison)).not.toContain('saves no evaluation')
    expect(comparisonText(without)).toContain(hint)
    const [first, ...others] = without.runs
    // What did not end has a remark of its own.
    expect(comparisonText({ ...without, runs: [{ ...first!, status: 'failed' }, ...others] })).not.toContain('saves no evaluation')
    const spec = comparisonReport({ runs, comparison: without, equities: await runEquities(runs) })
    expect(spec.sections[0]!.paragraphs![0]).toContain(hint)
  })

  it('is aligned text with the conclusion last', () => {
    const text = comparisonText(comparison)
    const lines = text.split('\n')
    const auc = lines.indexOf('AUC, with its 95 % interval')
    expect(lines[auc + 1]).toMatch(/^model +A +B +C +test rows$/)
    expect(lines.find((line) => line.startsWith('lstm '))).toContain('–')
    expect(text).toMatch(/parameters +seed +7 +8 +9/)
    expect(text.indexOf('AUC differences beyond chance')).toBeGreaterThan(text.indexOf('What differs'))
  })

  it('draws each model that several runs have, a colour a run, and the best of each where they differ', async () => {
    const figures = comparisonFigures({ runs, comparison, equities: await runEquities(runs) })
    const names = Object.fromEntries(
      Object.entries(figures).map(([subject, of]) => [subject, (of as readonly { name: string }[]).map(({ name }) => name)]),
    )
    const groups = (name: string, best = true): string[] => [
      `${name}-logistic`,
      `${name}-lightgbm`,
      ...(best ? [`${name}-best-of-each`] : []),
    ]
    expect(names).toEqual({
      intervals: ['auc-intervals', 'auc-differences'],
      roc: groups('roc-curves'),
      folds: groups('fold-scores'),
      calibration: groups('calibration'),
      equity: groups('equity'),
      learning: groups('learning-curves', false),
      resources: ['fit-times'],
    })
    // Logistic is in A and C: C keeps the third colour.
    for (const [shown] of [figures.roc, figures.equity, figures.calibration, figures.learning]) {
      const ofC = shown!.data.filter((trace) => String(trace.name).startsWith('C') && trace.mode !== 'markers')
      expect(ofC.length, shown!.name).toBeGreaterThan(0)
      for (const trace of ofC) expect((trace.line as { color: string }).color).toBe(seriesColor(2))
    }
  })

  it('is a page of its own, with names of figures that are anchors once', async () => {
    const spec = comparisonReport({ runs, comparison, equities: await runEquities(runs) })
    expect(spec.sections.map(({ id }) => id)).toEqual([
      ...['runs', 'differences', 'scores', 'roc', 'folds', 'other-scores', 'calibration', 'equity', 'learning', 'resources'],
    ])
    const path = join(tmpdir(), `barlab-compare-${process.pid}.html`)
    const bytes = await writeComparison(path, runs, comparison)
    expect(statSync(path).size).toBe(bytes)
    expect(bytes).toBeLessThan(6e6)
    const html = readFileSync(path, 'utf8')
    expect(html).toContain('<p class="badge">Comparison</p>')
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/)
    expect(unlinkedNumbers(html)).toEqual([])
    rmSync(path)
  })

  it('names why an equity curve is missing', () => {
    const equities = [{ equity: [], reason: 'The data are not those of the run any more.' }, { equity: [] }, { equity: [] }]
    const spec = comparisonReport({ runs, comparison, equities })
    expect(spec.sections.find(({ id }) => id === 'equity')!.paragraphs).toEqual([
      'No equity curve of A: The data are not those of the run any more.',
    ])
  })

  it('has a file name that a file system takes', () => {
    expect(comparisonPath(runs.slice(0, 2))).toMatch(/compare-\d{8}-\d{6}-direction-\w{4}-\d{8}-\d{6}-direction-\w{4}\.html$/)
    const many = Array.from({ length: 8 }, (_, i) => ({ id: `20261121-063012-${'x'.repeat(40)}-000${i}` }))
    expect(comparisonPath(many).split('/').at(-1)!.length).toBeLessThan(255)
    expect(comparisonPath(many)).not.toBe(comparisonPath([...many].reverse()))
  })

  it('has the figures of one run alone', () => {
    const run = runs[0]!
    expect(runRoc(run).data.map(({ name }) => name)).toEqual([
      'guessing 0.5',
      expect.stringMatching(/^logistic 0\./),
      expect.stringMatching(/^lightgbm 0\./),
    ])
    expect(runFoldScores(run).data).toHaveLength(2)
    expect(runCalibration(run).data.length).toBe(5)
    expect(runLearningCurves(run).data.length).toBeGreaterThan(3)
    expect(runResourceUse(run)).toBeUndefined()
  })

  it('shows memory and processors of the runs that kept them, each under its letter', async () => {
    const fresh = await storedRun({ models: { logistic: 0 }, seed: 10 })
    const none = Float64Array.of(NaN, NaN)
    const host = { hostUsed: Float64Array.of(2 ** 30, 2 ** 31), hostLimit: Float64Array.of(2 ** 33, 2 ** 33) }
    writeResources(fresh, { time: Float64Array.of(0, 1000), ...host, gpuUsed: none, gpuLimit: none, cpuShare: Float64Array.of(NaN, 0.5) })
    const both = [runs[0]!, await loadRun(fresh.id)]
    const { resources } = comparisonFigures({ runs: both, comparison: compareRuns(both), equities: await runEquities(both) })
    expect(resources.map(({ name }) => name)).toEqual(['fit-times', 'resource-use-b'])
    expect(runResourceUse(both[1]!)!.data.find(({ name }) => name === 'host')!.y).toEqual([1, 2])
  })
})
