import { badSplit } from './bad-split.js'
import { embargoInForce, type EmbargoInForce } from './embargo.js'
import type { Fold } from './fold.js'
import { holdOutLatest, purge, spanFrom } from './purge.js'
import { showableFolds } from './showable-folds.js'
import { checkFoldSize, checkSplitData, MIN_TRAIN_ROWS, standingRows, type SplitData } from './split-data.js'

/** How many test blocks, over which share of the bars. */
export interface WalkForwardOptions extends SplitData {
  readonly nSplits: number
  /** Share of all bars that the test folds cover together, between 0 and 1. */
  readonly testSize: number
  /** anchored: train on everything before; rolling: on a span of constant length in bars, that of the first fold. Default anchored. */
  readonly mode?: 'anchored' | 'rolling'
}

/**
 * Cuts the last `testSize` share of all bars into `nSplits` consecutive blocks of equal length (a bar more or less). Each block is the test part of one fold, trained
 * on earlier bars only. Nothing is shuffled.
 *
 * A bar can stand in a part only if it is usable and has a label. With `start` the open time of the first bar of a later part, a row stays in an earlier part only if
 * - its label ends before it: `labelEndTime < start` (else it is *purged*), and
 * - it lies the embargo before it: `time + embargo <= start`, or for an embargo in bars at least as many bars (else it is *embargoed*). In force is the larger
 *   of what is asked for and the label's horizon, and none only for `embargo: 'none'`; each fold carries it and describeFolds shows it.
 *
 * The first bar of a test part is the first of its block, usable or not; that of a validation part is its first row. A label reaches one bar further than
 * the row it belongs to stands away, so purging counts even where the embargo equals the horizon.
 * @throws LabError `bad-split` for settings that make no sense, `too-few-bars` where a part would be too small.
 */
export function walkForward(options: WalkForwardOptions): Fold[] {
  const { time, nSplits, testSize, mode = 'anchored', validationShare = 0 } = options
  checkOptions(options)
  const embargo = embargoInForce(options.embargo, options)
  const standing = standingRows(options)
  const n = time.length
  const testBars = Math.round(n * testSize)
  const firstTest = n - testBars
  const folds = Array.from({ length: nSplits }, (_, index): Fold => {
    const from = firstTest + Math.floor((index * testBars) / nSplits)
    const to = firstTest + Math.floor(((index + 1) * testBars) / nSplits)
    const test = between(standing, from, to)
    const candidates = between(standing, mode === 'rolling' ? from - firstTest : 0, from)
    const beforeTest = purge(candidates, [spanFrom(from, time)], options, embargo, 'before')
    const { train, validation, purged, embargoed } = holdOutLatest(beforeTest.kept, validationShare, options, embargo)
    checkFoldSize({ index, train, validation, test }, options, {
      bars: () => Math.max(n + 1, barsNeeded(options, embargo)),
      help: 'use more history, fewer folds (-p folds=2), or a smaller test_size, horizon or embargo',
    })
    return {
      ...{ index, train, validation, test },
      ...{ kind: 'walk-forward', embargo, embargoMs: embargo.ms },
      purged: beforeTest.purged + purged,
      embargoed: beforeTest.embargoed + embargoed,
    }
  })
  return showableFolds(folds, time)
}

/** The increasing rows from `from` to before `to`. */
function between(rows: Int32Array, from: number, to: number): Int32Array {
  const first = rows.findIndex((row) => row >= from)
  const past = rows.findIndex((row) => row >= to)
  return first < 0 ? new Int32Array() : rows.slice(first, past < 0 ? rows.length : past)
}

function checkOptions(options: WalkForwardOptions): void {
  const { nSplits, testSize, mode = 'anchored' } = options
  if (!Number.isInteger(nSplits) || nSplits < 1)
    throw badSplit(`nSplits ${nSplits}`, 'a whole number of folds, 1 or more', 'set training.validation.n_splits or -p folds')
  if (!(testSize > 0 && testSize < 1))
    throw badSplit(
      `testSize ${testSize}`,
      'the share of all bars to test on, between 0 and 1',
      'set training.validation.test_size, for example 0.2',
    )
  if (!['anchored', 'rolling'].includes(mode))
    throw badSplit(`mode ${String(mode)}`, 'anchored or rolling', 'set training.validation.window to one of them')
  checkSplitData(options)
}

/** Bars that would do, taking it that they are as dense as these and that no more of them are unusable. */
function barsNeeded(options: WalkForwardOptions, embargo: EmbargoInForce): number {
  const { time, labelEndTime, usable, nSplits, testSize, validationShare = 0, minTrainRows = MIN_TRAIN_ROWS } = options
  const n = time.length
  const step = n < 2 ? 1 : (time[n - 1]! - time[0]!) / (n - 1)
  const gapBars = Math.max(Math.ceil(Math.max(embargo.ms, options.horizonMs) / step), embargo.bars)
  const unusable = usable === undefined ? 0 : Array.from(usable).filter((mark) => !mark).length
  const withoutLabel = labelEndTime.filter(Number.isNaN).length
  const smallestValidation = validationShare === 0 ? 0 : 1 / validationShare
  const kept = Math.max(smallestValidation, (minTrainRows + (validationShare === 0 ? 0 : gapBars)) / (1 - validationShare))
  const forTraining = (kept + gapBars + 1 + Math.min(unusable, n)) / (1 - testSize)
  const forTest = ((1 + withoutLabel) * nSplits) / testSize
  return Math.ceil(Math.max(forTraining, forTest))
}
