import type { LongFlatResult } from '../../backtest/index.js'
import { LabError } from '../../core/index.js'
import type { Bars } from '../../data/index.js'
import type { PooledPrediction } from '../../evaluate/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import { chartTrades, counted, figure, priceChart, type Figure, type PriceLine } from '../../report/index.js'
import { highestAuc } from './direction-verdict.js'
import type { DirectionScores } from './score-direction.js'

export interface TradesFigureInput {
  readonly bars: Bars
  readonly scores: Pick<DirectionScores, 'evaluation' | 'pooled' | 'backtests'>
  /** Default: the model with the highest AUC over all test rows. */
  readonly model?: string
  /** Most bars shown; default 200. */
  readonly last?: number
  /** Features of the panel below, in place of the probability and its threshold. X has one row a bar. */
  readonly panel?: { readonly X: FeatureMatrix; readonly features: readonly string[] }
}

/**
 * What one model bought and sold in its backtest, on the candles: the last bars of the test range, or the latest ones with a trade where these have none. The panel below is the
 * probability that decided, with its threshold.
 * @throws LabError `unknown-model`, `unknown-feature`
 */
export function tradesFigure({ bars, scores, last = 200, panel, ...input }: TradesFigureInput): Figure {
  const model = input.model ?? highestAuc(scores.evaluation)?.model
  const result = scores.backtests.find((own) => own.model === model)?.result
  if (model === undefined || result === undefined) throw unknownModel(model, scores)
  const { from, to, moved } = shownBars(bars, result, last)
  const pooled = scores.pooled.find((own) => own.model === model)
  const lines = panel === undefined ? probabilityLines(bars, pooled, result.threshold) : featureLines(panel.X, panel.features)
  const chart = priceChart(bars, { from, to, panel: lines, trades: chartTrades(result.trades) })
  const window = `${counted(to - from, 'bar')} ${moved ? 'around its latest trade; there is none later in the test range' : 'at the end of the test range'}`
  const caption =
    result.trades.length === 0
      ? `${model} never traded in the test range: no probability that could be filled was above ${result.threshold}. ${window[0]!.toUpperCase()}${window.slice(1)}.`
      : `What ${model} bought (triangles up) and sold (down) in the backtest, ${counted(result.trades.length, 'trade')} in all: ${window}. A call at a bar's close is filled at the next open.`
  const title = result.trades.length === 0 ? `${bars.symbol}: ${model} never traded` : `${bars.symbol}: trades of ${model}`
  return figure('trades', caption, { data: chart.data, layout: { ...chart.layout, title: { text: title } } })
}

/** Rows from the first shown to the one after the last, within the span of the backtest. */
function shownBars(
  { time }: Bars,
  { time: span, trades }: LongFlatResult,
  last: number,
): { readonly from: number; readonly to: number; readonly moved: boolean } {
  const first = time.indexOf(span[0]!)
  const end = first + span.length
  const latest = trades.at(-1)
  const exit = latest === undefined ? end : time.indexOf(latest.exitTime)
  const moved = exit < end - last
  // Some of what came after the exit, so that it does not stand at the edge.
  const to = moved ? Math.min(end, exit + 1 + Math.floor(last / 10)) : end
  return { from: Math.max(first, to - last), to, moved }
}

function probabilityLines({ time }: Bars, pooled: PooledPrediction | undefined, threshold: number): PriceLine[] {
  const values = new Float64Array(time.length).fill(NaN)
  pooled?.rows.forEach((row, k) => (values[row] = pooled.proba[k]!))
  return [
    { name: 'probability of up', values },
    { name: `threshold ${threshold}`, values: new Float64Array(time.length).fill(threshold) },
  ]
}

const featureLines = ({ names, rows, values }: FeatureMatrix, features: readonly string[]): PriceLine[] =>
  features.map((name) => {
    const column = names.indexOf(name)
    if (column < 0)
      throw new LabError('unknown-feature', 'The feature matrix has no such column.', {
        received: name,
        expected: `one of ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', ...' : ''}`,
      })
    return { name, values: Float64Array.from({ length: rows }, (_, row) => values[row * names.length + column]!) }
  })

const unknownModel = (model: string | undefined, { backtests }: Pick<DirectionScores, 'backtests'>): LabError =>
  new LabError('unknown-model', 'There is no backtest of this model.', {
    received: model ?? 'no model at all',
    expected: `one of ${backtests.map((own) => own.model).join(', ')}`,
  })
