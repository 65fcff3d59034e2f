/** What was done to show the leak. */
export type LeakEvidence =
  | 'shown only the bars up to it'
  | 'later bars removed'
  | 'later bars altered'
  | 'later bars appended'
  | "other symbols' later bars altered"
  | 'other rows altered'
  | 'other rows missing'
  | 'other rows removed'
  | 'read off'

/** One thing that knows what it cannot know. */
export interface Leak {
  /** Feature column, label, fitted number or fold: what knows too much. */
  readonly column: string
  /** First bar (row) at which it was seen, by position; null where that has no meaning. */
  readonly bar: number | null
  /** Its open time, ISO 8601. */
  readonly time: string | null
  readonly evidence: LeakEvidence
  /** What is wrong, where the evidence does not say it. */
  readonly detail?: string
  /** The nearest later bar that matters: the value changes when bars up to this many ahead are altered. Null where altering does not show it. */
  readonly nearestBars: number | null
  /** The furthest later bar that matters: from this many bars ahead on the value is what it is on all bars. Null where it was not found. */
  readonly reachBars: number | null
}

/** One way of looking, and how far it went. */
export interface LeakMethod {
  readonly name: string
  /** Cuts, rows or folds looked at. */
  readonly points: number
  /** True where no bar was left out. */
  readonly everyBar: boolean
  readonly comparedValues: number
}

/** What a check looked at. */
export type LeakCheckKind = 'features' | 'labels' | 'fitted step' | 'folds' | 'join' | 'resampling'

/** The result of one check. */
export interface LeakCheck {
  readonly kind: LeakCheckKind
  /** Symbol, label or step. */
  readonly subject: string
  /** Names of the columns that were looked at. */
  readonly columns: readonly string[]
  readonly methods: readonly LeakMethod[]
  /** At most one a column, at its first bar. */
  readonly leaks: readonly Leak[]
}

/** How many values all methods of a check compared together. */
export const comparedValues = ({ methods }: Pick<LeakCheck, 'methods'>): number =>
  methods.reduce((sum, method) => sum + method.comparedValues, 0)

/** 'next_return first at bar 17 (2020-01-01T17:00:00.000Z): later bars removed, reaches 1 bar ahead'. */
export function describeLeak({ column, bar, time, evidence, detail, nearestBars, reachBars }: Leak): string {
  const where = bar === null ? '' : ` first at bar ${bar}${time === null ? '' : ` (${time})`}`
  const why = [
    ...(evidence === 'read off' ? [] : [evidence]),
    ...(detail === undefined ? [] : [detail]),
    ...reachText(nearestBars, reachBars),
  ]
  return `${column}${where}: ${why.join(', ')}`
}

function reachText(nearest: number | null, reach: number | null): string[] {
  if (nearest === null && reach === null) return []
  if (nearest === null || nearest === reach) return [`uses the bar ${reach} ahead`]
  return [reach === null ? `uses bars from ${nearest} ahead on` : `uses bars from ${nearest} to ${reach} ahead`]
}

/** ISO time of a bar. */
export const isoTime = (time: number | undefined): string | null =>
  time === undefined || !Number.isFinite(time) ? null : new Date(time).toISOString()
