import { type Column } from './column.js'
import { medianPrice, type BarColumns } from './bar-columns.js'
import { divide, map, map2, mapAll, scale, subtract } from './operators/arithmetic.js'
import { absoluteChange } from './averages.js'
import { change, logChange, relativeChange } from './operators/lags.js'
import { barsSinceExtreme, rollingMax, rollingMin } from './operators/rolling-extremes.js'
import { rollingSum, sma } from './operators/rolling-sum.js'
import { meanDeviation } from './operators/sorted-window.js'
import { ema, wilder } from './operators/smoothing.js'
import { typicalPrice } from './bar-columns.js'

const rise = (move: number): number => (move > 0 ? move : 0)
const fall = (move: number): number => (move < 0 ? -move : 0)
/** Share of gains in all moves, 0..100; 50 where nothing moved. */
const gainShare = (up: number, down: number): number => (up + down === 0 ? 50 : (100 * up) / (up + down))
const balance = (up: number, down: number): number => (up + down === 0 ? 0 : (100 * (up - down)) / (up + down))

/** Relative strength index 0..100 with Wilder's averages (1978; TA-Lib RSI); 50 where prices have not moved at all (TA-Lib: 0). */
export function rsi(a: Column, period: number): Column {
  const move = change(a)
  return map2(wilder(map(move, rise), period), wilder(map(move, fall), period), gainShare)
}

/** Chande's momentum oscillator -100..100 as TA-Lib computes it: with Wilder's averages (TA-Lib CMO). */
export function cmo(a: Column, period: number): Column {
  const move = change(a)
  return map2(wilder(map(move, rise), period), wilder(map(move, fall), period), balance)
}

export interface Macd {
  readonly line: Column
  readonly signal: Column
  readonly histogram: Column
}

/** Moving average convergence divergence (TA-Lib MACD): fast minus slow exponential average, both seeded at the slow one's period; its `signal`-bar EMA; the difference. */
export function macd(a: Column, fast: number, slow: number, signalPeriod: number): Macd {
  const line = subtract(ema(a, fast, slow - fast), ema(a, slow))
  const signal = ema(line, signalPeriod)
  return { line, signal, histogram: subtract(line, signal) }
}

const share = (fast: number, slow: number): number => (100 * (fast - slow)) / slow

/** Percentage price oscillator: MACD line in per cent of the slow average (TA-Lib PPO with EMA). */
export function ppo(a: Column, fast: number, slow: number): Column {
  return map2(ema(a, fast, slow - fast), ema(a, slow), share)
}

/** Change in per cent of the triple exponential average (TA-Lib TRIX). */
export function trix(a: Column, period: number): Column {
  return scale(relativeChange(ema(ema(ema(a, period), period), period)), 100)
}

const place = ([value, bottom, top]: readonly number[]): number => (top === bottom ? 0.5 : (value! - bottom!) / (top! - bottom!))

/** Where a value lies between the lowest of `low` and the highest of `high` over `period` bars, 0..1; 0.5 where they are equal. */
export function rangePosition(value: Column, high: Column, low: Column, period: number): Column {
  return mapAll([value, rollingMin(low, period), rollingMax(high, period)], place)
}

/** Stochastic %K of the close, 0..1 (TA-Lib STOCHF fast %K / 100). */
export const stochasticK = ({ close, high, low }: BarColumns, period: number): Column => rangePosition(close, high, low, period)

/** Stochastic of the RSI, 0..1 (TA-Lib STOCHRSI fast %K / 100). */
export function stochasticRsi(a: Column, rsiPeriod: number, period: number): Column {
  const strength = rsi(a, rsiPeriod)
  return rangePosition(strength, strength, strength, period)
}

/** Commodity channel index (TA-Lib CCI); 0 in a flat window. */
export function cci(bars: BarColumns, period: number): Column {
  const typical = typicalPrice(bars)
  const mean = sma(typical, period)
  return mapAll([typical, mean, meanDeviation(typical, mean, period)], channelIndex)
}
const channelIndex = ([value, mean, deviation]: readonly number[]): number =>
  deviation === 0 || value === mean ? 0 : (value! - mean!) / (0.015 * deviation!)

