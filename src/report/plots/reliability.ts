import { brierDecomposition, calibrationTable, type CalibrationOptions } from '../../metrics/index.js'
import { figure, type Figure } from '../figure.js'
import { counted, formatNumber } from '../format-number.js'
import { NEUTRAL, seriesColor, withOpacity } from '../palette.js'
import { slug } from '../slug.js'

export interface ReliabilityInput {
  readonly model: string
  /** What happened, 0 or 1, and the probability of 1 that was predicted. */
  readonly y: ArrayLike<number>
  readonly p: ArrayLike<number>
  /** Place of the model in its list: gives the colour it has in other plots. Default 0. */
  readonly series?: number
}

/**
 * One model's probabilities against what came, with 95 % intervals, and how its Brier score comes about: reliability (distance from the diagonal, less is better), resolution
 * (spread of the points around the share of all, more is better), uncertainty (of the outcome itself, the score of a constant). On the right what adds to the uncertainty: together
 * below 0 is better than the constant. To set models side by side: `calibrationCurves`.
 * @throws LabError `bad-scores`, `bad-bins`
 */
export function reliabilityDiagram({ model, y, p, series = 0 }: ReliabilityInput, options: CalibrationOptions = {}): Figure {
  const table = calibrationTable(y, p, options)
  const parts = brierDecomposition(y, p, options)
  const share = Array.from(y).reduce((sum, value) => sum + value, 0) / y.length
  const ends = table.flatMap(({ meanPredicted, lower, upper }) => [meanPredicted, lower, upper])
  const [low, high] = [Math.max(0, Math.min(0.4, ...ends) - 0.02), Math.min(1, Math.max(0.6, ...ends) + 0.02)]
  const line = (name: string, ys: readonly number[], dash: string): Record<string, unknown> => ({
    ...{ type: 'scatter', mode: 'lines', name, x: [low, high], y: ys, hoverinfo: 'skip' },
    line: { color: NEUTRAL, dash, width: 1.5 },
  })
  const within = parts.withinBinVariance - parts.withinBinCovariance
  const sum = `Brier score ${formatNumber(parts.brier)} = reliability ${formatNumber(parts.reliability)} - resolution ${formatNumber(parts.resolution)} + uncertainty ${formatNumber(parts.uncertainty)} ${within < 0 ? '-' : '+'} ${formatNumber(Math.abs(within))} within bins`
  const rows = `${counted(y.length, 'row')} in ${counted(table.length, 'bin')}`
  return figure(`reliability-${slug(model)}`, `${sum}; ${rows}, whiskers are 95 % intervals.`, {
    data: [
      line('perfect', [low, high], 'dash'),
      line('share of all', [share, share], 'dot'),
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: model,
        x: table.map(({ meanPredicted }) => meanPredicted),
        y: table.map(({ observed }) => observed),
        customdata: table.map(({ rows }) => rows),
        error_y: {
          type: 'data',
          symmetric: false,
          array: table.map(({ upper, observed }) => upper - observed),
          arrayminus: table.map(({ lower, observed }) => observed - lower),
          thickness: 1.3,
          width: 3,
        },
        line: { color: seriesColor(series), width: 2 },
        marker: { size: 7 },
        hovertemplate: `said %{x:.3f}, was %{y:.3f}<br>%{customdata} rows<extra>${model}</extra>`,
      },
      {
        type: 'bar',
        name: 'parts of the score',
        x: ['reliability', 'resolution', 'within bins', 'together'],
        y: [parts.reliability, -parts.resolution, within, parts.brier - parts.uncertainty],
        xaxis: 'x2',
        yaxis: 'y2',
        showlegend: false,
        marker: { color: withOpacity(seriesColor(series), 0.75) },
        hovertemplate: '%{x}: %{y:.5f}<extra></extra>',
      },
    ],
    layout: {
      height: 440,
      title: { text: `Reliability: ${model}` },
      xaxis: { title: { text: 'predicted probability of up' }, range: [low, high], domain: [0, 0.58] },
      yaxis: { title: { text: 'share that was up' }, range: [low, high] },
      xaxis2: { domain: [0.72, 0.98], anchor: 'y2', showgrid: false, tickangle: 45 },
      yaxis2: { anchor: 'x2', title: { text: 'adds to the uncertainty' }, zeroline: true, zerolinecolor: NEUTRAL },
    },
  })
}
