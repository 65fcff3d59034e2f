import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config/index.js'
import { projectPath } from '../src/core/index.js'
import { readInstalled } from '../src/native/installed.js'
import { cellSource, readNotebook, runPipeline, writeReviewNotebook } from '../src/notebook/index.js'
import { trainDirection } from '../src/workflow/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { storedRun } from './fixtures/stored-run.js'

const missing = readInstalled() === undefined ? 'set-up has not run (npm run setup)' : undefined
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`)

ownRunsFolder('run-review')
const REVIEW = projectPath('notebooks/run-review.ipynb')
const executed = (folder: string): string => readFileSync(join(folder, 'notebook.ipynb'), 'utf8')

describe.skipIf(missing !== undefined)('notebooks/run-review.ipynb', () => {
  it('is skipped with a reason where there is nothing to compare', async () => {
    const { exitCode, notebooks } = await runPipeline({ notebooks: [REVIEW], quiet: true })
    expect(exitCode).toBe(3)
    expect(notebooks[0]).toMatchObject({
      status: 'skipped',
      error: { message: expect.stringContaining('none has finished with scores') as string },
    })
  })

  it('lays the two newest finished runs over one another', async () => {
    const older = await storedRun({ models: { logistic: 0.1, lightgbm: 0.2 } })
    const newer = await storedRun({ models: { lightgbm: 0.6, lstm: 0.1 }, seed: 8 })
    const { notebooks } = await runPipeline({ notebooks: [REVIEW], quiet: true })
    expect(notebooks[0]!.error).toBeUndefined()
    const text = executed(notebooks[0]!.folder!)
    expect(text.indexOf(older.id)).toBeLessThan(text.indexOf(newer.id))
    for (const name of ['auc-intervals', 'auc-differences', 'roc-curves-lightgbm', 'calibration-lightgbm', 'equity-lightgbm', 'fit-times'])
      expect(text, name).toContain(`[figure ${name}]`)
    expect(text).toContain('AUC difference beyond chance')
  })
})

// A notebook can import src/ only from inside the project.
const folder = projectPath('.cache/tests', `run-review-${process.pid}`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(missing !== undefined)('npm run runs -- open', () => {
  it('writes a notebook that reloads data, predictions and models of a run: the same probabilities to the last bit', async () => {
    const config = loadConfig()
    const validation = { ...config.training.validation, n_splits: 2 }
    const { run } = await trainDirection({
      dataset: 'googl-1d',
      models: ['logistic'],
      config: { ...config, training: { ...config.training, validation } },
    })
    const path = await writeReviewNotebook(run.id, join(folder, 'ok.ipynb'))
    const { notebooks } = await runPipeline({ notebooks: [path], quiet: true })
    expect(notebooks[0]!.error).toBeUndefined()
    const text = executed(notebooks[0]!.folder!)
    for (const name of ['candles', 'fold-scores', 'roc-curves', 'calibration', 'equity', 'learning-curves'])
      expect(text, name).toContain(`[figure ${name}]`)
    expect(text).toMatch(/Loaded and predicting again\\n.*largest difference.*\\n.*\\nlogistic +1 +\d+ +0"/)

    // As a run is that ended after its fits and before its scores.
    for (const file of ['predictions.parquet', 'metrics.json']) rmSync(run.path(file))
    const early = await runPipeline({ notebooks: [await writeReviewNotebook(run.id, join(folder, 'early.ipynb'))], quiet: true })
    expect(early.notebooks[0]!.error).toBeUndefined()
    const seen = executed(early.notebooks[0]!.folder!)
    expect(seen).toContain('[figure probability-histogram]')
    expect(seen).not.toContain('[figure roc-curves]')
  })

  it('says of a failed run at which cell it failed, and reloads what is there', async () => {
    const notebook = join(folder, 'study.ipynb')
    mkdirSync(folder, { recursive: true })
    const code = (source: string) => ({ cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null })
    const cells = [
      code(
        `import { loadBars, openRun, table } from '../../../src/index.js'\nconst run = await openRun({ name: 'study', parameters: { dataset: 'googl-1d' } })`,
      ),
      code(`await run.record('dataset', (await loadBars({ dataset: 'googl-1d' })).source)\nconst parts = 3`),
      { cell_type: 'markdown', metadata: {}, source: '## The step that fails' },
      code(`table([{ parts }])\nthrow new Error('no luck today')`),
    ]
    writeFileSync(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells }))
    const failed = await runPipeline({ notebooks: [notebook], quiet: true })
    expect(failed.notebooks[0]).toMatchObject({ status: 'failed' })

    const path = await writeReviewNotebook(failed.notebooks[0]!.runId!, join(folder, 'failed.ipynb'))
    const written = readNotebook(path)
    const stopped = cellSource(written.cells.find(({ id }) => id === 'stopped-title')!)
    expect(stopped).toContain('It stopped in cell 3, under *The step that fails*.')
    expect(stopped).toContain('no luck today')
    expect(stopped).toContain("```ts\ntable([{ parts }])\nthrow new Error('no luck today')\n```")
    expect(written.cells.map(({ id }) => id)).not.toContain('roc')
    const again = written.cells.find(({ id }) => id === 'failed')!
    expect(again.metadata).toEqual({ tags: ['explore'] })
    expect(cellSource(again)).toBe("import { table } from '../../../src/index.js'\ntable([{ parts }])\nthrow new Error('no luck today')")
    expect(cellSource(written.cells.find(({ id }) => id === 'failed-title')!)).toContain(
      'It uses values of cells before it: `parts` (cell 2).',
    )

    const { notebooks } = await runPipeline({ notebooks: [path], quiet: true })
    expect(notebooks[0]!.error).toBeUndefined()
    expect(executed(notebooks[0]!.folder!)).toContain('[figure candles]')
  })
})
