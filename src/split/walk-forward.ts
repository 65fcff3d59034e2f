import { LabError } from '../core/index.js'
import type { Fold } from './fold.js'

export interface WalkForwardOptions {
  /** Open time of every bar, ms UTC, strictly increasing. */
  readonly time: Float64Array
  /** Labels' end times (NaN: no label), one a bar. */
  readonly labelEndTime: Float64Array
  /** Non-zero (or true) marks bars whose features are complete. Default: all. */
  readonly usable?: ArrayLike<number | boolean>
  readonly nSplits: number
  /** Share of all bars that the test folds cover together, between 0 and 1. */
  readonly testSize: number
  /** Asked-for embargo. What is used is the larger of it and `horizonMs`, so a smaller one has no effect. */
  readonly embargoMs: number
  /** Nominal length of a label: horizon in bars x length of a bar. */
  readonly horizonMs: number
  /** anchored: train on everything before; rolling: on a span of constant length in bars, that of the first fold. Default anchored. */
  readonly mode?: 'anchored' | 'rolling'
  /** Share of the training rows, the latest ones, held out for early stopping. Default 0: none. */
  readonly validationShare?: number
  /** Fewest training rows a fold may have; default 100. */
  readonly minTrainRows?: number
}

/**
 * Cuts the last `testSize` share of all bars into `nSplits` consecutive blocks of equal length (a bar more or less). Each block is the test part of one fold, trained
 * on earlier bars only. Nothing is shuffled.
 *
 * A bar can stand in a part only if it is usable and has a label. With `start` the open time of the first bar of a later part, a row stays in an earlier part only if
 * - its label ends before it: `labelEndTime < start` (else it is *purged*), and
 * - it lies the embargo before it: `time + embargo <= start`, embargo = max(embargoMs, horizonMs) (else it is *embargoed*).
 * The first bar of a test part is the first of its block, usable or not; that of a validation part is its first row. A label reaches one bar further than
 * the row it belongs to stands away, so purging counts even where the embargo equals the horizon.
 * @throws LabError `bad-split` for settings that make no sense, `too-few-bars` where a part would be too small.
 */
export function walkForward(options: WalkForwardOptions): Fold[] {
  const { time, labelEndTime, nSplits, testSize, mode = 'anchored', validationShare = 0, minTrainRows = 100 } = options
  checkOptions(options)
  const n = time.length
  const embargoMs = Math.max(options.embargoMs, options.horizonMs)
  const canStand = (i: number): boolean => Boolean(options.usable?.[i] ?? true) && Number.isFinite(labelEndTime[i])
  const testBars = Math.round(n * testSize)
  const firstTest = n - testBars
  const folds: Fold[] = []
  for (let k = 0; k < nSplits; k++) {
    const from = firstTest + Math.floor((k * testBars) / nSplits)
    const to = firstTest + Math.floor(((k + 1) * testBars) / nSplits)
    const test = rowsWhere(from, to, canStand)
    const candidates = rowsWhere(mode === 'rolling' ? from - firstTest : 0, from, canStand)
    const beforeTest = keepBefore(candidates, time[from] ?? NaN, options, embargoMs)
    const held = Math.round(beforeTest.kept.length * validationShare)
    const split = beforeTest.kept.length - held
    const validation = beforeTest.kept.slice(split)
    const earlier = beforeTest.kept.slice(0, split)
    const beforeValidation =
      held === 0 ? { kept: earlier, purged: 0, embargoed: 0 } : keepBefore(earlier, time[validation[0]!]!, options, embargoMs)
    const train = beforeValidation.kept
    if (test.length === 0 || train.length < minTrainRows || (validationShare > 0 && held === 0))
      throw tooFewBars(options, k, { train: train.length, validation: held, test: test.length, minTrainRows })
    folds.push({
      index: k,
      train: Int32Array.from(train),
      validation: Int32Array.from(validation),
      test: Int32Array.from(test),
      embargoMs,
      purged: beforeTest.purged + beforeValidation.purged,
      embargoed: beforeTest.embargoed + beforeValidation.embargoed,
    })
  }
  return folds
}

