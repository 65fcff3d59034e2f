import type { Rng } from '../core/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import type { BarTransform } from './bar-transform.js'
import type { FirstDifferences } from './first-differences.js'
import type { LeakEvidence } from './leak.js'
import { alteredAfter, stretch, type Market } from './market.js'
import { tryTransform } from './run-transform.js'

/** One cut: what is computed with and without what comes after it. */
export interface Cut {
  /** Bars to compare, a stretch of the series that goes on after the cut. */
  readonly onward: Market
  /** What was computed with all that comes after; row 0 belongs to the first bar of the stretch. */
  readonly base: FeatureMatrix
  /** Bars of the stretch before the cut. */
  readonly rows: number
  /** Position of the stretch in the whole series. */
  readonly from: number
  readonly rng: Rng
}

/**
 * Compares the rows before a cut with what they are when the other symbols alone go on differently, when everything ends there, and when everything goes on differently. Returns whether
 * all of these could be computed: before another symbol's first bar there may be nothing to compute.
 */
export function compareAtCut(transform: BarTransform, { onward, base, rows, from, rng }: Cut, found: FirstDifferences): boolean {
  const compare = (part: Market, evidence: LeakEvidence): boolean => {
    const other = tryTransform(transform, part)
    if (other !== undefined) found.compare(base, other, rows, from, evidence)
    return other !== undefined
  }
  const beside = onward.others.length === 0 || compare(alteredAfter(onward, rows, rng, 'others'), "other symbols' later bars altered")
  const removed = compare(stretch(onward, 0, rows), 'later bars removed')
  const altered = compare(alteredAfter(onward, rows, rng), 'later bars altered')
  return beside && removed && altered
}
