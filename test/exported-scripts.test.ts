import { describe, expect, it } from 'vitest'
import { readInstalled } from '../src/native/installed.js'
import { runBothDoors } from './fixtures/both-doors.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'

const missing = readInstalled() === undefined ? 'set-up has not run (npm run setup)' : undefined
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`)

const runs = ownRunsFolder('exported-scripts')

describe.skipIf(missing !== undefined)('a script exported from a notebook', () => {
  // The quickest one; direction is in direction.test.ts, all others are in exported-scripts.slow.test.ts.
  it('leaves the metrics.json bytes of features', async () => {
    const { notebook, script } = await runBothDoors('features', { dataset: 'googl-1d', period: 6 }, runs)
    expect(script).toBe(notebook)
  }, 300_000)
})
