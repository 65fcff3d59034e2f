import { medianPrice, typicalPrice, type BarColumns } from './bar-columns.js'
import type { Column } from './column.js'
import { kernelColumn, kernelOperator } from './kernel-operator.js'
import { divide, multiply, shareOf, subtract } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { change, relativeChange } from './operators/lags.js'
import { rollingSum } from './operators/rolling-sum.js'
import { ema } from './operators/smoothing.js'

/** Sum of all values since the first, or since the last break. Its level depends on where the series begins: use its changes. */
export function cumulative(a: Column): Column {
  return kernelColumn({ kernel: 'cumulative', inputs: [a], state: 1 })
}

/** Volume with the sign of the bar's change of close: 0 where unchanged. First value at 1. */
export const signedVolume = ({ close, volume }: BarColumns): Column =>
  kernelColumn({ kernel: 'signed_volume', inputs: [change(close), volume] })

/** On-balance volume (Granville 1963; TA-Lib OBV, which begins with the first bar's volume): begins with the first bar at its volume. */
export function onBalanceVolume({ close, volume }: BarColumns): Column {
  return kernelColumn({ kernel: 'on_balance_volume', inputs: [close, volume], state: 3 })
}

/** Where the close lies in the bar, -1 at the low to 1 at the high; 0 for a bar without range. */
export const closeLocation = ({ high, low, close }: BarColumns): Column =>
  kernelColumn({ kernel: 'close_location', inputs: [high, low, close] })

/** Accumulation/distribution of one bar: close location x volume (Chaikin). */
export const moneyFlowVolume = ({ high, low, close, volume }: BarColumns): Column =>
  kernelColumn({ kernel: 'money_flow_volume', inputs: [high, low, close, volume] })
/** Accumulation/distribution line (TA-Lib AD). */
export const accumulationDistribution = (bars: BarColumns): Column => cumulative(moneyFlowVolume(bars))

/** Chaikin's oscillator: fast minus slow average of the A/D line, both begun at its first value (TA-Lib ADOSC). */
export function chaikinOscillator(bars: BarColumns, fast = 3, slow = 10): Column {
  const line = accumulationDistribution(bars)
  checkPeriod('chaikinOscillator (fast)', fast, 1)
  checkPeriod('chaikinOscillator (slow)', slow, 2)
  const settings = [2 / (fast + 1), 2 / (slow + 1), slow - 1]
  return kernelColumn({ kernel: 'chaikin', inputs: [line], params: [fast, slow], settings, warmup: slow - 1, state: 3 })
}

/** Chaikin money flow, -1..1: sum of money flow volume / sum of volume; 0 where there was no volume. */
export function chaikinMoneyFlow(bars: BarColumns, period: number): Column {
  return shareOf(rollingSum(moneyFlowVolume(bars), period), rollingSum(bars.volume, period), 0)
}

/** Money flow index 0..100 (TA-Lib MFI): typical price x volume of rising bars in that of rising and falling ones; 50 where there is none (TA-Lib: 0). */
export function moneyFlowIndex(bars: BarColumns, period: number): Column {
  const typical = typicalPrice(bars)
  const [flow, size] = kernelOperator({ kernel: 'money_flow', inputs: [change(typical), typical, bars.volume], warmup: [0, 0] })
  return kernelColumn({ kernel: 'flow_share', inputs: [rollingSum(flow!, period), rollingSum(size!, period)] })
}

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
  return kernelColumn({ kernel: 'ease', inputs: [change(medianPrice(bars)), subtract(bars.high, bars.low), bars.volume] })
}

/** part / whole, 0 where the whole is 0: for {@link map2}. As columns: `shareOf(part, whole, 0)`, which is faster. */
export const shareOrZero = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
