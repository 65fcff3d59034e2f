import type { TrainingConfig } from '../../config/index.js'
import { LabError } from '../../core/index.js'
import { sliceBars, type Bars } from '../../data/index.js'
import type { Labels } from '../../labels/index.js'
import type { ModelKind } from '../../models/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Fold } from '../../split/index.js'
import { endsOf, type SearchSpace } from '../../tune/index.js'
import { directionSplit } from '../direction/direction-split.js'

export interface TuningSplitInput {
  readonly bars: Bars
  readonly X: FeatureMatrix
  readonly labels: Labels
  readonly model: ModelKind
  readonly fixed: Readonly<Record<string, unknown>>
  readonly space: SearchSpace
  readonly holdoutShare: number
  readonly config: TrainingConfig
}

export interface TuningSplit {
  /** First bar that no trial sees. */
  readonly holdoutFrom: number
  /** Walk-forward folds of the bars before it. */
  readonly folds: readonly Fold[]
  /** One fold: trained on the bars before it (purged, embargoed), tested on those from it. */
  readonly holdout: Fold
}

/**
 * Keeps the latest share of the bars back and lays walk-forward folds over the rest. A label that needs a price of the bars kept back is not known to the trials. All
 * trials are fitted on the same rows: those that the longest look-back of the space can use.
 * @throws LabError of walkForward; `too-few-bars` where nothing is left to tune on
 */
export function tuningSplit({ bars, X, labels, model, fixed, space, holdoutShare, config }: TuningSplitInput): TuningSplit {
  const n = bars.time.length
  const holdoutFrom = n - Math.round(n * holdoutShare)
  const start = bars.time[holdoutFrom]
  if (start === undefined || holdoutFrom === 0)
    throw new LabError('too-few-bars', 'There are too few bars to tune on some and keep others back.', {
      received: `${n} bars, holdout share ${holdoutShare}`,
      expected: 'bars on both sides of the cut',
      help: 'use more history, or another tuning.holdout_share',
    })
  const known = labels.endTime.subarray(0, holdoutFrom).map((end) => (end < start ? end : NaN))
  const before = {
    bars: sliceBars(bars, { to: start }),
    X: { ...X, rows: holdoutFrom, time: X.time.subarray(0, holdoutFrom), values: X.values.subarray(0, holdoutFrom * X.names.length) },
    labels: { ...labels, endTime: known, y: labels.y.subarray(0, holdoutFrom).map((y, row) => (Number.isNaN(known[row]!) ? NaN : y)) },
  }
  const models = [{ name: model, spec: { kind: model, params: { ...fixed, ...longest(space) } } }]
  const { n_splits, test_size, embargo_minutes } = config.training.validation
  const common = { models, config, embargoMinutes: embargo_minutes }
  const { folds } = directionSplit({ ...common, ...before, folds: n_splits, testSize: test_size })
  const [holdout] = directionSplit({ ...common, bars, X, labels, folds: 1, testSize: holdoutShare }).folds
  // Numbered after the folds: fits are known by model and fold.
  return { holdoutFrom, folds, holdout: { ...holdout!, index: folds.length } }
}

/** The largest values of the space: of its look-back they count, the others do not change which rows can be used. */
export const longest = (space: SearchSpace): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(space).map(([name, parameter]) => {
      const ends = endsOf(parameter)
      const numbers = ends.filter((end): end is number => typeof end === 'number')
      return [name, numbers.length === ends.length ? Math.max(...numbers) : ends[0]]
    }),
  )
