import { DISPLAY, type Displayable, type MimeBundle } from '../../core/index.js'
import { table, type Table } from '../../report/index.js'
import type { StrategyResult } from './strategy-training.js'

export interface StrategySummary extends Displayable {
  /** In the order in which the strategies were given. */
  readonly results: readonly StrategyResult[]
  readonly trained: number
  /** Wall time of all. */
  readonly seconds: number
  /** Sum of the strategies' own times over the wall time: how many trained at once on average. */
  readonly concurrency: number
  readonly workers: number
  [DISPLAY](): MimeBundle
}

export function strategySummary(
  results: readonly StrategyResult[],
  { seconds, workers }: Pick<StrategySummary, 'seconds' | 'workers'>,
): StrategySummary {
  const trained = results.filter(({ status }) => status === 'trained').length
  const concurrency = seconds > 0 ? results.reduce((sum, result) => sum + result.seconds, 0) / seconds : 0
  return { results, trained, seconds, concurrency, workers, [DISPLAY]: () => asTable(results, trained, seconds)[DISPLAY]() }
}

/** One line a strategy; numbers of its result become columns. */
function asTable(results: readonly StrategyResult[], trained: number, seconds: number): Table {
  return table(
    results.map(({ name, status, seconds: own, peakMemoryMb, result, error }) => ({
      strategy: name,
      status,
      seconds: own,
      'peak MB': peakMemoryMb ?? NaN,
      ...figuresOf(result),
      problem: error === undefined ? '' : `${error.message}${error.received === undefined ? '' : ` (${error.received})`}`,
    })),
    { title: `${trained} of ${results.length} strategies trained in ${seconds.toFixed(1)} s`, columns: columnsOf(results) },
  )
}

const columnsOf = (results: readonly StrategyResult[]): string[] => [
  ...['strategy', 'status', 'seconds', 'peak MB'],
  ...new Set(results.flatMap(({ result }) => Object.keys(figuresOf(result)))),
  ...(results.some(({ error }) => error !== undefined) ? ['problem'] : []),
]

function figuresOf(result: unknown): Record<string, number> {
  if (result === null || typeof result !== 'object') return {}
  return Object.fromEntries(Object.entries(result).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
