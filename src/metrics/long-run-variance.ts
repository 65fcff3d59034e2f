/**
 * Variance of the sum of values of mean 0 that may depend on their neighbours: covariances up to `lags` apart with Bartlett weights (Newey & West 1987). With 0 lags the
 * sum of squares. Never below 0.
 */
export function varianceOfSum(centred: ArrayLike<number>, lags: number): number {
  const n = centred.length
  let total = 0
  for (let i = 0; i < n; i++) total += centred[i]! * centred[i]!
  for (let lag = 1; lag <= Math.min(lags, n - 1); lag++) {
    let covariance = 0
    for (let i = lag; i < n; i++) covariance += centred[i]! * centred[i - lag]!
    total += 2 * (1 - lag / (lags + 1)) * covariance
  }
  return Math.max(0, total)
}
