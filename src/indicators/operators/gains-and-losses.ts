import type { Column } from '../column.js'
import { kernelOperator } from '../kernel-operator.js'
import { checkPeriod } from './check-period.js'

export interface GainsAndLosses {
  readonly gain: Column
  /** As a positive number. */
  readonly loss: Column
}

/** Wilder's averages of the rises and of the falls of one bar (1978): what RSI and CMO are made of, in one pass. First values at `period`. */
export function gainsAndLosses(a: Column, period: number): GainsAndLosses {
  checkPeriod('gainsAndLosses', period, 1)
  const [gain, loss] = kernelOperator({ kernel: 'gains_and_losses', inputs: [a], params: [period], warmup: [period, period], state: 4 })
  return { gain: gain!, loss: loss! }
}
