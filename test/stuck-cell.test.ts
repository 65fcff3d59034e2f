import { describe, expect, it } from 'vitest'
import { runPipeline } from '../src/notebook/index.js'
import { readEvents, readRun } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { testNotebooks } from './fixtures/test-notebooks.js'

const { write } = testNotebooks('stuck')
ownRunsFolder('stuck')

describe('a cell that cannot be interrupted', () => {
  it('is given up after its limit and some grace; nobody asks its kernel about finished steps', { timeout: 120_000 }, async () => {
    const path = write('stuck', [
      { code: 'const loaded = 1', tags: ['step:load'] },
      // Behind the first await the interrupt of the system is no longer heard.
      'await new Promise((resolve) => setTimeout(resolve, 10))\nwhile (loaded === 1) {}',
    ])
    const result = await runPipeline({ notebooks: [path], quiet: true, cellTimeoutMs: 1000 })
    expect(result).toMatchObject({ exitCode: 75, notebooks: [{ status: 'interrupted' }] })
    const { folder } = result.notebooks[0]!
    expect(readRun(folder!).steps).toMatchObject({ load: { kept: true } })
    expect(readEvents(folder!).at(-1)).toMatchObject({ type: 'cell-finished', status: 'interrupted' })
  })
})