function rowsWhere(from: number, to: number, keep: (i: number) => boolean): number[] {
  const rows: number[] = []
  for (let i = Math.max(0, from); i < to; i++) if (keep(i)) rows.push(i)
  return rows
}

/** Purge first, then embargo; a row that both would take counts as purged. */
function keepBefore(rows: number[], start: number, { time, labelEndTime }: WalkForwardOptions, embargoMs: number) {
  const kept: number[] = []
  let purged = 0
  let embargoed = 0
  for (const i of rows)
    if (!(labelEndTime[i]! < start)) purged += 1
    else if (!(time[i]! + embargoMs <= start)) embargoed += 1
    else kept.push(i)
  return { kept, purged, embargoed }
}

function checkOptions({
  time,
  labelEndTime,
  usable,
  nSplits,
  testSize,
  embargoMs,
  horizonMs,
  validationShare = 0,
}: WalkForwardOptions): void {
  const bad = (received: string, expected: string, help: string): LabError =>
    new LabError('bad-split', 'The folds cannot be cut like this.', { received, expected, help })
  if (!Number.isInteger(nSplits) || nSplits < 1)
    throw bad(`nSplits ${nSplits}`, 'a whole number of folds, 1 or more', 'set training.validation.n_splits or -p folds')
  if (!(testSize > 0 && testSize < 1))
    throw bad(
      `testSize ${testSize}`,
      'the share of all bars to test on, between 0 and 1',
      'set training.validation.test_size, for example 0.2',
    )
  if (!(validationShare >= 0 && validationShare < 1))
    throw bad(`validationShare ${validationShare}`, 'a share of the training rows from 0 to below 1', 'for example 0.15')
  if (!(embargoMs >= 0 && horizonMs >= 0 && Number.isFinite(embargoMs + horizonMs)))
    throw bad(`embargoMs ${embargoMs}, horizonMs ${horizonMs}`, 'milliseconds, 0 or more', 'check embargo_minutes and horizon')
  const columns = [labelEndTime.length, ...(usable === undefined ? [] : [usable.length])]
  if (columns.some((length) => length !== time.length))
    throw bad(
      `${time.length} times beside ${columns.join(' and ')} values`,
      'one value a bar in every column',
      'take all columns from the same bars',
    )
  for (let i = 1; i < time.length; i++)
    if (!(time[i]! > time[i - 1]!))
      throw bad(`bar ${i} not later than the one before`, 'strictly increasing times', 'sort the bars and drop duplicates')
}

function tooFewBars(
  options: WalkForwardOptions,
  fold: number,
  have: { train: number; validation: number; test: number; minTrainRows: number },
): LabError {
  const n = options.time.length
  return new LabError('too-few-bars', 'There are too few bars for these folds.', {
    received: `${n} bars: fold ${fold} would have ${have.train} training, ${have.validation} validation and ${have.test} test rows`,
    expected: `at least ${have.minTrainRows} training rows and some in every other part: about ${Math.max(n + 1, barsNeeded(options, have.minTrainRows))} bars with these settings`,
    help: 'use more history, fewer folds (-p folds=2), or a smaller test_size, horizon or embargo',
  })
}

/** Bars that would do, taking it that they are as dense as these and that no more of them are unusable. */
function barsNeeded(options: WalkForwardOptions, minTrainRows: number): number {
  const { time, labelEndTime, usable, nSplits, testSize, validationShare = 0 } = options
  const n = time.length
  const step = n < 2 ? 1 : (time[n - 1]! - time[0]!) / (n - 1)
  const gapBars = Math.ceil(Math.max(options.embargoMs, options.horizonMs) / step)
  const unusable = usable === undefined ? 0 : Array.from(usable).filter((mark) => !mark).length
  const withoutLabel = labelEndTime.filter(Number.isNaN).length
  const smallestValidation = validationShare === 0 ? 0 : 1 / validationShare
  const kept = Math.max(smallestValidation, (minTrainRows + (validationShare === 0 ? 0 : gapBars)) / (1 - validationShare))
  const forTraining = (kept + gapBars + 1 + Math.min(unusable, n)) / (1 - testSize)
  const forTest = ((1 + withoutLabel) * nSplits) / testSize
  return Math.ceil(Math.max(forTraining, forTest))
}
