import type { Trade } from '../backtest/index.js'
import { formatNumber } from './format-number.js'
import type { ChartTrade } from './plots/price-chart.js'

/** Trades of a backtest as fills for `priceChart`: a buy and a sell each, in time order; the sell says how long the position was held and what was left after fees. */
export const chartTrades = (trades: readonly Trade[]): ChartTrade[] =>
  trades.flatMap(({ entryTime, entryPrice, exitTime, exitPrice, bars, netReturn, closedByEnd }): ChartTrade[] => {
    const held = `after ${bars} bar${bars === 1 ? '' : 's'}, ${netReturn > 0 ? '+' : ''}${formatNumber(100 * netReturn, 2)} % after fees`
    return [
      { time: entryTime, price: entryPrice, side: 'buy' },
      { time: exitTime, price: exitPrice, side: 'sell', note: closedByEnd ? `${held}, closed because the span ended` : held },
    ]
  })
