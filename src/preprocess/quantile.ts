/**
 * Quantile of increasing values by linear interpolation between the two nearest ranks: numpy's and scikit-learn's default rule (type 7 of Hyndman & Fan 1996).
 * @param share 0 to 1; 0.5 is the median. @returns NaN for no values
 */
export function sortedQuantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]
  if (low === undefined) return NaN
  const high = sorted[below + 1] ?? low
  const part = at - below
  // From the nearer end, so that the result never leaves [low, high] by rounding; + 0 makes -0 the 0 that JSON can hold.
  return (part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part)) + 0
}
