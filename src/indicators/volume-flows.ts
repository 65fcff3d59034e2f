import { column, type Column } from './column.js'
import { medianPrice, typicalPrice, type BarColumns } from './bar-columns.js'
import { divide, multiply, subtract } from './operators/arithmetic.js'
import { change, relativeChange } from './operators/lags.js'
import { map, map2, map3, map4 } from './operators/own-functions.js'
import { rollingSum } from './operators/rolling-sum.js'
import { ema, emaFromFirst } from './operators/smoothing.js'

/** Sum of all values since the first, or since the last break. Its level depends on where the series begins: use its changes. */
export function cumulative(a: Column): Column {
  return column({
    name: 'cumulative',
    inputs: [a],
    start: ([x], [y]) => {
      const sum = new Float64Array(1)
      return (from, to) => accumulate(x!, y!, sum, from, to)
    },
  })
}

function accumulate(x: Float64Array, y: Float64Array, sum: Float64Array, from: number, to: number): void {
  let total = sum[0]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v === v) {
      total += v
      y[i] = total
    } else {
      total = 0
      y[i] = NaN
    }
  }
  sum[0] = total
}

/** Volume with the sign of the bar's change of close: 0 where unchanged. First value at 1. */
export const signedVolume = ({ close, volume }: BarColumns): Column => map2(change(close), volume, withSign)
const withSign = (move: number, volume: number): number => (move > 0 ? volume : move < 0 ? -volume : 0)

/** On-balance volume (Granville 1963; TA-Lib OBV, which begins with the first bar's volume): begins with the first bar at its volume. */
export function onBalanceVolume({ close, volume }: BarColumns): Column {
  return column({
    name: 'obv',
    inputs: [close, volume],
    reach: 1,
    start: ([c, v], [y]) => {
      const state = Float64Array.of(0, NaN)
      return (from, to) => balance(c!, v!, y!, state, from, to)
    },
  })
}

/** @param state the balance, and the close before: NaN after a break */
function balance(c: Float64Array, v: Float64Array, y: Float64Array, state: Float64Array, from: number, to: number): void {
  let sum = state[0]!
  let before = state[1]!
  for (let i = from; i < to; i++) {
    const last = c[i]!
    const size = v[i]!
    if (last !== last || size !== size) {
      before = NaN
      y[i] = NaN
      continue
    }
    if (before !== before) sum = size
    else if (last > before) sum += size
    else if (last < before) sum -= size
    before = last
    y[i] = sum
  }
  state[0] = sum
  state[1] = before
}

/** Where the close lies in the bar, -1 at the low to 1 at the high; 0 for a bar without range. */
export const closeLocation = ({ high, low, close }: BarColumns): Column => map3(high, low, close, location)
const location = (high: number, low: number, close: number): number => (high > low ? (close - low - (high - close)) / (high - low) : 0)

/** Accumulation/distribution of one bar: close location x volume (Chaikin). */
export const moneyFlowVolume = ({ high, low, close, volume }: BarColumns): Column => map4(high, low, close, volume, locatedVolume)
const locatedVolume = (high: number, low: number, close: number, volume: number): number => location(high, low, close) * volume
/** Accumulation/distribution line (TA-Lib AD). */
export const accumulationDistribution = (bars: BarColumns): Column => cumulative(moneyFlowVolume(bars))

/** Chaikin's oscillator: fast minus slow average of the A/D line, both begun at its first value (TA-Lib ADOSC). */
export function chaikinOscillator(bars: BarColumns, fast = 3, slow = 10): Column {
  const line = accumulationDistribution(bars)
  const raw = subtract(emaFromFirst(line, fast), emaFromFirst(line, slow))
  return column({
    name: 'after',
    inputs: [raw],
    params: [slow - 1],
    warmup: slow - 1,
    start: ([x], [y]) => {
      const run = new Float64Array(1)
      return (from, to) => passOver(x!, y!, slow - 1, run, from, to)
    },
  })
}

/** @param run values since the last break */
function passOver(x: Float64Array, y: Float64Array, first: number, run: Float64Array, from: number, to: number): void {
  let known = run[0]!
  for (let i = from; i < to; i++) {
    known = x[i] === x[i] ? known + 1 : 0
    y[i] = known > first ? x[i]! : NaN
  }
  run[0] = known
}

/** Chaikin money flow, -1..1: sum of money flow volume / sum of volume; 0 where there was no volume. */
export function chaikinMoneyFlow(bars: BarColumns, period: number): Column {
  return map2(rollingSum(moneyFlowVolume(bars), period), rollingSum(bars.volume, period), shareOrZero)
}
export const shareOrZero = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** Money flow index 0..100 (TA-Lib MFI): typical price x volume of rising bars in that of rising and falling ones; 50 where there is none (TA-Lib: 0). */
export function moneyFlowIndex(bars: BarColumns, period: number): Column {
  const typical = typicalPrice(bars)
  const flow = map3(change(typical), typical, bars.volume, signedFlow)
  return map2(rollingSum(flow, period), rollingSum(map(flow, size), period), flowShare)
}
/** A mean of three prices that is the same may differ in its last digits: that is no move. */
const ROUNDING = 4 * Number.EPSILON
const signedFlow = (move: number, price: number, volume: number): number =>
  withSign(Math.abs(move) > ROUNDING * Math.abs(price) ? move : 0, price * volume)
const size = (flow: number): number => Math.abs(flow)
/** From the difference of both flows and their sum. */
const flowShare = (net: number, whole: number): number => (whole === 0 ? 50 : Math.max(0, Math.min(100, 50 + (50 * net) / whole)))

/** Volume-weighted mean of the typical price over `period` bars; NaN where there was no volume. */
export function vwap(bars: BarColumns, period: number): Column {
  return divide(rollingSum(multiply(typicalPrice(bars), bars.volume), period), rollingSum(bars.volume, period))
}

/** Elder's force index: change of close x volume, exponentially averaged; price x volume units. */
export const forceIndex = ({ close, volume }: BarColumns, period: number): Column => ema(multiply(change(close), volume), period)

/** Volume-price trend of one bar: relative change x volume. */
export const volumePriceTrend = ({ close, volume }: BarColumns): Column => multiply(relativeChange(close), volume)

/** Ease of movement of one bar: change of the middle x range / volume (Arms); 0 without volume. Price^2 / volume units. */
export function easeOfMovement(bars: BarColumns): Column {
  return map3(change(medianPrice(bars)), subtract(bars.high, bars.low), bars.volume, ease)
}
const ease = (move: number, range: number, volume: number): number => (volume === 0 ? 0 : (move * range) / volume)
