import { medianPrice, typicalPrice, type BarColumns } from './bar-columns.js'
import { type Column } from './column.js'
import { kernelColumn } from './kernel-operator.js'
import { divide, scale, shareOf, subtract } from './operators/arithmetic.js'
import { gainsAndLosses } from './operators/gains-and-losses.js'
import { absoluteChange, change, logChange, relativeChange } from './operators/lags.js'
import { meanDeviation } from './operators/mean-deviation.js'
import { barsSinceExtreme, rollingMax, rollingMin } from './operators/rolling-extremes.js'
import { rollingSum, sma } from './operators/rolling-sum.js'
import { emaMix } from './operators/smoothing.js'

/** Relative strength index 0..100 with Wilder's averages (1978; TA-Lib RSI); 50 where prices have not moved at all (TA-Lib: 0). */
export function rsi(a: Column, period: number): Column {
  const { gain, loss } = gainsAndLosses(a, period)
  return kernelColumn({ kernel: 'gain_share', inputs: [gain, loss] })
}

/** Chande's momentum oscillator -100..100 as TA-Lib computes it: with Wilder's averages (TA-Lib CMO). */
export function cmo(a: Column, period: number): Column {
  const { gain, loss } = gainsAndLosses(a, period)
  return kernelColumn({ kernel: 'balance', inputs: [gain, loss] })
}

/** Change in per cent of the triple exponential average (TA-Lib TRIX). */
export function trix(a: Column, period: number): Column {
  return scale(relativeChange(emaMix(a, [period, period, period], [0, 0])), 100)
}

/** Where a value lies between the lowest of `low` and the highest of `high` over `period` bars, 0..1; 0.5 where they are equal. */
export function rangePosition(value: Column, high: Column, low: Column, period: number): Column {
  return placeBetween(value, rollingMin(low, period), rollingMax(high, period), 0)
}

function placeBetween(value: Column, bottom: Column, top: Column, still: number): Column {
  return kernelColumn({ kernel: 'place_in_range', inputs: [value, bottom, top], params: [still] })
}

/** Stochastic %K of the close, 0..1 (TA-Lib STOCHF fast %K / 100). */
export const stochasticK = ({ close, high, low }: BarColumns, period: number): Column => rangePosition(close, high, low, period)

/** Stochastic of the RSI, 0..1 (TA-Lib STOCHRSI fast %K / 100); 0.5 where the RSI stands still: while prices do, both of its averages shrink alike. */
export function stochasticRsi(a: Column, rsiPeriod: number, period: number): Column {
  const strength = rsi(a, rsiPeriod)
  return placeBetween(strength, rollingMin(strength, period), rollingMax(strength, period), STILL)
}
/** A range this small is rounding. */
const STILL = 1e-10

/** Commodity channel index (TA-Lib CCI); 0 in a flat window. */
export function cci(bars: BarColumns, period: number): Column {
  const typical = typicalPrice(bars)
  const mean = sma(typical, period)
  return kernelColumn({ kernel: 'channel_index', inputs: [typical, mean, meanDeviation(typical, mean, period)] })
}

/** Aroon up (sign 1) or down (sign -1): 100 x (period - bars since the extreme of period + 1 bars) / period (TA-Lib AROON). */
export function aroon({ high, low }: BarColumns, period: number, sign: 1 | -1): Column {
  return scale(barsSinceExtreme(sign === 1 ? high : low, period + 1, sign), -100 / period, 100)
}

/** Ultimate oscillator 0..100 (Williams 1985; TA-Lib ULTOSC): buying pressure over true range of three windows, weights 4, 2, 1. 50 without any range (TA-Lib: 0). */
export function ultimateOscillator(
  bars: BarColumns,
  range: Column,
  previousClose: Column,
  periods: readonly [number, number, number],
): Column {
  const buying = kernelColumn({ kernel: 'buying_pressure', inputs: [bars.close, bars.low, previousClose] })
  const sums = periods.flatMap((period) => [rollingSum(buying, period), rollingSum(range, period)])
  return kernelColumn({ kernel: 'ultimate', inputs: sums })
}

/** Awesome oscillator: 5-bar minus 34-bar mean of the median price, price units (Williams). */
export function awesomeOscillator(bars: BarColumns, fast = 5, slow = 34): Column {
  const median = medianPrice(bars)
  return subtract(sma(median, fast), sma(median, slow))
}

/** True strength index -100..100: change smoothed twice / absolute change smoothed twice (Blau 1991); 0 where nothing moved. */
export function tsi(a: Column, slow: number, fast: number): Column {
  const twice = (x: Column): Column => emaMix(x, [slow, fast], [0])
  return shareOf(twice(change(a)), twice(absoluteChange(a)), 0, 100)
}

/** (close - open) / (high - low), -1..1 (TA-Lib BOP); 0 for a bar without range. */
export const balanceOfPower = ({ open, high, low, close }: BarColumns): Column =>
  kernelColumn({ kernel: 'body_share', inputs: [open, high, low, close] })

/** Know sure thing: four smoothed rates of change, weights 1..4 (Pring 1992), in per cent. */
export function knowSureThing(a: Column): Column {
  const part = (bars: number, smooth: number): Column => sma(relativeChange(a, bars), smooth)
  return kernelColumn({ kernel: 'sure_thing', inputs: [part(10, 10), part(15, 10), part(20, 10), part(30, 15)] })
}

/** Sum of |changes| over `period` bars that the net change explains, 0..1 (Kaufman's efficiency ratio); 0 in a flat window. */
export function efficiencyRatio(a: Column, period: number): Column {
  return kernelColumn({ kernel: 'efficiency', inputs: [change(a, period), rollingSum(absoluteChange(a), period)] })
}

/** Change of `bars` bars in units of its own volatility: ln(a / a earlier) / (std of one-bar log changes x sqrt(bars)). */
export function volatilityAdjustedMomentum(a: Column, bars: number, std: Column): Column {
  return scale(divide(logChange(a, bars), std), 1 / Math.sqrt(bars))
}
