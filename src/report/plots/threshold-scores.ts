import { LabError } from '../../core/index.js'
import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor } from '../palette.js'
import { slug } from '../slug.js'

export interface ThresholdScoresInput {
  readonly model: string
  /** 0 or 1 */
  readonly y: ArrayLike<number>
  readonly proba: ArrayLike<number>
  /** The threshold in use, marked. */
  readonly threshold?: number
}

const POINTS = 101

/**
 * What becomes of calls "probability above a threshold": their precision, recall, accuracy and share of all rows, over thresholds from the lowest probability
 * to the highest. Precision stops where less than 20 rows are called: it is noise then.
 * @throws LabError `bad-shape`
 */
export function thresholdScores({ model, y, proba, threshold }: ThresholdScoresInput): Figure {
  if (y.length !== proba.length || y.length === 0)
    throw new LabError('bad-shape', 'Probabilities and outcomes do not fit.', {
      received: `${proba.length} probabilities, ${y.length} outcomes`,
      expected: 'equally many, at least one',
    })
  const values = Array.from(proba)
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  const positives = Array.from(y).reduce((a, b) => a + b, 0)
  const rows = Array.from({ length: POINTS }, (_, k) => {
    const at = low + ((high - low) * k) / (POINTS - 1)
    let [called, right] = [0, 0]
    for (const [i, p] of values.entries())
      if (p > at) {
        called++
        right += y[i]!
      }
    const accuracy = (right + (values.length - called - (positives - right))) / values.length
    return {
      at,
      precision: called < 20 ? null : right / called,
      recall: positives === 0 ? null : right / positives,
      accuracy,
      called: called / values.length,
    }
  })
  const line = (name: 'precision' | 'recall' | 'accuracy' | 'called', i: number, label: string) => ({
    ...{ type: 'scatter', mode: 'lines', name: label, x: rows.map(({ at }) => at), y: rows.map((row) => row[name]) },
    line: { color: name === 'called' ? NEUTRAL : seriesColor(i), width: 2, dash: name === 'called' ? 'dot' : 'solid' },
    hovertemplate: '%{y:.1%}',
  })
  return figure(
    `thresholds-${slug(model)}`,
    `${model}: what calls above a threshold are worth, and how many there are, pooled over the test rows.`,
    {
      data: [
        line('precision', 0, 'precision'),
        line('recall', 1, 'recall'),
        line('accuracy', 2, 'accuracy'),
        line('called', 3, 'share of rows called'),
      ],
      layout: {
        height: 400,
        title: { text: `Scores by threshold: ${model}` },
        hovermode: 'x unified',
        xaxis: { title: { text: 'threshold on the probability' } },
        yaxis: { tickformat: '.0%', range: [0, 1.02] },
        ...(threshold !== undefined && {
          shapes: [
            { type: 'line', x0: threshold, x1: threshold, yref: 'paper', y0: 0, y1: 1, line: { color: NEUTRAL, dash: 'dash', width: 1.2 } },
          ],
        }),
      },
    },
  )
}
