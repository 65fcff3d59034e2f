import { LabError } from '../core/index.js'
import { checkScores } from './check-scores.js'
import { varianceOfSum } from './long-run-variance.js'
import { normalQuantile } from './normal-quantile.js'
import { midranks } from './ranks.js'

export interface AucInterval {
  readonly auc: number
  readonly standardError: number
  readonly lower: number
  readonly upper: number
  readonly level: number
  readonly positives: number
  readonly negatives: number
  /** Lags whose covariance was counted in; 0 is DeLong's interval itself. */
  readonly lags: number
}

export interface AucIntervalOptions {
  /** Default 0.95. */
  readonly level?: number
  /**
   * Labels that look h bars ahead overlap, so neighbouring rows repeat each other and the plain interval is too narrow. With `lags` > 0 (rows in time order) the
   * covariance of rows up to that far apart is added with Bartlett weights (Newey & West 1987 on DeLong's per-row terms). See {@link overlapLags}.
   */
  readonly lags?: number
}

/** Lags that cover labels of `horizonBars`: none for 1, else four horizons, so that Bartlett weights still are near 1 within the overlap. */
export const overlapLags = (horizonBars: number): number => (horizonBars <= 1 ? 0 : 4 * (horizonBars - 1))

/**
 * AUC with its normal confidence interval from DeLong's variance (DeLong, DeLong & Clarke-Pearson 1988; by midranks in O(n log n), Sun & Xu 2014), cut to 0..1.
 * All NaN with fewer than two rows of a class. Perfect separation has variance 0: the interval is then a point, and says nothing.
 * @throws LabError `bad-scores`, `bad-level`
 */
export function delongInterval(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  { level = 0.95, lags = 0 }: AucIntervalOptions = {},
): AucInterval {
  checkScores(y, p)
  if (!(level > 0 && level < 1) || !Number.isInteger(lags) || lags < 0)
    throw new LabError('bad-level', 'The interval cannot be computed like this.', {
      received: `level ${level}, lags ${lags}`,
      expected: 'a level between 0 and 1 and a whole number of lags',
      help: 'for example level 0.95',
    })
  const n = y.length
  const groups = [0, 1].map((target) => Array.from({ length: n }, (_, i) => i).filter((i) => y[i] === target))
  const [negatives, positives] = [groups[0]!.length, groups[1]!.length]
  const facts = { level, positives, negatives, lags }
  if (positives < 2 || negatives < 2) return { auc: NaN, standardError: NaN, lower: NaN, upper: NaN, ...facts }
  const overall = midranks(p)
  // Each row's share of the other class that it is placed rightly against.
  const placed = new Float64Array(n)
  for (const [target, rows] of groups.entries()) {
    const others = n - rows.length
    const within = midranks(rows.map((i) => p[i]!))
    for (const [k, i] of rows.entries()) {
      const below = (overall[i]! - within[k]!) / others
      placed[i] = target === 1 ? below : 1 - below
    }
  }
  const auc = groups[1]!.reduce((sum, i) => sum + placed[i]!, 0) / positives
  // Scaled so that the sum of squares is DeLong's variance.
  const term = placed.map((value, i) => {
    const size = y[i] === 1 ? positives : negatives
    return (value - auc) / Math.sqrt(size * (size - 1))
  })
  const standardError = Math.sqrt(varianceOfSum(term, lags))
  const reach = normalQuantile((1 + level) / 2) * standardError
  return { auc, standardError, lower: Math.max(0, auc - reach), upper: Math.min(1, auc + reach), ...facts }
}
