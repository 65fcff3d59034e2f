import type { EmbargoInForce } from './embargo.js'

/**
 * Rows to train on and rows to test on. Row numbers index the bars; every array is increasing, and no row stands in two parts.
 *
 * Of every kind: no training label's span (its bar's open time to its end) meets the test part's, and `validation`, where it was asked for, is later than
 * all of `train`, which keeps a gap to it. Where the parts lie depends on the kind:
 * - walk-forward: `train` before `validation` before `test`;
 * - purged k-fold: training rows on both sides of one test block;
 * - combinatorial: `test` is several blocks, training rows lie before, between and after.
 *
 * Only walk-forward trains on the past alone.
 */
export interface Fold {
  readonly index: number
  readonly train: Int32Array
  /** Latest training rows, held out for early stopping. Empty where it was not asked for. */
  readonly validation: Int32Array
  readonly test: Int32Array
  /** Embargo in force, ms; 0 where it counts bars or there is none: `embargo` says which. */
  readonly embargoMs: number
  /** Rows dropped because their label's span meets another part's. */
  readonly purged: number
  /** Rows dropped because they stood within the embargo of another part. */
  readonly embargoed: number
  /** What was asked for, what is in force and why. The splitters always say; left out, `embargoMs` is all that is known. */
  readonly embargo?: EmbargoInForce
  /** Default walk-forward. */
  readonly kind?: FoldKind
  /** Combinatorial folds: the numbers of the groups that `test` consists of, increasing. */
  readonly testGroups?: readonly number[]
}

/** Which splitter made a fold. */
export type FoldKind = 'walk-forward' | 'purged-k-fold' | 'combinatorial'
