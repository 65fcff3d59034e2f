/** Recursive averages with TA-Lib's seeds. Inputs without NaN; where the series is too short, everything is NaN. */

/**
 * Exponential moving average, factor 2 / (period + 1), seeded with the mean of `period` values that end at `seedAt`.
 * @param seedAt index of the first value; default `period - 1` (TA-Lib EMA). MACD seeds its fast average later, together with the slow one.
 */
export function ema(x: Float64Array, period: number, seedAt = period - 1): Float64Array {
  const out = new Float64Array(x.length).fill(NaN)
  if (x.length <= seedAt) return out
  let sum = 0
  for (let i = seedAt - period + 1; i <= seedAt; i++) sum += x[i]!
  let value = sum / period
  out[seedAt] = value
  const factor = 2 / (period + 1)
  for (let i = seedAt + 1; i < x.length; i++) {
    value += (x[i]! - value) * factor
    out[i] = value
  }
  return out
}

/** Wilder's average, factor 1 / period, seeded with the mean of the `period` values that begin at `from`: the first value stands at `from + period - 1`. */
export function wilder(x: Float64Array, period: number, from = 0): Float64Array {
  const out = new Float64Array(x.length).fill(NaN)
  const seedAt = from + period - 1
  if (x.length <= seedAt) return out
  let sum = 0
  for (let i = from; i <= seedAt; i++) sum += x[i]!
  let value = sum / period
  out[seedAt] = value
  for (let i = seedAt + 1; i < x.length; i++) {
    value = (value * (period - 1) + x[i]!) / period
    out[i] = value
  }
  return out
}
