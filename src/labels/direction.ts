import { DISPLAY, LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { checkHorizon } from './check-horizon.js'
import { isPrice } from './known-price.js'
import type { PricedLabels } from './labels.js'
import { showClasses, UP_OR_NOT } from './show-labels.js'

/** How far to look ahead, and which moves are too small to count. */
export interface DirectionOptions {
  /** How many bars ahead the question looks; a whole number, 1 or more. */
  readonly horizonBars: number
  /**
   * Moves of at most this share of the close, up or down, get no label: 0.001 leaves out moves within 0.1 %. Default 0: every bar has a label and
   * an unchanged close counts as not higher. Whether a row is left out is known only later, so a backtest must not skip those rows.
   */
  readonly deadZone?: number
}

/**
 * Will the close be higher in `horizonBars` bars? `y[t]` is 1 where `close[t + h] > close[t]`, else 0; its end time is the open time of bar t + h. NaN for the last h bars,
 * where either close is missing, and inside the dead zone. `returns` is NaN also where a close is not positive.
 * @throws LabError `bad-horizon`, `bad-dead-zone`, `too-few-bars`
 */
export function directionLabels(bars: Bars, { horizonBars: h, deadZone = 0 }: DirectionOptions): PricedLabels {
  const { time, close } = bars
  const n = close.length
  checkHorizon(h, n)
  if (!(deadZone >= 0 && deadZone < 1))
    throw new LabError('bad-dead-zone', 'The dead zone is not a share of the price.', {
      received: String(deadZone),
      expected: 'a number from 0 to below 1; 0.001 is 0.1 %',
      help: 'give deadZone as a share, not in per cent',
    })
  const y = new Float64Array(n).fill(NaN)
  const endTime = new Float64Array(n).fill(NaN)
  const returns = new Float64Array(n).fill(NaN)
  for (let i = 0; i + h < n; i++) {
    const move = close[i + h]! - close[i]!
    if (Number.isNaN(move) || (deadZone > 0 && Math.abs(move) <= deadZone * Math.abs(close[i]!))) continue
    y[i] = move > 0 ? 1 : 0
    endTime[i] = time[i + h]!
    if (isPrice(close[i]!) && isPrice(close[i + h]!)) returns[i] = close[i + h]! / close[i]! - 1
  }
  const name = `direction_${h}`
  return { name, y, endTime, horizonBars: h, returns, [DISPLAY]: () => ({ 'text/plain': showClasses(name, y, UP_OR_NOT) }) }
}
