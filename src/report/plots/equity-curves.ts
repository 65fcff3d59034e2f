import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor, seriesDash, withOpacity } from '../palette.js'
import { timeAxis, utcTimes } from '../utc-time.js'

export interface EquityCurve {
  readonly name: string
  /** Moments in ms, UTC, increasing. */
  readonly time: ArrayLike<number>
  /** Wealth at each moment, in units of the start (1 = start). */
  readonly equity: ArrayLike<number>
}

/** Wealth of each strategy after fees beside its benchmark (grey), and below how far each stands under its own earlier peak. */
export function equityCurves({
  strategies,
  benchmark,
}: {
  readonly strategies: readonly EquityCurve[]
  readonly benchmark?: EquityCurve
}): Figure {
  const curves = [...(benchmark === undefined ? [] : [{ curve: benchmark, color: NEUTRAL, dash: 'solid' }])].concat(
    strategies.map((curve, i) => ({ curve, color: seriesColor(i), dash: seriesDash(i) })),
  )
  return figure('equity', 'Wealth over the test folds after fees, start = 1; below, the drawdown from the peak so far.', {
    data: curves.flatMap(({ curve, color, dash }) => {
      const x = utcTimes(curve.time)
      const common = { type: 'scatter', mode: 'lines', name: curve.name, legendgroup: curve.name, x }
      return [
        { ...common, y: Array.from(curve.equity), line: { color, dash, width: 1.6 }, hovertemplate: '%{y:.3f}' },
        {
          ...common,
          y: drawdown(curve.equity),
          yaxis: 'y2',
          showlegend: false,
          line: { color, dash, width: 1 },
          ...(curves.length === 1 && { fill: 'tozeroy', fillcolor: withOpacity(color, 0.2) }),
          hovertemplate: '%{y:.1%}',
        },
      ]
    }),
    layout: {
      height: 520,
      title: { text: 'Equity after fees' },
      hovermode: 'x unified',
      xaxis: { ...timeAxis(), anchor: 'y2' },
      yaxis: { title: { text: 'wealth (start = 1)' }, domain: [0.36, 1] },
      yaxis2: { title: { text: 'drawdown' }, domain: [0, 0.27], tickformat: '.0%', rangemode: 'tozero', nticks: 5 },
    },
  })
}

/** Distance below the highest value so far, as a share of it: 0 at a peak, -0.25 a quarter below. */
export function drawdown(equity: ArrayLike<number>): number[] {
  let peak = -Infinity
  return Array.from(equity, (value) => {
    peak = Math.max(peak, value)
    return value / peak - 1
  })
}
