import { isLabError } from '../../core/index.js'
import type { LoadedRun } from '../load-run.js'
import { loadRunBars } from '../run-bars.js'
import { runEquity, type RunEquity } from '../run-equity.js'

/** The equity curves of a run, or why they cannot be had. */
export interface RunEquities {
  readonly equity: readonly RunEquity[]
  readonly reason?: string
}

/** The backtests of each run again (see `runEquity`), in order. Data that are gone or changed are a reason in words, not an error. */
export async function runEquities(runs: readonly LoadedRun[]): Promise<RunEquities[]> {
  const all: RunEquities[] = []
  for (const run of runs) {
    if (run.predictions.length === 0 || !Array.isArray(run.metrics?.trading)) {
      all.push({ equity: [], reason: 'it has no backtests' })
      continue
    }
    try {
      const { bars } = await loadRunBars(run)
      all.push({ equity: runEquity(run, bars) })
    } catch (error) {
      if (!isLabError(error)) throw error
      all.push({ equity: [], reason: `${error.message} (${error.received ?? error.code})` })
    }
  }
  return all
}
