import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor, seriesDash } from '../palette.js'

export interface CalibrationCurve {
  readonly model: string
  /** Mean predicted probability of each bin that holds rows. */
  readonly predicted: ArrayLike<number>
  /** Share of rows in the bin that were 1. */
  readonly observed: ArrayLike<number>
  readonly count: ArrayLike<number>
}

/** Above: how often a predicted probability came true (on the diagonal: as often as said). Below: how many rows each point stands on. */
export function calibrationCurves(curves: readonly CalibrationCurve[]): Figure {
  const all = curves.flatMap((curve) => [...Array.from(curve.predicted), ...Array.from(curve.observed)]).filter(Number.isFinite)
  const low = Math.max(0, Math.min(0.4, ...all) - 0.02)
  const high = Math.min(1, Math.max(0.6, ...all) + 0.02)
  return figure('calibration', 'Predicted probability against the share that came true; below, how many rows each point stands on.', {
    data: [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'perfect',
        x: [low, high],
        y: [low, high],
        line: { color: NEUTRAL, dash: 'dash', width: 1.5 },
        hoverinfo: 'skip',
      },
      ...curves.map((curve, i) => ({
        type: 'scatter',
        mode: 'lines+markers',
        name: curve.model,
        legendgroup: curve.model,
        x: Array.from(curve.predicted),
        y: Array.from(curve.observed),
        customdata: Array.from(curve.count),
        line: { color: seriesColor(i), dash: seriesDash(i), width: 2 },
        marker: { size: 7 },
        hovertemplate: `said %{x:.3f}, was %{y:.3f}<br>%{customdata} rows<extra>${curve.model}</extra>`,
      })),
      ...curves.map((curve, i) => ({
        type: 'scatter',
        mode: 'lines+markers',
        name: curve.model,
        legendgroup: curve.model,
        showlegend: false,
        x: Array.from(curve.predicted),
        y: Array.from(curve.count),
        yaxis: 'y2',
        line: { color: seriesColor(i), dash: seriesDash(i), width: 1.5 },
        marker: { size: 5 },
        hovertemplate: `%{y} rows at %{x:.3f}<extra>${curve.model}</extra>`,
      })),
    ],
    layout: {
      height: 520,
      title: { text: 'Calibration' },
      xaxis: { title: { text: 'predicted probability of up' }, range: [low, high], anchor: 'y2' },
      yaxis: { title: { text: 'share that was up' }, range: [low, high], domain: [0.34, 1] },
      yaxis2: { title: { text: 'rows' }, domain: [0, 0.24], rangemode: 'tozero', nticks: 4 },
    },
  })
}
