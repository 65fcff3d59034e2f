import type { BarColumns } from './bar-columns.js'
import type { Column } from './column.js'
import { kernelColumn } from './kernel-operator.js'
import { wilder } from './operators/smoothing.js'

/** Largest of high - low, |high - previous close|, |low - previous close| (TA-Lib TRANGE). First value at 1: bar 0 has no previous close. */
export function trueRange({ high, low, close }: BarColumns): Column {
  return kernelColumn({ kernel: 'true_range', inputs: [high, low, close], reach: 1, warmup: 1, state: 2 })
}

/** Average true range in price units (Wilder 1978; TA-Lib ATR). */
export function atr(bars: BarColumns, period: number): Column {
  return wilder(trueRange(bars), period)
}
