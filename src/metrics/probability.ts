import { checkScores } from './check-scores.js'

/** 1 / (1 + e^-z), the probability behind log-odds, without overflow at either end. */
export const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)))

/** Mean squared distance of probability and outcome; 0.25 for a constant 0.5. NaN without rows. */
export function brier(y: ArrayLike<number>, p: ArrayLike<number>): number {
  checkScores(y, p)
  let sum = 0
  for (let i = 0; i < y.length; i++) sum += (p[i]! - y[i]!) ** 2
  return sum / y.length
}

/** Probabilities are moved this far away from 0 and 1 before the logarithm: one sure and wrong row costs 34.5, not infinity. */
export const LOG_LOSS_CLIP = 1e-15

/** Mean of -ln(probability given to what happened), in nats; ln 2 = 0.693 for a constant 0.5. Clipped by {@link LOG_LOSS_CLIP}. NaN without rows. */
export function logLoss(y: ArrayLike<number>, p: ArrayLike<number>): number {
  checkScores(y, p)
  let sum = 0
  for (let i = 0; i < y.length; i++) {
    const q = Math.min(1 - LOG_LOSS_CLIP, Math.max(LOG_LOSS_CLIP, p[i]!))
    sum -= y[i] === 1 ? Math.log(q) : Math.log1p(-q)
  }
  return sum / y.length
}
