import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor } from '../palette.js'

export interface ScoreWithInterval {
  readonly value: number
  /** Ends of its confidence interval; both or none. */
  readonly low?: number
  readonly high?: number
}

export interface ModelFoldScores {
  readonly model: string
  /** One score a fold, in the order of the folds; NaN where it is not defined (a fold with one class). */
  readonly folds: readonly ScoreWithInterval[]
  /** Mean or pooled score. */
  readonly overall?: ScoreWithInterval
}

export interface FoldScoresOptions {
  /** Name of the score on the axis; default 'AUC'. */
  readonly metric?: string
  /** What guessing gives; default 0.5. */
  readonly reference?: number
  /** Name of the last group; default 'all folds'. */
  readonly overallLabel?: string
}

/** Score of each model on each fold, with whiskers for its interval, and last the score over all folds. The dashed line is what guessing gives. */
export function foldScores(
  models: readonly ModelFoldScores[],
  { metric = 'AUC', reference = 0.5, overallLabel = 'all folds' }: FoldScoresOptions = {},
): Figure {
  const count = Math.max(0, ...models.map((entry) => entry.folds.length))
  const hasOverall = models.some((entry) => entry.overall !== undefined)
  const groups = [...Array.from({ length: count }, (_, fold) => `${fold + 1}`), ...(hasOverall ? [overallLabel] : [])]
  // Models stand side by side within a group, at most 0.2 from its middle.
  const shift = (i: number): number => (models.length < 2 ? 0 : (i / (models.length - 1) - 0.5) * 0.4)
  return figure(
    'fold-scores',
    `${metric} on each test fold and over all of them, with confidence intervals; the dashed line (${reference}) is guessing.`,
    {
      data: models.map(({ model, folds, overall }, i) => {
        const points = folds.map((score, fold) => ({ x: fold, score, size: 8 }))
        if (overall !== undefined) points.push({ x: count, score: overall, size: 12 })
        return {
          type: 'scatter',
          mode: 'markers',
          name: model,
          x: points.map(({ x }) => x + shift(i)),
          y: points.map(({ score }) => score.value),
          error_y: {
            type: 'data',
            symmetric: false,
            array: points.map(({ score }) => (score.high === undefined ? 0 : score.high - score.value)),
            arrayminus: points.map(({ score }) => (score.low === undefined ? 0 : score.value - score.low)),
            thickness: 1.5,
            width: 4,
          },
          marker: {
            color: seriesColor(i),
            opacity: 1,
            size: points.map(({ size }) => size),
            symbol: points.map(({ x }) => (x === count ? 'diamond' : 'circle')),
          },
          hovertemplate: `%{y:.4f}<extra>${model}</extra>`,
        }
      }),
      layout: {
        height: 400,
        title: { text: `${metric} by fold` },
        xaxis: {
          title: { text: 'test fold' },
          tickmode: 'array',
          tickvals: groups.map((_, group) => group),
          ticktext: groups,
          range: [-0.5, groups.length - 0.5],
          showgrid: false,
        },
        yaxis: { title: { text: metric } },
        shapes: [
          {
            type: 'line',
            xref: 'paper',
            x0: 0,
            x1: 1,
            y0: reference,
            y1: reference,
            layer: 'below',
            line: { color: NEUTRAL, dash: 'dash', width: 1.5 },
          },
          ...(hasOverall && count > 0
            ? [
                {
                  type: 'line',
                  yref: 'paper',
                  y0: 0,
                  y1: 1,
                  x0: count - 0.5,
                  x1: count - 0.5,
                  layer: 'below',
                  line: { color: NEUTRAL, width: 1 },
                },
              ]
            : []),
        ],
      },
    },
  )
}
