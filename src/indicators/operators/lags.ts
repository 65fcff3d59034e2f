import type { Column } from '../column.js'
import { kernelColumn } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

const between = (kernel: string) => {
  return (a: Column, bars = 1): Column => {
    checkPeriod(kernel, bars, 0)
    return kernelColumn({ kernel, inputs: [a], params: [bars], reach: bars, warmup: bars, state: 1 })
  }
}

const valueBefore = between('lag')

/** The value `bars` bars earlier; NaN where this bar is missing, and until `bars` values after a break. */
export function lag(a: Column, bars: number): Column {
  return bars === 0 ? a : valueBefore(a, bars)
}

/** a - a `bars` earlier (TA-Lib MOM). */
export const change = between('change')
/** |a - a `bars` earlier| */
export const absoluteChange = between('absolute_change')
/** a / a `bars` earlier - 1 (TA-Lib ROCP); NaN where that was 0. */
export const relativeChange = between('relative_change')
/** ln(a / a `bars` earlier); NaN unless both have the same sign. */
export const logChange = between('log_change')
