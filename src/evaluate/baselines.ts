import { LabError } from '../core/index.js'
import type { Labels } from '../labels/index.js'
import type { Fold } from '../split/index.js'
import type { Prediction } from './prediction.js'

/** The share of ups among a fold's training rows, predicted for every test row. A model without an edge ends up here. */
export function constantBaseline(labels: Labels, folds: readonly Fold[]): Prediction[] {
  return folds.map(({ index, train, test }) => {
    const share = train.reduce((sum, row) => sum + labels.y[row]!, 0) / train.length
    return { model: 'constant', fold: index, rows: test, proba: new Float64Array(test.length).fill(share) }
  })
}

/**
 * The last direction repeats: 1 where the close is above the close one horizon earlier, else 0. That direction is known at the row's close. It is a call, not a
 * probability, so log-loss is not defined for it.
 * @throws LabError `missing-price` where one of the two closes is missing.
 */
export function persistenceBaseline(labels: Labels, close: Float64Array, folds: readonly Fold[]): Prediction[] {
  const h = labels.horizonBars
  return folds.map(({ index, test }) => ({
    model: 'persistence',
    fold: index,
    rows: test,
    proba: Float64Array.from(test, (row) => {
      const change = close[row]! - (close[row - h] ?? NaN)
      if (Number.isNaN(change))
        throw new LabError('missing-price', 'The persistence baseline has no earlier close to look at.', {
          received: `row ${row}, horizon ${h}`,
          expected: 'a close at the row and one horizon before it',
          help: 'test only on rows whose features are complete',
        })
      return change > 0 ? 1 : 0
    }),
  }))
}
