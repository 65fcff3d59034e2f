import type { Bars } from '../../data/index.js'
import { figure, type Figure } from '../figure.js'
import { counted } from '../format-number.js'
import { seriesColor } from '../palette.js'
import { timeAxis, utcTimes } from '../utc-time.js'

/** Close over the whole span, on a logarithmic axis where the price moved by more than a factor of 5 (equal heights are equal returns). */
export function priceOverview(bars: Bars): Figure {
  const close = Array.from(bars.close)
  const positive = close.filter((value) => value > 0)
  const spread = positive.reduce((a, b) => Math.max(a, b), 0) / positive.reduce((a, b) => Math.min(a, b), Infinity)
  const logarithmic = positive.length === close.length && spread > 5
  return figure('price-overview', `Close of ${bars.symbol}, ${counted(close.length, 'bar')}${logarithmic ? ', logarithmic axis' : ''}.`, {
    data: [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'close',
        x: utcTimes(bars.time),
        y: close,
        line: { color: seriesColor(0), width: 1.3 },
        showlegend: false,
      },
    ],
    layout: {
      height: 340,
      title: { text: `${bars.symbol}: close` },
      hovermode: 'x unified',
      xaxis: timeAxis(),
      yaxis: { title: { text: 'price' }, type: logarithmic ? 'log' : 'linear' },
    },
  })
}
