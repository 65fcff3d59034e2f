import { LabError } from '../core/index.js'
import { checkScores } from './check-scores.js'
import { delongTerms } from './delong-terms.js'
import { varianceOfSum } from './long-run-variance.js'
import { normalQuantile } from './normal-quantile.js'

/** An AUC with its standard error and interval. */
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

/** Level of the interval, and how far rows depend on their neighbours. */
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
  checkInterval(level, lags)
  const { auc, terms, positives, negatives } = delongTerms(y, p)
  const facts = { level, positives, negatives, lags }
  if (Number.isNaN(auc)) return { auc, standardError: NaN, lower: NaN, upper: NaN, ...facts }
  const standardError = Math.sqrt(varianceOfSum(terms, lags))
  const reach = normalQuantile((1 + level) / 2) * standardError
  return { auc, standardError, lower: Math.max(0, auc - reach), upper: Math.min(1, auc + reach), ...facts }
}

/** Refuses a level that does not lie between 0 and 1 and lags that are no whole number from 0. @throws LabError `bad-level` */
export function checkInterval(level: number, lags: number): void {
  if (level > 0 && level < 1 && Number.isInteger(lags) && lags >= 0) return
  throw new LabError('bad-level', 'The interval cannot be computed like this.', {
    received: `level ${level}, lags ${lags}`,
    expected: 'a level between 0 and 1 and a whole number of lags',
    help: 'for example level 0.95',
  })
}
