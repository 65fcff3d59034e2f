import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor, seriesDash } from '../palette.js'

export interface RocCurve {
  readonly model: string
  /** False and true positive rate at falling thresholds, from 0 to 1; equally many. */
  readonly fpr: ArrayLike<number>
  readonly tpr: ArrayLike<number>
  readonly auc: number
  /** Confidence interval of the AUC; both or none. */
  readonly low?: number
  readonly high?: number
}

/** ROC curve of each model, with its AUC and interval in the legend; the diagonal is what guessing gives. */
export function rocCurves(curves: readonly RocCurve[]): Figure {
  return figure(
    'roc-curves',
    'True against false positive rate over all thresholds, pooled over the test folds; the diagonal is guessing.',
    {
      data: [
        {
          type: 'scatter',
          mode: 'lines',
          name: 'guessing 0.5',
          x: [0, 1],
          y: [0, 1],
          line: { color: NEUTRAL, dash: 'dash', width: 1.5 },
          hoverinfo: 'skip',
        },
        ...curves.map((curve, i) => ({
          type: 'scatter',
          mode: 'lines',
          name: `${curve.model} ${aucText(curve)}`,
          x: Array.from(curve.fpr),
          y: Array.from(curve.tpr),
          line: { color: seriesColor(i), dash: seriesDash(i), width: 2 },
          hovertemplate: `%{x:.3f}, %{y:.3f}<extra>${curve.model}</extra>`,
        })),
      ],
      layout: {
        height: 480,
        title: { text: 'ROC curves' },
        // Below the diagonal there is room for names with their intervals; above the plot they would need several lines.
        legend: { orientation: 'v', x: 0.99, xanchor: 'right', y: 0.02, yanchor: 'bottom' },
        xaxis: { title: { text: 'false positive rate' }, range: [0, 1] },
        yaxis: { title: { text: 'true positive rate' }, range: [0, 1.005] },
      },
    },
  )
}

const aucText = ({ auc, low, high }: RocCurve): string =>
  low === undefined || high === undefined ? auc.toFixed(3) : `${auc.toFixed(3)} (${low.toFixed(3)}\u2013${high.toFixed(3)})`
