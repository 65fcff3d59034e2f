import { LabError } from '../../core/index.js'
import type { Bars } from '../../data/index.js'
import { figure, type Figure } from '../figure.js'
import { counted } from '../format-number.js'
import { DOWN_COLOR, INK, seriesColors, UP_COLOR } from '../palette.js'
import { timeAxis, utcTime, utcTimes } from '../utc-time.js'
import { candlestick } from './candlestick.js'

export interface PriceLine {
  readonly name: string
  /** One value a bar; NaN is a gap. */
  readonly values: ArrayLike<number>
}

export interface ChartTrade {
  /** ms since the epoch. */
  readonly time: number
  readonly price: number
  readonly side: 'buy' | 'sell'
  /** Shown when pointed at. */
  readonly note?: string
}

export interface PriceChartOptions {
  /** First bar, and the bar after the last one. Default: the last 200. */
  readonly from?: number
  readonly to?: number
  /** Drawn over the candles: averages, bands, stops. */
  readonly lines?: readonly PriceLine[]
  /** Drawn in a panel of their own below: oscillators. */
  readonly panel?: readonly PriceLine[]
  readonly trades?: readonly ChartTrade[]
  /** One a bar: 1 is marked below its bar, 0 (or -1) above, NaN not at all. */
  readonly labels?: ArrayLike<number>
}

const SHOWN_BARS = 200

/** Lines keep off the colours of the candles they are drawn over. */
const LINE_COLORS = seriesColors.filter((color) => color !== UP_COLOR && color !== DOWN_COLOR)
const DASHES = ['solid', 'dash', 'dot'] as const

/** Candles with what was computed, traded and labelled on them. @throws LabError `bad-range`, `bad-line` where a column has not one value a bar */
export function priceChart(bars: Bars, options: PriceChartOptions = {}): Figure {
  const count = bars.time.length
  const { to = count, from = Math.max(0, to - SHOWN_BARS), lines = [], panel = [], trades = [], labels } = options
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= count))
    throw new LabError('bad-range', 'There are no such bars to draw.', {
      received: `from ${from} to ${to}`,
      expected: `a part of 0 to ${count}`,
    })
  for (const { name, values } of [...lines, ...panel, ...(labels === undefined ? [] : [{ name: 'labels', values: labels }])])
    if (values.length !== count)
      throw new LabError('bad-line', 'A line of the chart does not fit the bars.', {
        received: `${name}: ${values.length} values`,
        expected: `${count}, one a bar`,
      })
  const cut = (values: ArrayLike<number>): (number | null)[] => Array.from({ length: to - from }, (_, i) => finite(values[from + i]!))
  const x = utcTimes(bars.time.subarray(from, to))
  const line = (one: PriceLine, series: number, yaxis: 'y' | 'y2') => ({
    ...{ type: 'scatter', mode: 'lines', name: one.name, x, y: cut(one.values), yaxis },
    line: {
      color: LINE_COLORS[series % LINE_COLORS.length]!,
      dash: DASHES[Math.min(2, Math.floor(series / LINE_COLORS.length))],
      width: 1.6,
    },
    hovertemplate: '%{y:.6~g}',
  })
  const inside = trades.filter(({ time }) => time >= bars.time[from]! && (to === count || time < bars.time[to]!))
  const parts = [
    ...(lines.length === 0 ? [] : [`lines: ${lines.map(({ name }) => name).join(', ')}`]),
    ...(trades.length === 0 ? [] : [`${counted(inside.length, 'fill')} as triangles, up for a buy`]),
    ...(labels === undefined ? [] : ['labels as dots: up below the bar, down (diamonds) above it']),
  ]
  return figure('price-chart', `Bars ${from} to ${to - 1} of ${bars.symbol}${parts.length === 0 ? '' : `; ${parts.join('; ')}`}.`, {
    data: [
      candlestick(bars, from, to),
      ...lines.map((one, i) => line(one, i, 'y')),
      ...(labels === undefined ? [] : labelMarks(bars, cut(labels), from, x)),
      ...(['buy', 'sell'] as const).flatMap((side) => tradeMarks(side, inside)),
      ...panel.map((one, i) => line(one, lines.length + i, 'y2')),
    ],
    layout: {
      height: panel.length === 0 ? 460 : 560,
      title: { text: `${bars.symbol}: ${counted(to - from, 'bar')}` },
      hovermode: 'x unified',
      legend: { y: -0.16, yanchor: 'top' },
      margin: { b: 110 },
      xaxis: { ...timeAxis(), rangeslider: { visible: false }, anchor: panel.length === 0 ? 'y' : 'y2' },
      yaxis: { title: { text: 'price' }, domain: panel.length === 0 ? [0, 1] : [0.32, 1] },
      ...(panel.length > 0 && { yaxis2: { domain: [0, 0.25], nticks: 5 } }),
    },
  })
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

function labelMarks(
  bars: Bars,
  labels: readonly (number | null)[],
  from: number,
  x: readonly (string | null)[],
): Record<string, unknown>[] {
  const span = bars.high.subarray(from, from + labels.length).reduce((a, b) => Math.max(a, b), -Infinity)
  const low = bars.low.subarray(from, from + labels.length).reduce((a, b) => Math.min(a, b), Infinity)
  const distance = 0.02 * (span - low)
  return [true, false].map((up) => {
    const at = labels.flatMap((label, i) => (label !== null && label > 0 === up ? [i] : []))
    return {
      ...{ type: 'scatter', mode: 'markers', name: up ? 'label up' : 'label down', hoverinfo: 'skip' },
      x: at.map((i) => x[i]),
      y: at.map((i) => (up ? bars.low[from + i]! - distance : bars.high[from + i]! + distance)),
      marker: { color: up ? UP_COLOR : DOWN_COLOR, size: 5, symbol: up ? 'circle' : 'diamond' },
    }
  })
}

/** A trace of the fills of one side, and an empty one that stands for it in the legend: there, a mark beside its point would lie outside its line. */
function tradeMarks(side: ChartTrade['side'], trades: readonly ChartTrade[]): Record<string, unknown>[] {
  const own = trades.filter((trade) => trade.side === side)
  if (own.length === 0) return []
  const common = { type: 'scatter', mode: 'markers', name: side, legendgroup: side }
  const look = { size: 10, color: INK }
  return [
    {
      ...common,
      x: own.map(({ time }) => utcTime(time)),
      y: own.map(({ price }) => price),
      text: own.map(({ note }) => note ?? ''),
      // Beside its price, pointing at it: the candle stays to be seen, and a sell does not cover the buy of the bar before.
      marker: { ...look, symbol: 'triangle-up', angle: side === 'buy' ? 0 : 180, standoff: 12 },
      hovertemplate: `${side} %{y:.6~g} %{text}<extra></extra>`,
      showlegend: false,
    },
    { ...common, x: [null], y: [null], marker: { ...look, symbol: side === 'buy' ? 'triangle-up' : 'triangle-down' } },
  ]
}
