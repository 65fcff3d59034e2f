import { probabilityBins, type CalibrationOptions } from './calibration-bins.js'
import { checkScores } from './check-scores.js'

/**
 * The Brier score in parts: brier = reliability - resolution + uncertainty + withinBinVariance - withinBinCovariance, exact for any bins. The first three are Murphy's
 * (1973), exact alone where all probabilities of a bin are equal; the last two say what binning hides (Stephenson, Coelho & Jolliffe 2008).
 */
export interface BrierDecomposition {
  readonly brier: number
  /** Mean squared distance of what was said and what happened, by bin: 0 is perfectly calibrated. */
  readonly reliability: number
  /** How far the bins' shares of ups lie from the share of all: what the probabilities tell apart; more is better. */
  readonly resolution: number
  /** Variance of the outcome itself: nothing a model can change. */
  readonly uncertainty: number
  readonly withinBinVariance: number
  readonly withinBinCovariance: number
  /** resolution - withinBinVariance + withinBinCovariance: what is left of the score beside reliability and uncertainty, nearly free of the choice of bins. */
  readonly generalisedResolution: number
  /** Bins that hold rows. */
  readonly bins: number
}

/** All NaN without rows. @throws LabError `bad-scores`, `bad-bins` */
export function brierDecomposition(y: ArrayLike<number>, p: ArrayLike<number>, options: CalibrationOptions = {}): BrierDecomposition {
  checkScores(y, p)
  const n = y.length
  const bins = probabilityBins(p, options)
  let ups = 0
  for (let i = 0; i < n; i++) ups += y[i]!
  const share = ups / n
  let [brier, reliability, resolution, variance, covariance] = [0, 0, 0, 0, 0]
  for (const { members } of bins) {
    const rows = members.length
    let [said, was] = [0, 0]
    for (const i of members) {
      said += p[i]! / rows
      was += y[i]! / rows
    }
    reliability += (rows * (said - was) ** 2) / n
    resolution += (rows * (was - share) ** 2) / n
    for (const i of members) {
      brier += (p[i]! - y[i]!) ** 2 / n
      variance += (p[i]! - said) ** 2 / n
      covariance += (2 * (y[i]! - was) * (p[i]! - said)) / n
    }
  }
  if (n === 0) brier = reliability = resolution = variance = covariance = NaN
  return {
    ...{ brier, reliability, resolution, uncertainty: share * (1 - share) },
    ...{ withinBinVariance: variance, withinBinCovariance: covariance, generalisedResolution: resolution - variance + covariance },
    bins: bins.length,
  }
}