/** Aroon up (sign 1) or down (sign -1): 100 x (period - bars since the extreme of period + 1 bars) / period (TA-Lib AROON). */
export function aroon({ high, low }: BarColumns, period: number, sign: 1 | -1): Column {
  return scale(barsSinceExtreme(sign === 1 ? high : low, period + 1, sign), -100 / period, 100)
}

const under = (close: number, before: number): number => (close < before ? close : before)
const pressure = ([close, low, before]: readonly number[]): number => close! - under(low!, before!)

/** Ultimate oscillator 0..100 (Williams 1985; TA-Lib ULTOSC): buying pressure over true range of three windows, weights 4, 2, 1. 50 without any range (TA-Lib: 0). */
export function ultimateOscillator(
  bars: BarColumns,
  range: Column,
  previousClose: Column,
  periods: readonly [number, number, number],
): Column {
  const buying = mapAll([bars.close, bars.low, previousClose], pressure)
  const shares = periods.map((period) => map2(rollingSum(buying, period), rollingSum(range, period), shareOrHalf))
  return mapAll(shares, ultimate)
}
const shareOrHalf = (part: number, whole: number): number => (whole === 0 ? 0.5 : part / whole)
const ultimate = ([a, b, c]: readonly number[]): number => (100 * (4 * a! + 2 * b! + c!)) / 7

/** Awesome oscillator: 5-bar minus 34-bar mean of the median price, price units (Williams). */
export function awesomeOscillator(bars: BarColumns, fast = 5, slow = 34): Column {
  const median = medianPrice(bars)
  return subtract(sma(median, fast), sma(median, slow))
}

/** True strength index -100..100: change smoothed twice / absolute change smoothed twice (Blau 1991); 0 where nothing moved. */
export function tsi(a: Column, slow: number, fast: number): Column {
  const twice = (x: Column): Column => ema(ema(x, slow), fast)
  return map2(twice(change(a)), twice(absoluteChange(a)), strength)
}
const strength = (move: number, path: number): number => (path === 0 ? 0 : (100 * move) / path)

/** (close - open) / (high - low), -1..1 (TA-Lib BOP); 0 for a bar without range. */
export const balanceOfPower = ({ open, high, low, close }: BarColumns): Column => mapAll([open, high, low, close], bodyShare)
const bodyShare = ([open, high, low, close]: readonly number[]): number => (high! > low! ? (close! - open!) / (high! - low!) : 0)

/** Know sure thing: four smoothed rates of change, weights 1..4 (Pring 1992), in per cent. */
export function knowSureThing(a: Column): Column {
  const parts: [number, number][] = [
    [10, 10],
    [15, 10],
    [20, 10],
    [30, 15],
  ]
  return mapAll(
    parts.map(([bars, smooth]) => sma(relativeChange(a, bars), smooth)),
    sureThing,
  )
}
const sureThing = ([a, b, c, d]: readonly number[]): number => 100 * (a! + 2 * b! + 3 * c! + 4 * d!)

/** Sum of |changes| over `period` bars that the net change explains, 0..1 (Kaufman's efficiency ratio); 0 in a flat window. */
export function efficiencyRatio(a: Column, period: number): Column {
  return map2(change(a, period), rollingSum(absoluteChange(a), period), efficiency)
}
const efficiency = (move: number, path: number): number => (path === 0 ? 0 : Math.min(1, Math.abs(move) / path))

/** Change of `bars` bars in units of its own volatility: ln(a / a earlier) / (std of one-bar log changes x sqrt(bars)). */
export function volatilityAdjustedMomentum(a: Column, bars: number, std: Column): Column {
  return scale(divide(logChange(a, bars), std), 1 / Math.sqrt(bars))
}
