import type { Bars } from '../data/index.js'
import { isPrice } from './known-price.js'
import { TOUCHED } from './touched.js'

export interface BarrierWalk {
  readonly horizonBars: number
  /** Distance of the barrier above and of the one below at each bar, as a share of the close; Infinity: none, NaN: no label. */
  readonly above: Float64Array
  readonly below: Float64Array
  readonly judgedOn: 'high-low' | 'close'
  readonly bothTouched: 'loss' | 'drop'
  /** Which barrier loses, where both are touched in one bar. */
  readonly losing: (bar: number) => 'above' | 'below'
}

/** Where each bar's path ended; `touched` is none, the rest NaN, where that is not known. */
export interface BarrierEnds {
  readonly endTime: Float64Array
  readonly returns: Float64Array
  readonly touched: Int8Array
  /** Paths that ended in a bar that reached both barriers, however they were counted. */
  readonly metBoth: number
}

/**
 * Follows the price from each bar's close until it first touches a barrier, at the latest to the horizon.
 *
 * The return is what an order at the barrier would have brought: the barrier's own price, or the open where the price jumped over it between two bars; judged on
 * closes, the close that touched. A bar counts as missing where one of its prices is needed and is no positive number; a path that meets a missing bar before it has
 * ended has no label, nor has one that runs into the end of the bars. O(bars x horizon) at worst; memory O(bars).
 */
export function walkBarriers(bars: Bars, walk: BarrierWalk): BarrierEnds {
  const { time, open, high, low, close } = bars
  const { horizonBars, above, below, judgedOn, losing } = walk
  const n = close.length
  const onCloses = judgedOn === 'close'
  const endTime = new Float64Array(n).fill(NaN)
  const returns = new Float64Array(n).fill(NaN)
  const touched = new Int8Array(n)
  let metBoth = 0
  const known = Uint8Array.from(close, (value, i) =>
    isPrice(value) && (onCloses || (isPrice(open[i]!) && isPrice(high[i]!) && isPrice(low[i]!))) ? 1 : 0,
  )
  for (let i = 0; i + 1 < n; i++) {
    if (Number.isNaN(above[i]) || !isPrice(close[i]!)) continue
    const upper = close[i]! + close[i]! * above[i]!
    const lower = close[i]! - close[i]! * below[i]!
    const end = (bar: number, code: number, price: number): void => {
      touched[i] = code
      endTime[i] = time[bar]!
      returns[i] = price / close[i]! - 1
    }
    for (let j = i + 1; j <= i + horizonBars && j < n && known[j] === 1; j++) {
      const reachesUpper = (onCloses ? close[j]! : high[j]!) >= upper
      const reachesLower = (onCloses ? close[j]! : low[j]!) <= lower
      if (reachesUpper || reachesLower) {
        // The open is the first price of the bar: beyond a barrier, it says which was first and at what price.
        if (onCloses) end(j, reachesUpper ? TOUCHED.upper : TOUCHED.lower, close[j]!)
        else if (open[j]! >= upper) end(j, TOUCHED.upper, open[j]!)
        else if (open[j]! <= lower) end(j, TOUCHED.lower, open[j]!)
        else if (reachesUpper && reachesLower) {
          metBoth += 1
          if (walk.bothTouched === 'loss') {
            if (losing(i) === 'above') end(j, TOUCHED.upper, upper)
            else end(j, TOUCHED.lower, lower)
          }
        } else if (reachesUpper) end(j, TOUCHED.upper, upper)
        else end(j, TOUCHED.lower, lower)
        break
      }
      if (j === i + horizonBars) end(j, TOUCHED.vertical, close[j]!)
    }
  }
  return { endTime, returns, touched, metBoth }
}
