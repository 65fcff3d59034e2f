import { createRng } from '../core/index.js'
import type { BarTransform } from './bar-transform.js'
import { FirstDifferences, type Difference } from './first-differences.js'
import { alteredAfter, spliced, stretch, type Market } from './market.js'
import { tryTransform } from './run-transform.js'

export interface LeakReach {
  readonly nearestBars: number | null
  readonly reachBars: number | null
}

export interface ReachOptions {
  readonly seed: number
  readonly tolerance: number
}

interface Context {
  /** The value in question, of a part of the market. */
  readonly valueOf: (part: Market) => number
  readonly differs: (a: number, b: number) => boolean
  readonly seed: number
}

/**
 * How far ahead a value looks, by bisection: which later bars change it when they are altered, and where that shows nothing, how many later bars must be there until it is final. Looked
 * for near by first, then on the whole series.
 */
export function leakReach(
  transform: BarTransform,
  market: Market,
  column: string,
  { bar, from }: Difference,
  { seed, tolerance }: ReachOptions,
): LeakReach {
  const n = market.bars.time.length
  const remaining = n - 1 - bar
  const valueOf = (part: Market): number => {
    const X = tryTransform(transform, part)
    const j = X?.names.indexOf(column) ?? -1
    return X === undefined || j === -1 ? NaN : X.values[(bar - from) * X.names.length + j]!
  }
  const context: Context = { valueOf, differs: (a, b) => FirstDifferences.differs(a, b, tolerance), seed }
  for (const span of [64, 1024, remaining]) {
    const near = Math.min(span, remaining)
    if (near < 1) break
    const found = byAltering(context, stretch(market, from, bar + 1 + near), bar - from, near)
    if (
      found !== undefined &&
      (near === remaining || (found.reachBars < near && !looksBeyond(context, stretch(market, from, n), bar - from + near)))
    )
      return found
  }
  return byRemoving((later) => valueOf(stretch(market, from, bar + 1 + later)), remaining, context.differs)
}

/** Whether the value changes where only what comes after `row` is altered. */
function looksBeyond({ valueOf, differs, seed }: Context, whole: Market, row: number): boolean {
  const other = alteredAfter(whole, row + 1, createRng(seed, 'leaks/reach/beyond'))
  return differs(valueOf(whole), valueOf(other))
}

/** Over several alterations: one alone may leave a comparison as it was. */
function byAltering({ valueOf, differs, seed }: Context, part: Market, row: number, span: number) {
  const value = valueOf(part)
  let [nearestBars, reachBars] = [span + 1, 0]
  for (let attempt = 0; attempt < 4; attempt++) {
    const other = alteredAfter(part, row + 1, createRng(seed, `leaks/reach/${attempt}`))
    const changes = (from: number, to: number): boolean => differs(value, valueOf(spliced(part, other, row + from, row + 1 + to)))
    const [nearer, further] = [nearestBars - 1, span - reachBars]
    if (nearer > 0 && changes(1, nearer)) nearestBars = smallest(nearer, (m) => changes(1, m))
    if (further > 0 && changes(reachBars + 1, span)) reachBars = span + 1 - smallest(further, (m) => changes(span + 1 - m, span))
  }
  return reachBars === 0 ? undefined : { nearestBars: Math.min(nearestBars, reachBars), reachBars }
}

/** Values that depend on how many bars there are. */
function byRemoving(valueWith: (later: number) => number, remaining: number, differs: Context['differs']): LeakReach {
  const [alone, final] = [valueWith(0), valueWith(remaining)]
  if (remaining < 1 || !differs(alone, final)) return { nearestBars: null, reachBars: null }
  return {
    nearestBars: smallest(remaining, (m) => differs(alone, valueWith(m))),
    reachBars: smallest(remaining, (m) => !differs(final, valueWith(m))),
  }
}

/** The smallest m of 1 to `last` that holds, taking it that it holds for `last` and for all above one that holds. Doubling, then halving. */
function smallest(last: number, holds: (m: number) => boolean): number {
  let high = 1
  while (high < last && !holds(high)) high *= 2
  high = Math.min(high, last)
  let low = high >> 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
