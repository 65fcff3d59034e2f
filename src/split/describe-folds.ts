import type { Displayable } from '../core/index.js'
import { askedText, embargoNote, inForceText, whyText } from './embargo.js'
import type { Fold } from './fold.js'
import { showFolds } from './show-folds.js'

/** One line of the table of folds; times are bar open times, ISO 8601, empty where a part is empty. */
export interface FoldRow {
  readonly fold: number
  /** Combinatorial folds: numbers of the groups tested, '0, 3'. */
  readonly testGroups?: string
  readonly trainRows: number
  readonly trainFrom: string
  readonly trainTo: string
  readonly validationRows: number
  readonly validationFrom: string
  readonly validationTo: string
  readonly testRows: number
  readonly testFrom: string
  readonly testTo: string
  /** Folds with training rows on both sides: how many training and validation rows are later than the first test row. */
  readonly laterTrainRows?: number
  readonly purged: number
  readonly embargoed: number
  /** Shortest way from an earlier training or validation row to a test row, as it came out; null where none is earlier. */
  readonly gapMinutes: number | null
  /** The same from a test row to a later training or validation row. */
  readonly gapAfterMinutes?: number | null
  /** '30 minutes', '12 bars', 'none'; empty where nothing was asked for. */
  readonly embargoAsked: string
  /** What is in force: '60 minutes', '12 bars', 'no embargo'. */
  readonly embargo: string
  /** 'asked for', 'label horizon', or 'label horizon, longer than the 30 minutes asked for'. */
  readonly embargoWhy: string
}

/** The rows, which show themselves as a table with what is in force and why below it. */
export type FoldDescription = readonly FoldRow[] & Displayable

/** Table rows that say where each fold of any kind lies in time. Takes folds one after the other. @param time open time of every bar */
export function describeFolds(folds: Iterable<Fold>, time: Float64Array): FoldDescription {
  const rows: FoldRow[] = []
  const notes = new Set<string>()
  for (const fold of folds) {
    rows.push(describeFold(fold, time))
    if (fold.embargo !== undefined) notes.add(embargoNote(fold.embargo))
    if (isTwoSided(fold)) notes.add('trained on later data too: for choosing, not for final claims')
  }
  return showFolds(rows, [...notes])
}

const isTwoSided = ({ kind = 'walk-forward' }: Fold): boolean => kind !== 'walk-forward'

function describeFold(fold: Fold, time: Float64Array): FoldRow {
  const { index, train, validation, test, purged, embargoed, testGroups, embargo, embargoMs } = fold
  const iso = (row: number | undefined): string => (row === undefined ? '' : new Date(time[row]!).toISOString())
  const gaps = gapsOf(fold, time)
  return {
    fold: index,
    ...(testGroups !== undefined && { testGroups: testGroups.join(', ') }),
    trainRows: train.length,
    trainFrom: iso(train[0]),
    trainTo: iso(train.at(-1)),
    validationRows: validation.length,
    validationFrom: iso(validation[0]),
    validationTo: iso(validation.at(-1)),
    testRows: test.length,
    testFrom: iso(test[0]),
    testTo: iso(test.at(-1)),
    ...(isTwoSided(fold) && { laterTrainRows: gaps.laterRows }),
    purged,
    embargoed,
    gapMinutes: gaps.before,
    ...(isTwoSided(fold) && { gapAfterMinutes: gaps.after }),
    embargoAsked: askedText(embargo?.asked),
    embargo: inForceText(embargo ?? { ms: embargoMs, bars: 0 }),
    embargoWhy: embargo === undefined ? '' : whyText(embargo),
  }
}

/** One walk over the rows of all parts in time order, looking at each change between test and not test. */
function gapsOf({ train, validation, test }: Fold, time: Float64Array) {
  let before: number | null = null
  let after: number | null = null
  let [laterRows, next] = [0, 0]
  let other: number | undefined
  const nearer = (known: number | null, from: number, to: number): number => Math.min(known ?? Infinity, (time[to]! - time[from]!) / 60_000)
  const passTests = (until: number): void => {
    if (next < test.length && test[next]! < until && other !== undefined) before = nearer(before, other, test[next]!)
    while (next < test.length && test[next]! < until) next += 1
  }
  for (const part of [train, validation])
    for (const row of part) {
      const passed = next
      passTests(row)
      if (next > passed) after = nearer(after, test[next - 1]!, row)
      if (next > 0) laterRows += 1
      other = row
    }
  passTests(Infinity)
  return { before, after, laterRows }
}
