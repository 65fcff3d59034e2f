import { createRng } from '../core/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import type { BarTransform } from './bar-transform.js'
import { spreadCuts } from './cut-points.js'
import { compareAtCut } from './cut-versions.js'
import type { FirstDifferences } from './first-differences.js'
import type { LeakMethod } from './leak.js'
import { appended, type Market } from './market.js'
import { runTransform } from './run-transform.js'

const APPENDED_BARS = 200

/**
 * Whole series, cut at a few places: what comes after the cut is removed, then altered, then altered in the other symbols alone; at last bars are appended to the end. All rows up to
 * the cut are compared, so that use of the whole sample and far peeks show.
 */
export function checkFullCuts(
  transform: BarTransform,
  market: Market,
  full: FeatureMatrix,
  count: number,
  seed: number,
  found: FirstDifferences,
): LeakMethod {
  const n = market.bars.time.length
  const before = found.compared
  const cuts = spreadCuts(n, count, createRng(seed, 'leaks/full-cuts'))
  const done = cuts.filter((cut) => {
    const rng = createRng(seed, `leaks/full-cuts/${cut}`)
    return compareAtCut(transform, { onward: market, base: full, rows: cut, from: 0, rng }, found)
  })
  found.compare(full, runTransform(transform, appended(market, APPENDED_BARS, seed)), n, 0, 'later bars appended')
  return { name: 'whole series cut and lengthened', points: done.length + 1, everyBar: false, comparedValues: found.compared - before }
}
