import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { readInstalled } from '../src/native/installed.js'
import { runPipeline } from '../src/notebook/index.js'
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
  return { metrics: JSON.parse(read('metrics.json')) as Record<string, unknown>, text: read('notebook.ipynb') }
}

describe.skipIf(missing !== undefined)('notebooks, headless on small parameters', () => {
  it('quickstart goes from bars to a verdict', async () => {
    const { metrics, text } = await run('quickstart', { dataset: 'googl-1d', horizon: 1, folds: 2 })
    expect(metrics.verdict).toMatchObject({
      sentences: expect.arrayContaining([expect.stringMatching(/^logistic: AUC 0\.\d+/)]) as string[],
    })
    expect(text).toContain('application/vnd.plotly.v1+json')
  })

  it('features finds its own leak, and no difference between batch and stream', async () => {
    const { metrics, text } = await run('features', { dataset: 'googl-1d', period: 6 })
    expect(metrics.alone).toHaveLength(20)
    expect(text).toMatch(/1 LEAK FOUND.*pressure_centred_6/s)
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
