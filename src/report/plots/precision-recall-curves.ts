import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor, seriesDash } from '../palette.js'

export interface PrecisionRecallCurve {
  readonly model: string
  /** At falling thresholds; equally many. */
  readonly recall: ArrayLike<number>
  readonly precision: ArrayLike<number>
  readonly averagePrecision: number
}

/** Precision against recall of each model, average precision in the legend. @param share of y = 1 among the rows: the precision of guessing, drawn dashed */
export function precisionRecallCurves(curves: readonly PrecisionRecallCurve[], share: number): Figure {
  return figure(
    'precision-recall',
    'Share of right calls among all calls of y = 1, against the share of all y = 1 that were called, over all thresholds; dashed is guessing.',
    {
      data: [
        {
          ...{ type: 'scatter', mode: 'lines', name: `guessing ${share.toFixed(3)}`, x: [0, 1], y: [share, share], hoverinfo: 'skip' },
          line: { color: NEUTRAL, dash: 'dash', width: 1.5 },
        },
        ...curves.map(({ model, recall, precision, averagePrecision }, i) => ({
          ...{
            type: 'scatter',
            mode: 'lines',
            name: `${model} ${averagePrecision.toFixed(3)}`,
            x: Array.from(recall),
            y: Array.from(precision),
          },
          line: { color: seriesColor(i), dash: seriesDash(i), width: 2, shape: 'hv' },
          hovertemplate: `%{x:.3f}, %{y:.3f}<extra>${model}</extra>`,
        })),
      ],
      layout: {
        height: 440,
        title: { text: 'Precision and recall' },
        xaxis: { title: { text: 'recall' }, range: [0, 1] },
        yaxis: { title: { text: 'precision' }, range: [0, 1.005] },
      },
    },
  )
}
