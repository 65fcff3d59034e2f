import { checkScores } from './check-scores.js'
import { thresholdCounts } from './thresholds.js'

/** Precision and recall where rows from this threshold on are called up. */
export interface PrecisionRecallPoint {
  /** Called up where p >= threshold; Infinity at the first point, where nothing is called up. */
  readonly threshold: number
  /** Of the rows called up, the share that were; 1 by convention where none is called up. */
  readonly precision: number
  /** Of the rows that were up, the share called so; NaN where none was. */
  readonly recall: number
}

/** One point for each distinct probability, from recall 0 to recall 1 (scikit-learn gives them the other way round). @throws LabError `bad-scores` */
export function precisionRecallPoints(y: ArrayLike<number>, p: ArrayLike<number>): PrecisionRecallPoint[] {
  checkScores(y, p)
  const counts = thresholdCounts(y, p)
  const positives = counts.at(-1)?.truePositives ?? 0
  const points: PrecisionRecallPoint[] = [{ threshold: Infinity, precision: 1, recall: 0 / positives }]
  for (const { threshold, called, truePositives } of counts)
    points.push({ threshold, precision: truePositives / called, recall: truePositives / positives })
  return points
}

/**
 * Mean precision over the recall gained at each threshold, sum of (recall_k - recall_k-1) precision_k, without interpolation (as scikit-learn's average_precision_score).
 * The share of ups is what chance gives. NaN where no row was up. @throws LabError `bad-scores`
 */
export function averagePrecision(y: ArrayLike<number>, p: ArrayLike<number>): number {
  const points = precisionRecallPoints(y, p)
  let sum = Number.isNaN(points[0]!.recall) ? NaN : 0
  for (let k = 1; k < points.length; k++) sum += (points[k]!.recall - points[k - 1]!.recall) * points[k]!.precision
  return sum
}
