import { figure, type Figure } from '../figure.js'
import { formatNumber } from '../format-number.js'
import { NEUTRAL, seriesColor } from '../palette.js'
import type { StudyPlotOptions, StudyTrialPoint } from './study-history.js'

type Value = number | string | boolean

interface Axis {
  readonly name: string
  /** Where a value stands, 0 to 1. */
  readonly place: (value: Value) => number
  readonly low: string
  readonly high: string
}

/** The best share of the trials is drawn in colour, over the others. */
const BEST_SHARE = 0.1

/**
 * Every complete trial as a line over its parameters to its value; the best tenth stands out. Parameters whose largest value is more than thirty times the smallest have a
 * logarithmic axis. Lines in place of Plotly's own parallel coordinates, which static pictures cannot show.
 */
export function studyParallel(trials: readonly StudyTrialPoint[], { metric, direction }: StudyPlotOptions): Figure {
  const sign = direction === 'maximize' ? -1 : 1
  const complete = trials
    .filter(({ state, value }) => state === 'complete' && value !== null)
    .sort((a, b) => sign * (a.value! - b.value!) || a.number - b.number)
  const names = [...new Set(complete.flatMap(({ params }) => Object.keys(params)))]
  const axes = [
    ...names.map((name) =>
      axisOf(
        name,
        complete.map(({ params }) => params[name]!),
      ),
    ),
    axisOf(
      metric,
      complete.map(({ value }) => value!),
    ),
  ]
  const best = Math.max(Math.min(1, complete.length), Math.floor(complete.length * BEST_SHARE))
  const line = ({ number, params, value }: StudyTrialPoint, color: string, width: number): Record<string, unknown> => ({
    ...{ type: 'scatter', mode: 'lines', showlegend: false, line: { color, width } },
    x: axes.map((_, i) => i),
    y: axes.map((axis, i) => axis.place(i === names.length ? value! : params[axis.name]!)),
    hovertemplate: `trial ${number}: ${metric} ${value!.toFixed(5)}<extra></extra>`,
  })
  const label = (text: string, x: number, y: number, yanchor: 'top' | 'bottom'): Record<string, unknown> => ({
    ...{ text, x, y, yanchor, xref: 'x', yref: 'y', showarrow: false, font: { size: 11 } },
  })
  return figure(
    'study-parallel',
    `Parameters and ${metric} of ${complete.length} complete trials, one line each; the best ${best} stand${best === 1 ? 's' : ''} out.`,
    {
      data: [
        ...complete.slice(best).map((trial) => line(trial, NEUTRAL, 0.8)),
        ...complete
          .slice(0, best)
          .reverse()
          .map((trial) => line(trial, seriesColor(1), 2.5)),
      ],
      layout: {
        height: 420,
        title: { text: 'Parameters of the trials' },
        // Heights are places between the least and the most: as numbers they would say nothing.
        meta: { numbers: false },
        xaxis: {
          tickmode: 'array',
          tickvals: axes.map((_, i) => i),
          ticktext: axes.map(({ name }) => name),
          range: [-0.3, axes.length - 0.7],
          showgrid: true,
        },
        yaxis: { range: [-0.12, 1.12], showticklabels: false, ticks: '', showgrid: false },
        annotations: axes.flatMap(({ low, high }, i) => [label(low, i, -0.02, 'top'), label(high, i, 1.02, 'bottom')]),
      },
    },
  )
}

function axisOf(name: string, values: readonly Value[]): Axis {
  const numbers = values.filter((value): value is number => typeof value === 'number')
  if (numbers.length < values.length) {
    const choices = [...new Set(values.map(String))].sort()
    const place = (value: Value): number => (choices.length < 2 ? 0.5 : choices.indexOf(String(value)) / (choices.length - 1))
    return { name, place, low: choices[0] ?? '', high: choices.length < 2 ? '' : choices.at(-1)! }
  }
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const log = low > 0 && high / low > 30
  const at = (value: number): number => (log ? Math.log(value) : value)
  const place = (value: Value): number => (high > low ? (at(Number(value)) - at(low)) / (at(high) - at(low)) : 0.5)
  return { name, place, low: formatNumber(low, 3), high: formatNumber(high, 3) }
}
