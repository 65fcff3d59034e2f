import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { projectPath, projectRoot } from '../src/core/index.js'
import { checkNotebookLeaks } from '../src/notebook/index.js'
import { listRuns } from '../src/track/index.js'
import { checkDatasetLeaks } from '../src/workflow/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'

mkdirSync(projectPath('.cache', 'tests'), { recursive: true })
const folder = mkdtempSync(projectPath('.cache', 'tests', 'leakcheck-'))
ownRunsFolder('leakcheck')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function notebook(name: string, cells: readonly string[]): string {
  const path = join(folder, `${name}.ipynb`)
  const toCell = (source: string, i: number): object => ({
    cell_type: 'code',
    id: `c${i}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  })
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: cells.map(toCell) }))
  return path
}

const open = `import { FeatureEngineer, certifyRun, defineFeature, loadBars, openRun } from '../../../src/index.js'
const run = await openRun({ name: 'leaky', parameters: {} })
const { bars } = await loadBars({ dataset: 'googl-1d', from: '2012-01-01' })
const feature = defineFeature({ name: 'next_close', group: 'price', description: 'a trap', inputs: ['close'], lookback: 0,
  compute: ({ close }) => close.map((v, i) => close[i + AHEAD] ?? v) })`
const certify =
  'const certificate = await certifyRun(run, { features: { transform: new FeatureEngineer({ features: [feature] }).fit(bars), bars } })'
const never = "throw new Error('the notebook must have ended')"

describe('leakcheck of a notebook', () => {
  it('ends the notebook at its certificate, which looks at every bar, and returns it', async () => {
    const path = notebook('leaky', [open.replace('AHEAD', '2'), certify, never])
    const certificate = await checkNotebookLeaks({ notebook: path, everyBar: true, quiet: true })
    expect(certificate.checks[0]!.leaks).toMatchObject([{ column: 'next_close', bar: 0, nearestBars: 2, reachBars: 2 }])
    expect(certificate.checks[0]!.methods.map(({ name, points }) => [name, points])).toContainEqual(['whole series cut and lengthened', 25])
    expect(listRuns().map(({ name, status }) => [name, status])).toEqual([['leaky', 'skipped']])
    expect(process.env.BARLAB_LEAKCHECK).toBeUndefined()
  })

  it('refuses a notebook without a certificate, and passes on why one failed', async () => {
    await expect(checkNotebookLeaks({ notebook: notebook('without', ['1 + 1']), quiet: true })).rejects.toMatchObject({
      ...{ code: 'no-certificate', exitCode: 2 },
      help: expect.stringContaining('certifyRun') as string,
    })
    await expect(checkNotebookLeaks({ notebook: notebook('fails', [never]), quiet: true })).rejects.toMatchObject({ code: 'cell-failed' })
  })
})

describe('leakcheck of a dataset', () => {
  it('certifies each symbol, with the features that compare them', async () => {
    const { certificate, warmup } = await checkDatasetLeaks({ dataset: 'crypto-1d', symbols: ['LTCUSD', 'ETHUSD'] })
    expect(certificate.clean).toBe(true)
    expect(certificate.checks.map(({ subject }) => subject)).toEqual(['LTCUSD 1d', 'ETHUSD 1d'])
    expect(certificate.checks[1]!.columns.some((name) => name.includes('ltcusd'))).toBe(true)
    expect(warmup.map(({ startups }) => startups[0])).toEqual([50, 50])
  })

  it('chooses its exit code and understands its arguments', () => {
    const door = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'scripts/leakcheck.ts', ...args], { cwd: projectRoot(), encoding: 'utf8' })
    const clean = door('crypto-1d', '--symbol', 'LTC/USD', '--json')
    expect(clean.status).toBe(0)
    const { certificate, warmup } = JSON.parse(clean.stdout) as { certificate: { clean: boolean }; warmup: unknown[] }
    expect([certificate.clean, warmup.length]).toEqual([true, 1])
    const refused = door('googl-1d', '-p', 'a=1')
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('only with a notebook')
  })
})
