import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { readInstalled } from '../src/native/installed.js'
import { runPipeline } from '../src/notebook/index.js'
import { readEvents } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'

const missing = readInstalled() === undefined ? 'set-up has not run (npm run setup)' : undefined
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`)

ownRunsFolder('lstm-notebook')

describe.skipIf(missing !== undefined)('notebooks/lstm.ipynb', () => {
  it('trains, resumes to the same bytes, and scores both models, headless on small parameters', async () => {
    const result = await runPipeline({
      notebooks: [projectPath('notebooks/lstm.ipynb')],
      parameters: { dataset: 'googl-1d', lookback: 8, units: 6, epochs: 4, symbols: ['BTCUSD', 'LTCUSD'] },
      quiet: true,
    })
    expect(result.notebooks[0]!.error).toBeUndefined()
    expect(result.exitCode).toBe(0)
    const folder = result.notebooks[0]!.folder!
    const { scores, epochs } = JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as {
      scores: { model: string; auc: number; 'interval from': number; to: number }[]
      epochs: { epoch: number }[]
    }
    expect(scores.map(({ model }) => model)).toEqual(['LSTM, 6 units', 'linear in the window'])
    for (const { auc, to, ...score } of scores) {
      expect(score['interval from']).toBeLessThan(auc)
      expect(to).toBeGreaterThan(auc)
    }
    expect(epochs).toHaveLength(4)
    expect(readEvents(folder).filter(({ type }) => type === 'epoch')).toHaveLength(4)
    // The cell itself fails where the resumed weights differ; its checkpoints are gone.
    const notebook = readFileSync(join(folder, 'notebook.ipynb'), 'utf8')
    expect(notebook).toMatch(/resumed {2}.*3 4/)
    expect(existsSync(join(folder, 'checkpoints'))).toBe(false)
    expect(notebook).toMatch(/2 networks in .*BTCUSD.*LTCUSD/s)
  })
})
