import { checkScores } from './check-scores.js'
import { midranks } from './ranks.js'
import { thresholdCounts } from './thresholds.js'

/**
 * Area under the ROC curve: the chance that a random positive scores higher than a random negative, ties counted half (Mann-Whitney by midranks).
 * NaN where only one class is there: it is not defined then, and not 0.5.
 */
export function rocAuc(y: ArrayLike<number>, p: ArrayLike<number>): number {
  checkScores(y, p)
  const ranks = midranks(p)
  let positives = 0
  let rankSum = 0
  for (let i = 0; i < y.length; i++)
    if (y[i] === 1) {
      positives += 1
      rankSum += ranks[i]!
    }
  const negatives = y.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** Both rates where rows from this threshold on are called up. */
export interface RocPoint {
  /** Predicted positive where p >= threshold; Infinity at the first point (0, 0). */
  readonly threshold: number
  readonly falsePositiveRate: number
  readonly truePositiveRate: number
}

/** Corners of the ROC curve, one for each distinct probability, from (0, 0) to (1, 1). Rates are NaN for a class that is not there. */
export function rocPoints(y: ArrayLike<number>, p: ArrayLike<number>): RocPoint[] {
  checkScores(y, p)
  const counts = thresholdCounts(y, p)
  const positives = counts.at(-1)?.truePositives ?? 0
  const negatives = y.length - positives
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0 / negatives, truePositiveRate: 0 / positives }]
  for (const { threshold, called, truePositives } of counts)
    points.push({ threshold, falsePositiveRate: (called - truePositives) / negatives, truePositiveRate: truePositives / positives })
  return points
}
