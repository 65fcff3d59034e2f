import { LabError } from '../core/index.js'
import { badSplit } from './bad-split.js'
import type { Embargo, LabelHorizon } from './embargo.js'

/** What every splitter needs to know of bars and labels; columns hold one value a bar. */
export interface SplitData extends LabelHorizon {
  /** Open time of every bar, ms UTC, strictly increasing. Steps may differ (gaps, weekends). */
  readonly time: Float64Array
  /** When each label is known (NaN: no label), never before the bar itself. Spans of any length and order. */
  readonly labelEndTime: Float64Array
  /** Non-zero (or true) marks bars whose features are complete. Default: all. */
  readonly usable?: ArrayLike<number | boolean>
  /** In force is the larger of it and the label's horizon; `'none'`: no embargo, purging alone. Default: the horizon. */
  readonly embargo?: Embargo
  /** Share of the training rows, the latest ones, held out for early stopping. Default 0: none. */
  readonly validationShare?: number
  /** Fewest training rows a fold may have; default 100. */
  readonly minTrainRows?: number
}

export const MIN_TRAIN_ROWS = 100

/** @throws LabError `bad-split` naming the first thing that makes no sense. The embargo is checked by embargoInForce. */
export function checkSplitData({ time, labelEndTime, usable, validationShare = 0, minTrainRows = MIN_TRAIN_ROWS }: SplitData): void {
  if (!(validationShare >= 0 && validationShare < 1))
    throw badSplit(`validationShare ${validationShare}`, 'a share of the training rows from 0 to below 1', 'for example 0.15')
  if (!(Number.isInteger(minTrainRows) && minTrainRows >= 1))
    throw badSplit(`minTrainRows ${minTrainRows}`, 'a whole number of rows, 1 or more', `leave it out for ${MIN_TRAIN_ROWS}`)
  const columns = [labelEndTime.length, ...(usable === undefined ? [] : [usable.length])]
  if (columns.some((length) => length !== time.length))
    throw badSplit(
      `${time.length} times beside ${columns.join(' and ')} values`,
      'one value a bar in every column',
      'take all columns from the same bars',
    )
  for (let i = 0; i < time.length; i++) {
    if (!Number.isFinite(time[i])) throw badSplit(`bar ${i} has time ${time[i]}`, 'a time in every bar', 'drop bars without a time')
    if (i > 0 && !(time[i]! > time[i - 1]!))
      throw badSplit(`bar ${i} not later than the one before`, 'strictly increasing times', 'sort the bars and drop duplicates')
    if (labelEndTime[i]! < time[i]!)
      throw badSplit(`the label of bar ${i} ends before the bar opens`, 'end times from the open time on', "take the labels' own end times")
  }
}

/** Rows that may stand in a part: usable and with a label. Increasing. */
export function standingRows({ time, labelEndTime, usable }: SplitData): Int32Array {
  const rows = new Int32Array(time.length)
  let count = 0
  for (let i = 0; i < time.length; i++) if (Number.isFinite(labelEndTime[i]) && Boolean(usable?.[i] ?? true)) rows[count++] = i
  return rows.slice(0, count)
}

/** Cuts rows into `count` consecutive blocks of equal length, a row more or less. Views of one memory: not to be written to. */
export const equalBlocks = (rows: Int32Array, count: number): Int32Array[] =>
  Array.from({ length: count }, (_, k) => rows.subarray(Math.floor((k * rows.length) / count), Math.floor(((k + 1) * rows.length) / count)))

/** @throws LabError `too-few-bars` where a part is smaller than it may be. */
export function checkFoldSize(
  fold: { readonly index: number; readonly train: Int32Array; readonly validation: Int32Array; readonly test: Int32Array },
  { time, validationShare = 0, minTrainRows = MIN_TRAIN_ROWS }: SplitData,
  advice: { readonly bars?: () => number; readonly help: string },
): void {
  const { index, train, validation, test } = fold
  if (test.length > 0 && train.length >= minTrainRows && (validationShare === 0 || validation.length > 0)) return
  const enough = advice.bars === undefined ? '' : `: about ${advice.bars()} bars with these settings`
  throw new LabError('too-few-bars', 'There are too few bars for these folds.', {
    received: `${time.length} bars: fold ${index} would have ${train.length} training, ${validation.length} validation and ${test.length} test rows`,
    expected: `at least ${minTrainRows} training rows and some in every other part${enough}`,
    help: advice.help,
  })
}
