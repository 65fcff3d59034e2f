import { wilder } from './smoothing.js'

/** True range: the largest of high - low, |high - previous close|, |low - previous close|. NaN at 0, which has no previous close. */
export function trueRange(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  const out = new Float64Array(high.length).fill(NaN)
  for (let i = 1; i < out.length; i++) {
    const before = close[i - 1]!
    out[i] = Math.max(high[i]! - low[i]!, Math.abs(high[i]! - before), Math.abs(low[i]! - before))
  }
  return out
}

/** Average true range in price units (TA-Lib ATR: Wilder's average, first value at `period`). */
export function atr(high: Float64Array, low: Float64Array, close: Float64Array, period: number): Float64Array {
  return wilder(trueRange(high, low, close), period, 1)
}

/**
 * Average directional index 0..100 (TA-Lib ADX, first value at 2 * period - 1): Wilder sums of directional movement, seeded with `period - 1` bars, give DX;
 * the mean of the first `period` DX seeds the average. A bar without any movement keeps the average as it is.
 */
export function adx(high: Float64Array, low: Float64Array, close: Float64Array, period: number): Float64Array {
  const n = high.length
  const out = new Float64Array(n).fill(NaN)
  const range = trueRange(high, low, close)
  let plus = 0
  let minus = 0
  let total = 0
  let seed = 0
  let value = NaN
  for (let i = 1; i < n; i++) {
    const up = high[i]! - high[i - 1]!
    const down = low[i - 1]! - low[i]!
    const plusMove = up > 0 && up > down ? up : 0
    const minusMove = down > 0 && down > up ? down : 0
    const keep = i < period ? 1 : 1 - 1 / period
    plus = plus * keep + plusMove
    minus = minus * keep + minusMove
    total = total * keep + range[i]!
    if (i < period) continue
    const movement = plus + minus
    const dx = total > 0 && movement > 0 ? (100 * Math.abs(plus - minus)) / movement : undefined
    if (i < 2 * period - 1) seed += dx ?? 0
    else if (i === 2 * period - 1) value = (seed + (dx ?? 0)) / period
    else if (dx !== undefined) value = (value * (period - 1) + dx) / period
    if (i >= 2 * period - 1) out[i] = value
  }
  return out
}
