import { operator, type Column } from './column.js'
import { checkPeriod } from './operators/check-period.js'
import { map2 } from './operators/own-functions.js'
import { ema } from './operators/smoothing.js'

export interface Macd {
  readonly line: Column
  readonly signal: Column
  readonly histogram: Column
}

interface Convergence {
  readonly fast: number
  readonly slow: number
  readonly signal: number
  /** Values since the last break, up to the signal's seed; the three averages. */
  readonly state: Float64Array
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
  const [line, signal, histogram] = operator({
    name: 'macd',
    inputs: [a],
    params: [fast, slow, signalPeriod],
    warmup: [slow - 1, all, all],
    start: ([x], [line, signal, histogram]) => {
      const convergence: Convergence = { fast, slow, signal: signalPeriod, state: new Float64Array(4) }
      return (from, to) => converge(x!, line!, signal!, histogram!, convergence, from, to)
    },
  })
  return { line: line!, signal: signal!, histogram: histogram! }
}

function converge(
  x: Float64Array,
  outLine: Float64Array,
  outSignal: Float64Array,
  outHistogram: Float64Array,
  { fast, slow, signal, state }: Convergence,
  from: number,
  to: number,
): void {
  const fastFactor = 2 / (fast + 1)
  const slowFactor = 2 / (slow + 1)
  const signalFactor = 2 / (signal + 1)
  const seedAt = slow + signal - 1
  let n = state[0]!
  let quick = state[1]!
  let calm = state[2]!
  let average = state[3]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      n = quick = calm = average = 0
      outLine[i] = outSignal[i] = outHistogram[i] = NaN
      continue
    }
    if (n >= seedAt) {
      quick += (v - quick) * fastFactor
      calm += (v - calm) * slowFactor
      const line = quick - calm
      average += (line - average) * signalFactor
      outLine[i] = line
      outSignal[i] = average
      outHistogram[i] = line - average
      continue
    }
    n += 1
    if (n <= slow) {
      if (n > slow - fast) quick += (v - quick) / (n - slow + fast)
      calm += (v - calm) / n
    } else {
      quick += (v - quick) * fastFactor
      calm += (v - calm) * slowFactor
    }
    const line = n >= slow ? quick - calm : NaN
    if (n >= slow) average += (line - average) / (n - slow + 1)
    outLine[i] = line
    outSignal[i] = n === seedAt ? average : NaN
    outHistogram[i] = n === seedAt ? line - average : NaN
  }
  state[0] = n
  state[1] = quick
  state[2] = calm
  state[3] = average
}

const share = (fast: number, slow: number): number => (100 * (fast - slow)) / slow

/** Percentage price oscillator: fast minus slow exponential average in per cent of the slow one (TA-Lib PPO with EMA). */
export function ppo(a: Column, fast: number, slow: number): Column {
  return map2(ema(a, fast), ema(a, slow), share)
}
