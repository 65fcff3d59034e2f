import type { Bars } from '../../data/index.js'
import { figure, type Figure } from '../figure.js'
import { counted } from '../format-number.js'
import { NEUTRAL } from '../palette.js'
import { timeAxis, utcTimes } from '../utc-time.js'
import { candlestick } from './candlestick.js'

/** Candles of the last bars with their volume below. `last` (default 200): more cannot be told apart. */
export function candles(bars: Bars, { last = 200 }: { readonly last?: number } = {}): Figure {
  const count = bars.time.length
  const from = Math.max(0, count - last)
  const volume = Array.from(bars.volume.subarray(from))
  const hasVolume = volume.some((value) => value > 0)
  const x = utcTimes(bars.time.subarray(from))
  return figure(
    'candles',
    `Open, high, low and close of the last ${counted(count - from, 'bar')} of ${bars.symbol}, hollow where the close is higher${hasVolume ? '; volume below' : ''}.`,
    {
      data: [
        candlestick(bars, from, count),
        ...(hasVolume ? [{ type: 'bar', name: 'volume', x, y: volume, yaxis: 'y2', marker: { color: NEUTRAL }, showlegend: false }] : []),
      ],
      layout: {
        height: 460,
        title: { text: `${bars.symbol}: last ${counted(count - from, 'bar')}` },
        hovermode: 'x unified',
        xaxis: { ...timeAxis(), rangeslider: { visible: false }, anchor: hasVolume ? 'y2' : 'y' },
        yaxis: { title: { text: 'price' }, domain: hasVolume ? [0.3, 1] : [0, 1] },
        ...(hasVolume && { yaxis2: { title: { text: 'volume' }, domain: [0, 0.22], nticks: 4 } }),
      },
    },
  )
}
