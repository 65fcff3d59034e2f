import type { BarColumns } from './bar-columns.js'
import type { Column } from './column.js'
import { kernelColumn, kernelOperator } from './kernel-operator.js'

/** Parabolic stop and reverse (Wilder 1978; TA-Lib SAR): first value at bar 1. The first direction is that of the larger directional movement. */
export function parabolicSar({ high, low }: BarColumns, acceleration = 0.02, maximum = 0.2): Column {
  return kernelColumn({ kernel: 'parabolic_sar', inputs: [high, low], params: [acceleration, maximum], reach: 1, warmup: 1, state: 5 })
}

/** The stop line, and on which side of it the price is. */
export interface SuperTrend {
  /** The stop line, price units. */
  readonly line: Column
  /** 1 while the stop lies below the price, -1 while above. */
  readonly direction: Column
}

/** SuperTrend (Seban): bands of `multiplier` x average true range around the median price that only ever tighten; the close beyond the band turns the direction. Begins long. */
export function superTrend({ high, low, close }: BarColumns, averageRange: Column, multiplier: number): SuperTrend {
  const [line, direction] = kernelOperator({
    kernel: 'super_trend',
    inputs: [high, low, close, averageRange],
    params: [multiplier],
    warmup: [0, 0],
    state: 5,
  })
  return { line: line!, direction: direction! }
}
