import type { Bars } from '../../data/index.js'
import { figure, type Figure } from '../figure.js'
import { DOWN_COLOR, NEUTRAL, UP_COLOR } from '../palette.js'
import { timeAxis, utcTimes } from '../utc-time.js'

/** Candles of the last bars with their volume below. `last` (default 200): more cannot be told apart. */
export function candles(bars: Bars, { last = 200 }: { readonly last?: number } = {}): Figure {
  const from = Math.max(0, bars.time.length - last)
  const column = (values: Float64Array): number[] => Array.from(values.subarray(from))
  const x = utcTimes(bars.time.subarray(from))
  const volume = column(bars.volume)
  const hasVolume = volume.some((value) => value > 0)
  return figure(
    'candles',
    `Open, high, low and close of the last ${x.length} bars of ${bars.symbol}${hasVolume ? ', volume below' : ''}.`,
    {
      data: [
        {
          type: 'candlestick',
          name: bars.symbol,
          x,
          open: column(bars.open),
          high: column(bars.high),
          low: column(bars.low),
          close: column(bars.close),
          increasing: { line: { color: UP_COLOR, width: 1 } },
          decreasing: { line: { color: DOWN_COLOR, width: 1 } },
          showlegend: false,
        },
        ...(hasVolume ? [{ type: 'bar', name: 'volume', x, y: volume, yaxis: 'y2', marker: { color: NEUTRAL }, showlegend: false }] : []),
      ],
      layout: {
        height: 460,
        title: { text: `${bars.symbol}: last ${x.length} bars` },
        hovermode: 'x unified',
        xaxis: { ...timeAxis(), rangeslider: { visible: false }, anchor: hasVolume ? 'y2' : 'y' },
        yaxis: { title: { text: 'price' }, domain: hasVolume ? [0.3, 1] : [0, 1] },
        ...(hasVolume && { yaxis2: { title: { text: 'volume' }, domain: [0, 0.22], nticks: 4 } }),
      },
    },
  )
}
