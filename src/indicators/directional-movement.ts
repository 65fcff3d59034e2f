import type { BarColumns } from './bar-columns.js'
import type { Column } from './column.js'
import { kernelColumn, kernelOperator } from './kernel-operator.js'
import { shareOf } from './operators/arithmetic.js'
import { checkPeriod } from './operators/check-period.js'
import { lag } from './operators/lags.js'

/** Wilder's directional movement system as columns. */
export interface DirectionalMovement {
  /** Wilder sums of directional movement (TA-Lib PLUS_DM, MINUS_DM), price units. */
  readonly plusMovement: Column
  readonly minusMovement: Column
  /** 100 x movement / true range (TA-Lib PLUS_DI, MINUS_DI). */
  readonly plus: Column
  readonly minus: Column
  /** 100 |plus - minus| / (plus + minus) (TA-Lib DX). A bar without any movement keeps the value before. */
  readonly dx: Column
  /** Wilder's average of dx (TA-Lib ADX), first value at 2 period - 1. */
  readonly adx: Column
  /** Mean of adx now and period - 1 bars ago (TA-Lib ADXR). */
  readonly adxr: Column
}

/** Wilder's directional movement system (1978). */
export function directionalMovement({ high, low, close }: BarColumns, period: number): DirectionalMovement {
  checkPeriod('directionalMovement', period, 2)
  const p = period
  const [plusMovement, minusMovement, range] = kernelOperator({
    kernel: 'movements',
    inputs: [high, low, close],
    params: [period],
    reach: 1,
    warmup: [p - 1, p - 1, p],
    state: 4,
  })
  const [dx, adx] = kernelOperator({
    kernel: 'directional_index',
    inputs: [plusMovement!, minusMovement!, range!],
    params: [period],
    warmup: [0, p - 1],
    state: 3,
  })
  return {
    plusMovement: plusMovement!,
    minusMovement: minusMovement!,
    plus: shareOf(plusMovement!, range!, 0, 100),
    minus: shareOf(minusMovement!, range!, 0, 100),
    dx: dx!,
    adx: adx!,
    adxr: kernelColumn({ kernel: 'mean_of_2', inputs: [adx!, lag(adx!, period - 1)] }),
  }
}
