import { runLabel, type LoadedRun } from '../../track/index.js'
import { figure, type Figure } from '../figure.js'
import { seriesColor, seriesDash } from '../palette.js'
import { slug } from '../slug.js'
import type { CurveGroup } from './compare-groups.js'

/**
 * Validation loss per step (training loss where there was no validation) of every fold, one colour a run; the mark is the step that was kept. Undefined where no fit of the
 * group has a history of two steps: converged solvers have none, and pruned fits are gone.
 */
export function comparedLearning(runs: readonly LoadedRun[], group: CurveGroup): Figure | undefined {
  const fits = group.members.flatMap(({ run, model, label }) =>
    runs[run]!.fits.filter((fit) => fit.model === model && fit.report.history.length > 1).map((fit) => ({ run, label, fit })),
  )
  if (fits.length === 0) return undefined
  const data = fits.flatMap(({ run, label, fit }, i) => {
    const { history, bestStep } = fit.report
    const loss = history.map(({ validationLoss, trainLoss }) => validationLoss ?? trainLoss ?? null)
    const kept = history.findIndex(({ step }) => step === bestStep)
    const where = `${runLabel(run)}, fold ${fit.fold + 1}`
    const common = { type: 'scatter', legendgroup: label, name: label }
    return [
      {
        ...common,
        mode: 'lines',
        x: history.map(({ step }) => step),
        y: loss,
        line: { color: seriesColor(run), dash: seriesDash(run), width: 1.5 },
        showlegend: fits.findIndex((other) => other.label === label) === i,
        hovertemplate: `%{y:.4f}, step %{x}<extra>${where}</extra>`,
      },
      ...(kept < 0
        ? []
        : [
            {
              ...common,
              mode: 'markers',
              x: [bestStep],
              y: [loss[kept]],
              marker: { color: seriesColor(run), size: 8, symbol: 'diamond' },
              showlegend: false,
              hovertemplate: `kept: step %{x}<extra>${where}</extra>`,
            },
          ]),
    ]
  })
  return figure(
    `learning-curves-${slug(group.id)}`,
    'Validation loss per step, one line a fold, one colour a run; the mark is the step that was kept.',
    {
      data,
      layout: {
        height: 360,
        title: { text: `Learning curves: ${group.title}` },
        xaxis: { title: { text: 'step (epoch or boosting round)' } },
        yaxis: { title: { text: 'log-loss' }, nticks: 6 },
      },
    },
  )
}
