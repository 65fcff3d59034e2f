import type { FitReport } from '../../models/index.js'
import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor, seriesDash } from '../palette.js'

export interface LearningCurve {
  readonly model: string
  /** From 0. */
  readonly fold: number
  readonly report: Pick<FitReport, 'history' | 'bestStep'>
}

/**
 * Loss per step of each fit, one panel a model, one colour a fold: solid is validation, dotted is training, the mark is the step that was kept.
 * Fits without a history of at least two steps (a closed or converged solver) are left out; without any, the figure says so.
 */
export function learningCurves(curves: readonly LearningCurve[]): Figure {
  const shown = curves.filter((curve) => curve.report.history.length > 1)
  const models = [...new Set(shown.map((curve) => curve.model))]
  const folds = [...new Set(shown.map((curve) => curve.fold))].sort((a, b) => a - b)
  const room = 1 / Math.max(1, models.length)
  const axes = models.map((model, panel) => {
    const top = 1 - panel * room
    return {
      model,
      suffix: panel === 0 ? '' : String(panel + 1),
      domain: [top - room + (panel === models.length - 1 ? 0 : 0.1 * room) + 0.06 * room, top - 0.1 * room],
    }
  })
  return figure(
    'learning-curves',
    'Loss per step of each fold: solid is validation, dotted is training, the mark is the step that was kept.',
    {
      data: shown.flatMap((curve) => {
        const { suffix } = axes.find((axis) => axis.model === curve.model)!
        const rank = folds.indexOf(curve.fold)
        const { history, bestStep } = curve.report
        const name = `fold ${curve.fold + 1}`
        const first = shown.find((other) => other.fold === curve.fold) === curve
        const common = {
          type: 'scatter',
          mode: 'lines',
          name,
          legendgroup: name,
          xaxis: `x${suffix}`,
          yaxis: `y${suffix}`,
          x: history.map((event) => event.step),
        }
        const line = { color: seriesColor(rank), width: 1.6 }
        const hasValidation = history.some((event) => event.validationLoss !== undefined)
        const kept = history.find((event) => event.step === bestStep)
        const keptLoss = kept?.validationLoss ?? kept?.trainLoss
        return [
          {
            ...common,
            y: history.map((event) => event.trainLoss ?? null),
            line: { ...line, dash: hasValidation ? 'dot' : seriesDash(rank) },
            showlegend: first && !hasValidation,
            hovertemplate: `%{y:.4f} training<extra>${name}</extra>`,
          },
          ...(hasValidation
            ? [
                {
                  ...common,
                  y: history.map((event) => event.validationLoss ?? null),
                  line: { ...line, dash: seriesDash(rank) },
                  showlegend: first,
                  hovertemplate: `%{y:.4f} validation<extra>${name}</extra>`,
                },
              ]
            : []),
          ...(keptLoss === undefined
            ? []
            : [
                {
                  ...common,
                  mode: 'markers',
                  x: [bestStep],
                  y: [keptLoss],
                  marker: { color: line.color, size: 8, symbol: 'diamond' },
                  showlegend: false,
                  hovertemplate: `kept: step %{x}<extra>${name}</extra>`,
                },
              ]),
        ]
      }),
      layout: {
        height: 160 + 240 * Math.max(1, models.length),
        title: { text: 'Learning curves' },
        ...Object.fromEntries(
          axes.flatMap(({ suffix, domain }, panel) => [
            [
              `xaxis${suffix}`,
              { anchor: `y${suffix}`, ...(panel === axes.length - 1 && { title: { text: 'step (epoch or boosting round)' } }) },
            ],
            [`yaxis${suffix}`, { anchor: `x${suffix}`, domain, title: { text: 'log-loss' }, nticks: 6 }],
          ]),
        ),
        annotations:
          models.length === 0
            ? [
                {
                  text: 'No fit reported a loss per step.',
                  xref: 'paper',
                  yref: 'paper',
                  x: 0.5,
                  y: 0.5,
                  showarrow: false,
                  font: { color: NEUTRAL, size: 14 },
                },
              ]
            : axes.map(({ model, domain }) => ({
                text: `<b>${model}</b>`,
                xref: 'paper',
                yref: 'paper',
                x: 0,
                xanchor: 'left',
                y: domain[1],
                yanchor: 'bottom',
                showarrow: false,
              })),
      },
    },
  )
}
