import { column, type Column } from './column.js'
import type { BarColumns } from './bar-columns.js'
import { logRatio, scale } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { lag, logChange } from './operators/lags.js'
import { map, map2, map3, map4 } from './operators/own-functions.js'
import { rollingMax } from './operators/rolling-extremes.js'
import { rollingMoments } from './operators/rolling-moments.js'
import { sma } from './operators/rolling-sum.js'

const square = (v: number): number => v * v
const root = (v: number): number => (v > 0 ? Math.sqrt(v) : 0)

/** Root mean square of the last `period` one-bar log returns: no mean is taken off. Per bar, not annualised. */
export function realisedVolatility(close: Column, period: number): Column {
  return map(sma(map(logChange(close), square), period), root)
}

/** Parkinson (1980): sqrt(mean ln(high / low)^2 / (4 ln 2)). Per bar. */
export function parkinsonVolatility({ high, low }: BarColumns, period: number): Column {
  return map(scale(sma(map(logRatio(high, low), square), period), 1 / (4 * Math.LN2)), root)
}

const garmanKlass = (range: number, body: number): number => 0.5 * range * range - (2 * Math.LN2 - 1) * body * body

/** Garman & Klass (1980): 0.5 ln(high / low)^2 - (2 ln 2 - 1) ln(close / open)^2, mean and root. Per bar. */
export function garmanKlassVolatility({ open, high, low, close }: BarColumns, period: number): Column {
  return map(sma(map2(logRatio(high, low), logRatio(close, open), garmanKlass), period), root)
}

/** The term of Rogers & Satchell for one bar: ln(h / c) ln(h / o) + ln(l / c) ln(l / o), independent of drift. */
const driftFree = (open: number, high: number, low: number, close: number): number =>
  Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open)
const rogersSatchellTerm = ({ open, high, low, close }: BarColumns): Column => map4(open, high, low, close, driftFree)

/** Rogers & Satchell (1991). Per bar. */
export function rogersSatchellVolatility(bars: BarColumns, period: number): Column {
  return map(sma(rogersSatchellTerm(bars), period), root)
}

/** Yang & Zhang (2000): overnight variance + k open-to-close variance + (1 - k) Rogers-Satchell, k = 0.34 / (1.34 + (n + 1) / (n - 1)). Per bar. */
export function yangZhangVolatility(bars: BarColumns, period: number): Column {
  checkPeriod('yangZhangVolatility', period, 2)
  const k = 0.34 / (1.34 + (period + 1) / (period - 1))
  const sample = period / (period - 1)
  const overnight = rollingMoments(logRatio(bars.open, lag(bars.close, 1)), period).variance
  const session = rollingMoments(logRatio(bars.close, bars.open), period).variance
  return map3(scale(overnight, sample), scale(session, k * sample), scale(sma(rogersSatchellTerm(bars), period), 1 - k), rootOfSum)
}
const rootOfSum = (a: number, b: number, c: number): number => root(a + b + c)

/** Standard deviation of log returns whose weights halve every `halfLife` bars, mean taken as 0 (RiskMetrics). Seeded with the first return. */
export function exponentialVolatility(close: Column, halfLife: number): Column {
  checkPeriod('exponentialVolatility', halfLife, 1)
  const keep = 0.5 ** (1 / halfLife)
  return column({
    name: 'exponential_volatility',
    inputs: [logChange(close)],
    params: [halfLife],
    warmup: halfLife - 1,
    start: ([x], [y]) => {
      const state = new Float64Array(2)
      return (from, to) => decay(x!, y!, keep, halfLife, state, from, to)
    },
  })
}

/** @param state how many returns are known, and their variance */
function decay(x: Float64Array, y: Float64Array, keep: number, halfLife: number, state: Float64Array, from: number, to: number): void {
  let run = state[0]!
  let variance = state[1]!
  for (let i = from; i < to; i++) {
    const r = x[i]!
    if (r !== r) {
      run = 0
      y[i] = NaN
      continue
    }
    variance = run === 0 ? r * r : keep * variance + (1 - keep) * r * r
    run += 1
    y[i] = run >= halfLife ? Math.sqrt(variance) : NaN
  }
  state[0] = run
  state[1] = variance
}

const fallInPercent = (value: number, top: number): number => (100 * (value - top)) / top

/** Ulcer index: root mean square of the fall in per cent from the highest close of `period` bars (Martin 1987). */
export function ulcerIndex(close: Column, period: number): Column {
  return map(sma(map(map2(close, rollingMax(close, period), fallInPercent), square), period), root)
}
