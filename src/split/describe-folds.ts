import type { Fold } from './fold.js'

/** One line of the table of folds; times are bar open times, ISO 8601, empty where a part is empty. */
export interface FoldRow {
  readonly fold: number
  readonly trainRows: number
  readonly trainFrom: string
  readonly trainTo: string
  readonly validationRows: number
  readonly validationFrom: string
  readonly validationTo: string
  readonly testRows: number
  readonly testFrom: string
  readonly testTo: string
  readonly purged: number
  readonly embargoed: number
  readonly embargoMinutes: number
  /** From the last row before the test part to its first row, as it came out. */
  readonly gapMinutes: number
}

/** Table rows that say where each fold lies in time. @param time open time of every bar */
export function describeFolds(folds: readonly Fold[], time: Float64Array): FoldRow[] {
  const iso = (row: number | undefined): string => (row === undefined ? '' : new Date(time[row]!).toISOString())
  return folds.map(({ index, train, validation, test, purged, embargoed, embargoMs }) => ({
    fold: index,
    trainRows: train.length,
    trainFrom: iso(train[0]),
    trainTo: iso(train.at(-1)),
    validationRows: validation.length,
    validationFrom: iso(validation[0]),
    validationTo: iso(validation.at(-1)),
    testRows: test.length,
    testFrom: iso(test[0]),
    testTo: iso(test.at(-1)),
    purged,
    embargoed,
    embargoMinutes: embargoMs / 60_000,
    gapMinutes: (time[test[0]!]! - time[validation.at(-1) ?? train.at(-1)!]!) / 60_000,
  }))
}
