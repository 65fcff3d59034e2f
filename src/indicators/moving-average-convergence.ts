import type { Column } from './column.js'
import { kernelColumn, kernelOperator } from './kernel-operator.js'
import { checkPeriod } from './operators/check-period.js'
import { ema } from './operators/smoothing.js'

/** Columns of moving average convergence and divergence. */
export interface Macd {
  readonly line: Column
  readonly signal: Column
  readonly histogram: Column
}

/**
 * Moving average convergence divergence (TA-Lib MACD): fast minus slow exponential average, both seeded at the slow one's period; its `signalPeriod`-bar EMA; the
 * difference. One pass.
 */
export function macd(a: Column, fast: number, slow: number, signalPeriod: number): Macd {
  checkPeriod('macd (fast)', fast, 1)
  checkPeriod('macd (slow)', slow, fast)
  checkPeriod('macd (signal)', signalPeriod, 1)
  const all = slow + signalPeriod - 2
  const params = [fast, slow, signalPeriod]
  const [line, signal, histogram] = kernelOperator({ kernel: 'macd', inputs: [a], params, warmup: [slow - 1, all, all], state: 4 })
  return { line: line!, signal: signal!, histogram: histogram! }
}

/** Percentage price oscillator: fast minus slow exponential average in per cent of the slow one (TA-Lib PPO with EMA). */
export function ppo(a: Column, fast: number, slow: number): Column {
  return kernelColumn({ kernel: 'percent_apart', inputs: [ema(a, fast), ema(a, slow)] })
}
