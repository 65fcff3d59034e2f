import { LabError } from '../../core/index.js'
import { figure, type Figure } from '../figure.js'
import { counted } from '../format-number.js'
import { NEUTRAL, seriesColor } from '../palette.js'
import { slug } from '../slug.js'

export interface ModelImportance {
  readonly model: string
  readonly names: readonly string[]
  /** Importance of each feature, one array a fold, in the order of `names`; non-negative. */
  readonly perFold: readonly ArrayLike<number>[]
  /** Place of the model in its list: gives the colour it has in other plots. Default 0. */
  readonly series?: number
}

/**
 * The most important features of one model: mean over the folds of the share of that fold's total, whiskers from the lowest to the highest fold.
 * @throws LabError `bad-importance` when a fold has not one number per feature.
 */
export function featureImportance(
  { model, names, perFold, series = 0 }: ModelImportance,
  { top = 20 }: { readonly top?: number } = {},
): Figure {
  const shares = perFold.map((fold) => toShares(fold, names, model))
  const ranked = names
    .map((name, j) => {
      const values = shares.map((fold) => fold[j]!)
      const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
      return { name, mean, low: Math.min(mean, ...values), high: Math.max(mean, ...values) }
    })
    .sort((a, b) => b.mean - a.mean || (a.name < b.name ? -1 : 1))
    .slice(0, top)
  return figure(
    `importance-${slug(model)}`,
    `Share of the total importance in ${model}, mean of ${counted(perFold.length, 'fold')}; whiskers from the lowest to the highest fold.`,
    {
      data: [
        {
          type: 'bar',
          orientation: 'h',
          y: ranked.map((entry) => entry.name),
          x: ranked.map((entry) => entry.mean),
          error_x: {
            type: 'data',
            symmetric: false,
            array: ranked.map((entry) => entry.high - entry.mean),
            arrayminus: ranked.map((entry) => entry.mean - entry.low),
            color: NEUTRAL,
            thickness: 1.4,
            width: 3,
          },
          marker: { color: seriesColor(series) },
          hovertemplate: '%{y}: %{x:.1%}<extra></extra>',
          showlegend: false,
        },
      ],
      layout: {
        height: 130 + 20 * ranked.length,
        title: { text: `Feature importance: ${model}` },
        xaxis: { title: { text: 'share of total importance' }, tickformat: '.0%', rangemode: 'tozero' },
        yaxis: { autorange: 'reversed', showgrid: false, tickmode: 'linear', dtick: 1 },
      },
    },
  )
}

function toShares(fold: ArrayLike<number>, names: readonly string[], model: string): number[] {
  if (fold.length !== names.length)
    throw new LabError('bad-importance', 'The importances of a fold do not match the feature names.', {
      received: `${fold.length} numbers for ${model}`,
      expected: `${names.length} numbers, one per feature`,
      help: 'pass featureImportance() of the fitted model with the names of the matrix it was fitted on',
    })
  const total = Array.from(fold).reduce((a, b) => a + b, 0)
  return Array.from(fold, (value) => (total > 0 ? value / total : 0))
}
