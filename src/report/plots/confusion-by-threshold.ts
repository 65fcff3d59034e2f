import { LabError } from '../../core/index.js'
import { figure, type Figure } from '../figure.js'
import { INK, seriesColor } from '../palette.js'
import { slug } from '../slug.js'

export interface ConfusionByThresholdInput {
  readonly model: string
  /** What happened, 0 or 1, and the probability of 1 that was predicted; equally many. */
  readonly y: ArrayLike<number>
  readonly proba: ArrayLike<number>
  /** The threshold in use, marked. */
  readonly threshold?: number
}

const POINTS = 101

/** What was called and what happened, from the foot of the figure to its top: right calls at both ends, wrong ones between them, hatched. */
const OUTCOMES = [
  { name: 'called up, was up', called: true, up: true, color: seriesColor(0) },
  { name: 'called up, was down', called: true, up: false, color: seriesColor(3) },
  { name: 'called down, was up', called: false, up: true, color: seriesColor(4) },
  { name: 'called down, was down', called: false, up: false, color: seriesColor(1) },
] as const

/**
 * The confusion matrix at every threshold: the shares of all rows that are called up and were, called up and were not, and so on, stacked to 100 %. A row is called up where its
 * probability is above the threshold.
 * @throws LabError `bad-shape`
 */
export function confusionByThreshold({ model, y, proba, threshold }: ConfusionByThresholdInput): Figure {
  const rows = y.length
  if (rows !== proba.length || rows === 0)
    throw new LabError('bad-shape', 'Probabilities and outcomes do not fit.', {
      received: `${proba.length} probabilities, ${rows} outcomes`,
      expected: 'equally many, at least one',
    })
  const values = Array.from(proba)
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  const x = Array.from({ length: POINTS }, (_, k) => low + ((high - low) * k) / (POINTS - 1))
  const share = (called: boolean, up: boolean): number[] => {
    const own = values.filter((_, i) => (y[i] === 1) === up).sort((a, b) => a - b)
    let below = 0
    return x.map((at) => {
      while (below < own.length && own[below]! <= at) below++
      return (called ? own.length - below : below) / rows
    })
  }
  return figure(
    `confusion-thresholds-${slug(model)}`,
    `${model}: share of all test rows by what was called and what happened, at each threshold; wrong calls are hatched, in the middle.`,
    {
      data: OUTCOMES.map(({ name, called, up, color }) => ({
        ...{ type: 'scatter', mode: 'lines', stackgroup: 'rows', name, x, y: share(called, up) },
        line: { color, width: 1 },
        fillcolor: color,
        ...(called !== up && { fillpattern: { shape: '/', size: 7, solidity: 0.6, fillmode: 'replace', fgcolor: color } }),
        hovertemplate: '%{y:.1%}',
      })),
      layout: {
        height: 420,
        title: { text: `Confusion by threshold: ${model}` },
        hovermode: 'x unified',
        xaxis: { title: { text: 'threshold on the probability' }, range: [low, high] },
        yaxis: { title: { text: 'share of rows' }, tickformat: '.0%', range: [0, 1] },
        ...(threshold !== undefined && {
          shapes: [
            { type: 'line', x0: threshold, x1: threshold, yref: 'paper', y0: 0, y1: 1, line: { color: INK, dash: 'dash', width: 1.5 } },
          ],
        }),
      },
    },
  )
}
