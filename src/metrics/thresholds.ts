import { sortedOrder } from './ranks.js'

export interface ThresholdCounts {
  readonly threshold: number
  /** Rows with p >= threshold. */
  readonly called: number
  /** Of them, those with y = 1. */
  readonly truePositives: number
}

/** What each distinct probability counts as a threshold, from the highest down. */
export function thresholdCounts(y: ArrayLike<number>, p: ArrayLike<number>): ThresholdCounts[] {
  const order = sortedOrder(p).reverse()
  const counts: ThresholdCounts[] = []
  let truePositives = 0
  for (const [k, i] of order.entries()) {
    truePositives += y[i]!
    const next = order[k + 1]
    if (next !== undefined && p[next] === p[i]) continue
    counts.push({ threshold: p[i]!, called: k + 1, truePositives })
  }
  return counts
}
