import { backtestLongFlat, type LongFlatResult } from '../backtest/index.js'
import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import type { RunMetrics } from './run-metrics.js'
import type { RunPredictions } from './run-predictions.js'

export interface RunEquity {
  readonly model: string
  readonly result: LongFlatResult
}

/** What metrics.json keeps of a backtest. */
interface StoredTrading {
  readonly model: string
  readonly threshold: number
  readonly feeRate: number
  readonly net: { readonly totalReturn: number | string }
}

const isStored = (value: unknown): value is StoredTrading => {
  const { model, threshold, feeRate, net } = (value ?? {}) as Partial<StoredTrading>
  return typeof model === 'string' && typeof threshold === 'number' && typeof feeRate === 'number' && typeof net === 'object'
}

/**
 * The backtests of a run again, from its predictions and bars, with the threshold and fee that metrics.json names: the curves are not kept, they come back bar for bar.
 * Empty where the run has no backtests.
 * @param bars the bars of the run, see `loadRunBars`
 * @throws LabError `equity-differs` where the return is not the one that metrics.json has: then the data or the backtest are other ones by now
 */
export function runEquity(
  {
    id,
    metrics,
    predictions,
  }: { readonly id: string; readonly metrics: RunMetrics | undefined; readonly predictions: readonly RunPredictions[] },
  bars: Bars,
): RunEquity[] {
  const trading = metrics?.trading
  const stored = Array.isArray(trading) ? trading.filter(isStored) : []
  const rowAt = new Map(Array.from(bars.time, (time, row) => [time, row]))
  return stored.flatMap(({ model, threshold, feeRate, net }) => {
    const own = predictions.find((one) => one.model === model)
    if (own === undefined) return []
    const rows = Int32Array.from(own.time, (time) => rowAt.get(time) ?? -1)
    const result = backtestLongFlat({ bars, signalRows: rows, proba: own.probability, threshold, feeRate })
    if (Math.abs(result.net.totalReturn - Number(net.totalReturn)) > 1e-9)
      throw new LabError('equity-differs', 'The backtest of the run does not come out as it did.', {
        received: `${model} of ${id}: return ${result.net.totalReturn}`,
        expected: String(net.totalReturn),
        help: 'the code of the backtest has changed since (npm run runs -- show ID names the commit)',
      })
    return [{ model, result }]
  })
}
