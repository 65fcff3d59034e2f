import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { readInstalled } from '../src/native/installed.js'
import { runPipeline } from '../src/notebook/index.js'
import { readRun } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'

const missing = readInstalled() === undefined ? 'set-up has not run (npm run setup)' : undefined
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`)

ownRunsFolder('notebooks')

/** Runs a notebook headless. @returns its metrics and the executed notebook as text */
async function run(name: string, parameters: Record<string, unknown>) {
  const result = await runPipeline({ notebooks: [projectPath('notebooks', `${name}.ipynb`)], parameters, quiet: true })
  expect(result.notebooks[0]!.error).toBeUndefined()
  expect(result.exitCode).toBe(0)
  const folder = result.notebooks[0]!.folder!
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  return { folder, metrics: JSON.parse(read('metrics.json')) as Record<string, unknown>, text: read('notebook.ipynb') }
}

describe.skipIf(missing !== undefined)('notebooks, headless on small parameters', () => {
  it('quickstart goes from bars to a verdict', async () => {
    const { folder, metrics, text } = await run('quickstart', { dataset: 'googl-1d', horizon: 1, folds: 2 })
    expect(metrics.verdict).toMatchObject({
      sentences: expect.arrayContaining([expect.stringMatching(/^logistic: AUC 0\.\d+/)]) as string[],
    })
    expect(text).toContain('application/vnd.plotly.v1+json')
    // What `runs list`, `runs compare` and the last lines of the console need.
    expect(metrics.leaks).toMatchObject({ clean: true })
    const { models } = metrics.evaluation as { models: { model: string }[] }
    expect(models.map(({ model }) => model)).toEqual(['logistic', 'lightgbm', 'constant', 'persistence'])
    expect(readRun(folder).outcome).toMatchObject({ headline: (metrics.verdict as { sentences: string[] }).sentences[0] })
    for (const file of ['report.html', 'predictions.parquet']) expect(existsSync(join(folder, file))).toBe(true)
    const log = readFileSync(join(folder, 'run.log'), 'utf8')
    for (const line of [/^\[1\/\d+\] loads the workbench$/m, /^\[\d+\/\d+\] ROC curves$/m, /^types checked in \d+\.\d s$/m])
      expect(log).toMatch(line)
    // Folds count from 1 for people.
    expect(log).toMatch(/^ +lightgbm +2 +\d/m)
    expect(log).not.toMatch(/^ +lightgbm +0 +\d/m)
  })

  it('features finds its own leak, and no difference between batch and stream', async () => {
    const { metrics, text } = await run('features', { dataset: 'googl-1d', period: 6 })
    expect(metrics.alone).toHaveLength(20)
    expect(text).toMatch(/1 LEAK FOUND.*pressure_centred_6/s)
    expect(text).toMatch(/\[figure regime-bands\].*: calm third \d+ %, middle third \d+ %, wild third \d+ %\./)
  })

  it('many-symbols scores models of their own and of all symbols on the same rows', async () => {
    const { metrics } = await run('many-symbols', { symbols: ['BTCUSD', 'LTCUSD'], folds: 2 })
    const rows = metrics.rows as { symbol: string; model: string; fitted: string; rows: number; auc: number }[]
    expect(rows).toHaveLength(8)
    for (const { symbol, model, rows: count } of rows)
      expect(rows.filter((other) => other.symbol === symbol && other.model === model && other.rows === count)).toHaveLength(2)
    expect(rows.every(({ auc, rows: count }) => auc > 0.3 && auc < 0.7 && count > 300)).toBe(true)
  })

  it('ensemble tunes, stacks, calibrates, and passes oracle and noise', async () => {
    const parameters = { dataset: 'googl-1d', horizon: 2, trials: 2, epochs: 2, members: 2, columns: 10 }
    const { metrics, text } = await run('ensemble', parameters)
    expect(metrics.study).toMatchObject({ trials: 2, best: expect.any(Number) as number })
    expect((metrics.holdout as { model: string }[]).map(({ model }) => model)).toEqual([
      'logistic',
      'random_forest',
      'lightgbm, tuned',
      'deep_ensemble',
      'stack',
    ])
    const { oracle } = metrics.checks as { oracle: { pass: boolean }[] }
    expect(oracle.every(({ pass }) => pass)).toBe(true)
    for (const figure of ['shap', 'reliability', 'study-history']) expect(text).toContain(figure)
  })

  it('labels-and-leaks shows that a shuffled split pretends most', async () => {
    const { metrics } = await run('labels-and-leaks', { dataset: 'eur-usd-1h', horizon: 24, folds: 2 })
    const results = metrics.results as { case: string; model: string; 'gained by the mistake': number }[]
    const gained = (name: string): number => results.find((row) => row.case === name && row.model === 'lightgbm')!['gained by the mistake']
    expect(gained('shuffled')).toBeGreaterThan(0.1)
    expect(gained('shuffled')).toBeGreaterThan(gained('scaled by all'))
    expect(results).toHaveLength(10)
  })
})
