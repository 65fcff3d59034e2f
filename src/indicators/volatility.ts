import type { BarColumns } from './bar-columns.js'
import type { Column } from './column.js'
import { kernelColumn } from './kernel-operator.js'
import { add, logRatio, rooted, scale, squared, weightedSum } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { lag, logChange } from './operators/lags.js'
import { rollingMax } from './operators/rolling-extremes.js'
import { rollingMoments } from './operators/rolling-moments.js'
import { sma } from './operators/rolling-sum.js'

/** Root mean square of the last `period` one-bar log returns: no mean is taken off. Per bar, not annualised. */
export function realisedVolatility(close: Column, period: number): Column {
  return rooted(sma(squared(logChange(close)), period))
}

/** Parkinson (1980): sqrt(mean ln(high / low)^2 / (4 ln 2)). Per bar. */
export function parkinsonVolatility({ high, low }: BarColumns, period: number): Column {
  return rooted(scale(sma(squared(logRatio(high, low)), period), 1 / (4 * Math.LN2)))
}

/** Garman & Klass (1980): 0.5 ln(high / low)^2 - (2 ln 2 - 1) ln(close / open)^2, mean and root. Per bar. */
export function garmanKlassVolatility({ open, high, low, close }: BarColumns, period: number): Column {
  return rooted(sma(kernelColumn({ kernel: 'garman_klass', inputs: [logRatio(high, low), logRatio(close, open)] }), period))
}

/** The term of Rogers & Satchell for one bar: ln(h / c) ln(h / o) + ln(l / c) ln(l / o), independent of drift. */
const rogersSatchellTerm = ({ open, high, low, close }: BarColumns): Column =>
  kernelColumn({ kernel: 'rogers_satchell', inputs: [open, high, low, close] })

/** Rogers & Satchell (1991). Per bar. */
export function rogersSatchellVolatility(bars: BarColumns, period: number): Column {
  return rooted(sma(rogersSatchellTerm(bars), period))
}

/** Yang & Zhang (2000): overnight variance + k open-to-close variance + (1 - k) Rogers-Satchell, k = 0.34 / (1.34 + (n + 1) / (n - 1)). Per bar. */
export function yangZhangVolatility(bars: BarColumns, period: number): Column {
  checkPeriod('yangZhangVolatility', period, 2)
  const k = 0.34 / (1.34 + (period + 1) / (period - 1))
  const sample = period / (period - 1)
  const overnight = rollingMoments(logRatio(bars.open, lag(bars.close, 1)), period).variance
  const session = rollingMoments(logRatio(bars.close, bars.open), period).variance
  return rooted(add(weightedSum(overnight, sample, session, k * sample), scale(sma(rogersSatchellTerm(bars), period), 1 - k)))
}

/** Standard deviation of log returns whose weights halve every `halfLife` bars, mean taken as 0 (RiskMetrics). Seeded with the first return. */
export function exponentialVolatility(close: Column, halfLife: number): Column {
  checkPeriod('exponentialVolatility', halfLife, 1)
  const keep = 0.5 ** (1 / halfLife)
  return kernelColumn({
    kernel: 'decay',
    inputs: [logChange(close)],
    params: [halfLife],
    settings: [keep, halfLife],
    warmup: halfLife - 1,
    state: 2,
  })
}

/** Ulcer index: root mean square of the fall in per cent from the highest close of `period` bars (Martin 1987). */
export function ulcerIndex(close: Column, period: number): Column {
  const fall = kernelColumn({ kernel: 'fall_in_percent', inputs: [close, rollingMax(close, period)] })
  return rooted(sma(squared(fall), period))
}
