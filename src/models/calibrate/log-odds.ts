/** Probabilities are moved this far away from 0 and 1 before the logarithm: a sure model says 13.8, not infinity. */
export const LOG_ODDS_CLIP = 1e-6

/** ln(p / (1 - p)) of each, clipped by {@link LOG_ODDS_CLIP}. */
export const logOdds = (proba: ArrayLike<number>): Float64Array =>
  Float64Array.from(proba, (p) => {
    const q = Math.min(1 - LOG_ODDS_CLIP, Math.max(LOG_ODDS_CLIP, p))
    return Math.log(q / (1 - q))
  })
