import { LabError } from '../../core/index.js'
import { figure, type Figure } from '../figure.js'
import { NEUTRAL, seriesColor, seriesDash } from '../palette.js'

export interface ModelProbabilities {
  readonly model: string
  readonly proba: ArrayLike<number>
}

const BINS = 50

/** How each model's predicted probabilities spread, as shares of its rows; `threshold` marks where the strategy goes long. */
export function probabilityHistogram(models: readonly ModelProbabilities[], { threshold }: { readonly threshold?: number } = {}): Figure {
  const { low, high } = rangeOf(models)
  const edges = Array.from({ length: BINS + 1 }, (_, bin) => low + ((high - low) * bin) / BINS)
  return figure(
    'probability-histogram',
    `Share of test rows by predicted probability of up${threshold === undefined ? '' : `; the strategy is long right of ${threshold}`}.`,
    {
      data: models.map(({ model, proba }, i) => ({
        type: 'scatter',
        mode: 'lines',
        name: model,
        x: edges,
        // The last edge repeats the last bin, so that its step has a width.
        y: ((shares) => [...shares, shares.at(-1)!])(histogram(proba, low, high)),
        line: { color: seriesColor(i), dash: seriesDash(i), width: 2, shape: 'hv' },
        hovertemplate: `%{y:.2%} from %{x:.3f}<extra>${model}</extra>`,
      })),
      layout: {
        height: 360,
        title: { text: 'Predicted probabilities' },
        xaxis: { title: { text: 'predicted probability of up' }, range: [low, high] },
        yaxis: { title: { text: 'share of rows' }, tickformat: '.1~%', rangemode: 'tozero' },
        ...(threshold !== undefined && {
          shapes: [
            { type: 'line', x0: threshold, x1: threshold, y0: 0, y1: 1, yref: 'paper', line: { color: NEUTRAL, dash: 'dash', width: 1.5 } },
          ],
        }),
      },
    },
  )
}

/** From the least to the greatest probability, 0.5 included, widened where all are equal (a constant model). */
function rangeOf(models: readonly ModelProbabilities[]): { low: number; high: number } {
  let low = 0.49
  let high = 0.51
  for (const { model, proba } of models)
    for (let row = 0; row < proba.length; row++) {
      const value = proba[row]!
      if (!(value >= 0 && value <= 1))
        throw new LabError('bad-probability', 'A predicted probability lies outside [0, 1].', {
          received: `${value} at row ${row} of ${model}`,
          expected: 'numbers from 0 to 1',
          help: 'pass the output of predictProba()',
        })
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  return { low, high }
}

function histogram(values: ArrayLike<number>, low: number, high: number): number[] {
  const shares = new Array<number>(BINS).fill(0)
  for (let row = 0; row < values.length; row++)
    shares[Math.min(BINS - 1, Math.floor(((values[row]! - low) / (high - low)) * BINS))]! += 1 / values.length
  return shares
}
