import { LabError } from '../core/index.js'
import { checkScores } from './check-scores.js'
import { checkInterval, type AucIntervalOptions } from './delong.js'
import { delongTerms } from './delong-terms.js'
import { varianceOfSum } from './long-run-variance.js'
import { normalCdf } from './normal-cdf.js'
import { normalQuantile } from './normal-quantile.js'

/** Two AUCs on the same rows, their difference, and whether it is more than chance. */
export interface AucDifference {
  readonly aucA: number
  readonly aucB: number
  /** aucB - aucA. */
  readonly difference: number
  readonly standardError: number
  /** Confidence interval of the difference, cut to -1..1. */
  readonly lower: number
  readonly upper: number
  readonly level: number
  /** Two-sided: the chance of a difference at least as large where the two are equally good. 1 where both rank all rows alike. */
  readonly pValue: number
  readonly rows: number
  readonly lags: number
}

/**
 * Difference of the AUCs of two models on the same rows, with DeLong's interval and test (DeLong, DeLong & Clarke-Pearson 1988). Paired: what makes a stretch of rows hard is
 * hard for both and cancels, so that a difference can be sure although both intervals overlap. Options as for one AUC; with lags rows must be in time order.
 * Difference, interval and p are NaN with fewer than two rows of a class. A difference without variance (two rankings that differ for certain) has p 0.
 * @throws LabError `bad-scores`, `bad-level`
 */
export function delongDifference(
  y: ArrayLike<number>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { level = 0.95, lags = 0 }: AucIntervalOptions = {},
): AucDifference {
  if (a.length !== b.length)
    throw new LabError('bad-scores', 'These cannot be scored.', {
      received: `${a.length} probabilities beside ${b.length}`,
      expected: 'both models on the same rows',
      help: 'keep only the rows that both predicted',
    })
  checkScores(y, a)
  checkScores(y, b)
  checkInterval(level, lags)
  const [first, second] = [delongTerms(y, a), delongTerms(y, b)]
  const difference = second.auc - first.auc
  const standardError = Math.sqrt(
    varianceOfSum(
      second.terms.map((term, i) => term - first.terms[i]!),
      lags,
    ),
  )
  const reach = normalQuantile((1 + level) / 2) * standardError
  return {
    ...{ aucA: first.auc, aucB: second.auc, difference, standardError },
    lower: Math.max(-1, difference - reach),
    upper: Math.min(1, difference + reach),
    ...{ level, pValue: pValue(difference, standardError), rows: y.length, lags },
  }
}

function pValue(difference: number, standardError: number): number {
  if (difference === 0) return 1
  return Number.isNaN(difference) ? NaN : 2 * normalCdf(-Math.abs(difference) / standardError)
}
