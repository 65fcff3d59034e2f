import { midranks } from './ranks.js'

/** What the variance of an AUC is made of. */
export interface DelongTerms {
  /** NaN with fewer than two rows of a class. */
  readonly auc: number
  /** One a row, of mean 0 within each class, scaled so that the sum of squares is DeLong's variance of the AUC; the products of two models' terms add up to the covariance. */
  readonly terms: Float64Array
  readonly positives: number
  readonly negatives: number
}

/** DeLong's per-row terms (DeLong, DeLong & Clarke-Pearson 1988) by midranks in O(n log n) (Sun & Xu 2014). `y` is 0 or 1, checked by the caller. */
export function delongTerms(y: ArrayLike<number>, p: ArrayLike<number>): DelongTerms {
  const n = y.length
  const groups = [0, 1].map((target) => Array.from({ length: n }, (_, i) => i).filter((i) => y[i] === target))
  const [negatives, positives] = [groups[0]!.length, groups[1]!.length]
  if (positives < 2 || negatives < 2) return { auc: NaN, terms: new Float64Array(n).fill(NaN), positives, negatives }
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
  const terms = placed.map((value, i) => {
    const size = y[i] === 1 ? positives : negatives
    return (value - auc) / Math.sqrt(size * (size - 1))
  })
  return { auc, terms, positives, negatives }
}
