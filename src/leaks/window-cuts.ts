import { createRng } from '../core/index.js'
import type { BarTransform } from './bar-transform.js'
import { tellingCuts } from './cut-points.js'
import { compareAtCut } from './cut-versions.js'
import type { FirstDifferences } from './first-differences.js'
import type { LeakMethod } from './leak.js'
import { stretch, type Market } from './market.js'
import { tryTransform } from './run-transform.js'

/** Bars after a cut that are altered: nearer peeks show in the very row that peeks, whatever other rows do. */
const FUTURE_BARS = 64
/** Above so many values to compute, a sample of cuts takes the place of every bar. */
const VALUES_IN_REACH = 1e8

export interface WindowOptions {
  readonly seed: number
  /** Fewest cuts of a sample. */
  readonly cuts: number
  readonly everyBar: boolean
  /** Bars before the first complete row. */
  readonly warmup: number
  readonly columns: number
}

/**
 * Short stretches, cut at every bar or at a sample: the values at and before the cut from a stretch that ends there, from one that goes on truly, and from one that goes on differently.
 * All begin at the same bar, so warm-up makes no difference.
 */
export function checkWindowCuts(transform: BarTransform, market: Market, options: WindowOptions, found: FirstDifferences): LeakMethod {
  const { bars } = market
  const n = bars.time.length
  const before = found.compared
  const lead = options.warmup + 16
  const step = Math.max(64, Math.round(lead / 4))
  const every = options.everyBar || n * 2 * (lead + step + FUTURE_BARS) * options.columns <= VALUES_IN_REACH
  const cuts = every ? tellingCuts(bars, n, createRng(0)) : tellingCuts(bars, options.cuts, createRng(options.seed, 'leaks/window-cuts'))
  let points = 0
  for (let k = 0; k < cuts.length;) {
    const from = Math.max(0, cuts[k]! - lead)
    let end = k
    while (end < cuts.length && cuts[end]! < cuts[k]! + step) end += 1
    const base = tryTransform(transform, stretch(market, from, Math.min(n, cuts[end - 1]! + FUTURE_BARS)))
    for (; k < end; k++) {
      const cut = cuts[k]!
      const rng = createRng(options.seed, `leaks/window-cuts/${cut}`)
      const onward = stretch(market, from, Math.min(n, cut + FUTURE_BARS))
      if (base !== undefined && compareAtCut(transform, { onward, base, rows: cut - from, from, rng }, found)) points += 1
    }
  }
  return {
    name: 'short stretches cut',
    points,
    everyBar: points === n - 1,
    comparedValues: found.compared - before,
  }
}
