import { ema, wilder } from './smoothing.js'

/** Relative strength index 0..100 with Wilder's averages (TA-Lib RSI, first value at `period`); 50 where prices have not moved at all (TA-Lib: 0). */
export function rsi(close: Float64Array, period: number): Float64Array {
  const n = close.length
  const gain = new Float64Array(n)
  const loss = new Float64Array(n)
  for (let i = 1; i < n; i++) {
    const change = close[i]! - close[i - 1]!
    if (change > 0) gain[i] = change
    else loss[i] = -change
  }
  const up = wilder(gain, period, 1)
  const down = wilder(loss, period, 1)
  return up.map((value, i) => {
    const both = value + down[i]!
    return both === 0 ? 50 : (100 * value) / both
  })
}

/** MACD line minus its signal line, in price units (TA-Lib MACD: both averages start at the slow one's period; first value at slow + signal - 2). */
export function macdHistogram(close: Float64Array, fast: number, slow: number, signal: number): Float64Array {
  const slowLine = ema(close, slow)
  const fastLine = ema(close, fast, slow - 1)
  const line = fastLine.map((value, i) => value - slowLine[i]!)
  const known = line.subarray(slow - 1)
  const signalLine = ema(known, signal)
  const out = new Float64Array(close.length).fill(NaN)
  for (let i = 0; i < known.length; i++) out[i + slow - 1] = known[i]! - signalLine[i]!
  return out
}
