import { checkScores } from './check-scores.js'

/** How many calls were right and wrong, either way. */
export interface Confusion {
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
}

/** Counts with "predicted up" where p > threshold (strictly, as the backtest buys). */
export function confusion(y: ArrayLike<number>, p: ArrayLike<number>, threshold = 0.5): Confusion {
  checkScores(y, p)
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < y.length; i++) counts[2 * y[i]! + (p[i]! > threshold ? 1 : 0)]! += 1
  return { trueNegatives: counts[0]!, falsePositives: counts[1]!, falseNegatives: counts[2]!, truePositives: counts[3]! }
}

/** Share of rows called rightly. NaN without rows. */
export const accuracy = (c: Confusion): number => (c.truePositives + c.trueNegatives) / total(c)

/** Of the rows called up, the share that were. NaN where none was called up. */
export const precision = (c: Confusion): number => c.truePositives / (c.truePositives + c.falsePositives)

/** Of the rows that were up, the share that were called so. NaN where none was up. */
export const recall = (c: Confusion): number => c.truePositives / (c.truePositives + c.falseNegatives)

/** Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). NaN where nothing was up or called up. */
export const f1 = (c: Confusion): number => (2 * c.truePositives) / (2 * c.truePositives + c.falsePositives + c.falseNegatives)

/** Matthews correlation of call and outcome, -1..1; 0 is chance. NaN where a row or column of the table is empty. */
export function mcc(c: Confusion): number {
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = c
  return (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
}

const total = (c: Confusion): number => c.truePositives + c.falsePositives + c.trueNegatives + c.falseNegatives
