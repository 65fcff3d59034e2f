import { runLabel, type RunComparison } from '../../track/index.js'
import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor } from '../palette.js'
import { pairName } from './compare-tables.js'

/** Height of one line of an interval plot, and of what stands around them, in pixels. */
const LINE_HEIGHT = 44
const FRAME_HEIGHT = 150

interface Interval {
  readonly name: string
  readonly value: number
  readonly lower: number
  readonly upper: number
}

/** Points with horizontal whiskers; `y` are positions of lines from the top. */
const whiskers = (points: readonly (Interval & { readonly y: number })[], trace: Record<string, unknown>): Record<string, unknown> => ({
  type: 'scatter',
  mode: 'markers',
  x: points.map(({ value }) => value),
  y: points.map(({ y }) => y),
  error_x: {
    type: 'data',
    symmetric: false,
    array: points.map(({ value, upper }) => upper - value),
    arrayminus: points.map(({ value, lower }) => value - lower),
    thickness: 1.5,
    width: 4,
  },
  text: points.map(({ name }) => name),
  customdata: points.map(({ lower, upper }) => [lower, upper]),
  hovertemplate: '%{x:.4f} (%{customdata[0]:.3f} to %{customdata[1]:.3f})<extra>%{text}</extra>',
  ...trace,
})

const frame = (lines: readonly string[], title: string, axis: string, reference: number): Record<string, unknown> => ({
  height: FRAME_HEIGHT + LINE_HEIGHT * lines.length,
  title: { text: title },
  xaxis: { title: { text: axis } },
  yaxis: {
    tickmode: 'array',
    tickvals: lines.map((_, i) => i),
    ticktext: lines,
    range: [lines.length - 0.5, -0.5],
    showgrid: false,
  },
  shapes: [
    {
      ...{ type: 'line', yref: 'paper', y0: 0, y1: 1, x0: reference, x1: reference, layer: 'below' },
      line: { color: NEUTRAL, dash: 'dash', width: 1.5 },
    },
  ],
})

/** AUC of each model with its confidence interval, a colour a run; undefined where no run has an interval. */
export function aucIntervals({ runs, models }: RunComparison): Figure | undefined {
  const shown = models.filter(({ runs: scores }) => scores.some((own) => own !== null && own.lower !== null))
  if (shown.length === 0) return undefined
  // Runs stand side by side within the line of their model.
  const shift = (run: number): number => (run / (runs.length - 1) - 0.5) * 0.5
  return figure('auc-intervals', 'AUC of each model over all test folds with its 95 % interval; the dashed line is guessing.', {
    data: runs.map(({ label }, run) => {
      const points = shown.flatMap(({ model, runs: scores }, line) => {
        const own = scores[run]
        if (own == null || own.auc === null || own.lower === null || own.upper === null) return []
        return [{ name: `${label} ${model}`, value: own.auc, lower: own.lower, upper: own.upper, y: line + shift(run) }]
      })
      return whiskers(points, { name: label, marker: { color: seriesColor(run), size: 9 } })
    }),
    layout: frame(
      shown.map(({ model }) => model),
      'AUC with its interval',
      'AUC',
      0.5,
    ),
  })
}

/** Differences of the paired tests with their intervals: one that does not touch the line at 0 is more than chance. Undefined where nothing was tested. */
export function aucDifferences({ pairs }: RunComparison): Figure | undefined {
  const lines = pairs.flatMap((pair) =>
    pair.test === null
      ? []
      : [{ name: pairName(pair), run: pair.runs[1], value: pair.test.difference, lower: pair.test.lower, upper: pair.test.upper }],
  )
  if (lines.length === 0) return undefined
  const runs = [...new Set(lines.map(({ run }) => run))]
  return figure(
    'auc-differences',
    'Difference in AUC on the rows that both runs predicted, with its 95 % interval; one that does not touch the dashed line is more than chance.',
    {
      data: runs.map((run) =>
        whiskers(
          lines.map((line, y) => ({ ...line, y })).filter((line) => line.run === run),
          { name: `${runLabel(run)} − ${runLabel(0)}`, marker: { color: seriesColor(run), size: 9 } },
        ),
      ),
      layout: frame(
        lines.map(({ name }) => name),
        'Difference in AUC, paired',
        'difference in AUC',
        0,
      ),
    },
  )
}

/** Seconds that the fits of each model took, a colour a run; undefined where nothing was measured. */
export function fitTimes({ runs }: RunComparison): Figure | undefined {
  const models = [...new Set(runs.flatMap(({ resources }) => Object.keys(resources.fitSeconds)))]
  if (models.length === 0) return undefined
  return figure('fit-times', 'Seconds that the fits of each model took, summed over its folds; fits beside each other count each.', {
    data: runs.map(({ label, resources }, run) => ({
      type: 'bar',
      name: label,
      x: models,
      y: models.map((model) => resources.fitSeconds[model] ?? null),
      marker: { color: seriesColor(run) },
      hovertemplate: `%{y:.1f} s<extra>${label}, %{x}</extra>`,
    })),
    layout: {
      height: 320,
      title: { text: 'Time of the fits' },
      barmode: 'group',
      yaxis: { title: { text: 'seconds' }, rangemode: 'tozero' },
    },
  })
}
