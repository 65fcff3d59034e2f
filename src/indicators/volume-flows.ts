import { column, type Column } from './column.js'
import { typicalPrice, type BarColumns } from './bar-columns.js'
import { divide, map2, mapAll, multiply, subtract } from './operators/arithmetic.js'
import { change, lag, relativeChange } from './operators/lags.js'
import { rollingSum } from './operators/rolling-sum.js'
import { ema, emaFromFirst } from './operators/smoothing.js'

/** Sum of all values since the first, or since the last break. Its level depends on where the series begins: use its changes. */
export function cumulative(a: Column): Column {
  return column({
    name: 'cumulative',
    inputs: [a],
    start: ([x], [y]) => {
      let sum = 0
      return (from, to) => {
        let total = sum
        for (let i = from; i < to; i++) {
          const v = x![i]!
          if (v !== v) total = 0
          else total += v
          y![i] = v === v ? total : NaN
        }
        sum = total
      }
    },
  })
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
      let [sum, before] = [0, NaN]
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const [last, size] = [c![i]!, v![i]!]
          if (last !== last || size !== size) {
            before = NaN
            y![i] = NaN
            continue
          }
          sum = before !== before ? size : sum + withSign(last - before, size)
          before = last
          y![i] = sum
        }
      }
    },
  })
}

/** Where the close lies in the bar, -1 at the low to 1 at the high; 0 for a bar without range. */
export const closeLocation = ({ high, low, close }: BarColumns): Column => mapAll([high, low, close], location)
const location = ([high, low, close]: readonly number[]): number => (high! > low! ? (close! - low! - (high! - close!)) / (high! - low!) : 0)

/** Accumulation/distribution of one bar: close location x volume (Chaikin). */
export const moneyFlowVolume = (bars: BarColumns): Column => multiply(closeLocation(bars), bars.volume)
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
      let run = 0
      return (from, to) => {
        for (let i = from; i < to; i++) {
          run = x![i] === x![i] ? run + 1 : 0
          y![i] = run >= slow ? x![i]! : NaN
        }
      }
    },
  })
}

/** Chaikin money flow, -1..1: sum of money flow volume / sum of volume; 0 where there was no volume. */
export function chaikinMoneyFlow(bars: BarColumns, period: number): Column {
  return map2(rollingSum(moneyFlowVolume(bars), period), rollingSum(bars.volume, period), shareOrZero)
}
export const shareOrZero = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** Money flow index 0..100 (TA-Lib MFI): typical price x volume of rising bars in that of rising and falling ones; 50 where there is none (TA-Lib: 0). */
export function moneyFlowIndex(bars: BarColumns, period: number): Column {
  const typical = typicalPrice(bars)
  const flow = mapAll([change(typical), typical, bars.volume], signedFlow)
  return map2(rollingSum(map2(flow, flow, positive), period), rollingSum(map2(flow, flow, negative), period), flowShare)
}
const signedFlow = ([move, price, volume]: readonly number[]): number => withSign(move!, price! * volume!)
const positive = (flow: number): number => (flow > 0 ? flow : 0)
const negative = (flow: number): number => (flow < 0 ? -flow : 0)
const flowShare = (up: number, down: number): number => (up + down === 0 ? 50 : (100 * up) / (up + down))

/** Volume-weighted mean of the typical price over `period` bars; NaN where there was no volume. */
export function vwap(bars: BarColumns, period: number): Column {
  return divide(rollingSum(multiply(typicalPrice(bars), bars.volume), period), rollingSum(bars.volume, period))
}

/** Elder's force index: change of close x volume, exponentially averaged; price x volume units. */
export const forceIndex = ({ close, volume }: BarColumns, period: number): Column => ema(multiply(change(close), volume), period)

/** Volume-price trend of one bar: relative change x volume. */
export const volumePriceTrend = ({ close, volume }: BarColumns): Column => multiply(relativeChange(close), volume)

/** Ease of movement of one bar: change of the middle x range / volume (Arms); NaN without volume. Price^2 / volume units. */
export function easeOfMovement({ high, low, volume }: BarColumns): Column {
  return mapAll([high, low, lag(high, 1), lag(low, 1), volume], ease)
}
const ease = ([high, low, highBefore, lowBefore, volume]: readonly number[]): number =>
  volume === 0 ? 0 : (((high! + low! - highBefore! - lowBefore!) / 2) * (high! - low!)) / volume!
