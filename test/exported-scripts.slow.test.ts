import { describe, expect, it } from 'vitest'
import { readInstalled } from '../src/native/installed.js'
import { runBothDoors } from './fixtures/both-doors.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'

const missing = readInstalled() === undefined ? 'set-up has not run (npm run setup)' : undefined
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`)

const runs = ownRunsFolder('exported-scripts-slow')

/** features is in exported-scripts.test.ts, direction in direction.test.ts; run-review writes no metrics. */
const CASES: readonly [name: string, parameters: Record<string, unknown>][] = [
  ['quickstart', { dataset: 'googl-1d', horizon: 1, folds: 2 }],
  ['labels-and-leaks', { dataset: 'eur-usd-1h', horizon: 24, folds: 2 }],
  ['many-symbols', { symbols: ['BTCUSD', 'LTCUSD'], folds: 2 }],
  ['lstm', { dataset: 'googl-1d', lookback: 8, units: 6, epochs: 4, symbols: ['BTCUSD', 'LTCUSD'] }],
  ['ensemble', { dataset: 'googl-1d', horizon: 2, trials: 2, epochs: 2, members: 2, columns: 10 }],
]

describe.skipIf(missing !== undefined)('a script exported from a notebook', () => {
  it.each(CASES)('leaves the metrics.json bytes of %s', async (name, parameters) => {
    const { notebook, script } = await runBothDoors(name, parameters, runs)
    expect(script).toBe(notebook)
  })
})
