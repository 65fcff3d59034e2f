import { probabilityBins, type CalibrationOptions } from './calibration-bins.js'
import { checkScores } from './check-scores.js'
import { normalQuantile } from './normal-quantile.js'

/** Rows whose predicted probability lies in one bin, and the share of them that came true. */
export interface CalibrationBin {
  /** Smallest and largest probability in the bin (equal frequency) or its edges (equal width). */
  readonly from: number
  readonly to: number
  readonly rows: number
  readonly meanPredicted: number
  /** Share of rows that were up, with its Wilson 95 % interval. */
  readonly observed: number
  readonly lower: number
  readonly upper: number
}

/** What was predicted beside what happened. Empty bins are left out. @throws LabError `bad-scores`, `bad-bins` */
export function calibrationTable(y: ArrayLike<number>, p: ArrayLike<number>, options: CalibrationOptions = {}): CalibrationBin[] {
  checkScores(y, p)
  return probabilityBins(p, options).map(({ from, to, members }) => {
    let [predicted, up] = [0, 0]
    for (const i of members) {
      predicted += p[i]!
      up += y[i]!
    }
    const rows = members.length
    return { from, to, rows, meanPredicted: predicted / rows, observed: up / rows, ...wilson(up, rows) }
  })
}

/** Expected calibration error: mean over rows of |observed - predicted| of their bin. NaN without rows. */
export function expectedCalibrationError(y: ArrayLike<number>, p: ArrayLike<number>, options: CalibrationOptions = {}): number {
  const sum = calibrationTable(y, p, options).reduce((total, bin) => total + bin.rows * Math.abs(bin.observed - bin.meanPredicted), 0)
  return sum / y.length
}

/** Wilson's score interval of a share at 95 %. */
function wilson(hits: number, n: number): { lower: number; upper: number } {
  const z = normalQuantile(0.975)
  const centre = (hits + (z * z) / 2) / (n + z * z)
  const reach = (z * Math.sqrt((hits * (n - hits)) / n + (z * z) / 4)) / (n + z * z)
  return { lower: Math.max(0, centre - reach), upper: Math.min(1, centre + reach) }
}
