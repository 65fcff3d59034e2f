import { DISPLAY, LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { checkHorizon } from './check-horizon.js'
import { isPrice } from './known-price.js'
import type { PricedLabels } from './labels.js'
import { showReturns } from './show-labels.js'
import { volatilityColumn, type VolatilityTarget } from './volatility-target.js'

/** Which return, over how many bars, in which unit. */
export interface ReturnOptions {
  /** How many bars ahead; a whole number, 1 or more. */
  readonly horizonBars: number
  /** 'simple': close[t + h] / close[t] - 1; 'log': its logarithm, which adds up over time. */
  readonly kind: 'simple' | 'log'
  /** Divide by the usual move over the horizon, volatility[t] sqrt(h), so that calm and wild times count alike. Default: not divided. */
  readonly volatility?: VolatilityTarget
}

/**
 * How far does the close move in `horizonBars` bars? A target for regression: `y[t]` is the return from close t to close t + h, with `volatility` in units of the
 * move that is usual at t. Its end time is the open time of bar t + h. `returns` is the simple return whatever the kind.
 *
 * NaN for the last h bars, where either close is missing or not positive, and where the volatility is missing or zero. Closes in between are not used.
 * @throws LabError `bad-horizon`, `bad-kind`, `bad-span`, `bad-volatility`, `too-few-bars`
 */
export function returnLabels(bars: Bars, { horizonBars: h, kind, volatility }: ReturnOptions): PricedLabels {
  const { time, close } = bars
  const n = close.length
  checkHorizon(h, n)
  if (kind !== 'simple' && kind !== 'log')
    throw new LabError('bad-kind', 'This kind of return is not known.', {
      received: String(kind),
      expected: "'simple' or 'log'",
      help: "kind: 'log' is usual for regression",
    })
  const usual = volatility === undefined ? undefined : volatilityColumn(close, volatility)
  const column = (): Float64Array => new Float64Array(n).fill(NaN)
  const [y, endTime, returns] = [column(), column(), column()]
  for (let i = 0; i + h < n; i++) {
    if (!isPrice(close[i]!) || !isPrice(close[i + h]!) || (usual !== undefined && !(usual[i]! > 0))) continue
    const ratio = close[i + h]! / close[i]!
    returns[i] = ratio - 1
    const move = kind === 'log' ? Math.log(ratio) : ratio - 1
    y[i] = usual === undefined ? move : move / (usual[i]! * Math.sqrt(h))
    endTime[i] = time[i + h]!
  }
  const name = `${kind}_return_${h}${usual === undefined ? '' : '_per_volatility'}`
  return { name, y, endTime, horizonBars: h, returns, [DISPLAY]: () => ({ 'text/plain': showReturns(name, y) }) }
}
