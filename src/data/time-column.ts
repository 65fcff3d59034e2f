import { LabError } from '../core/index.js'
import { mappedColumn, nameKey } from './column-roles.js'
import { looksLikeClock, looksLikeDate } from './time-format.js'

/** Where the open time of a bar stands; `clock` is a second column with the time of day, as MetaTrader and stooq write it. */
export interface TimeColumns {
  readonly time: number
  readonly clock: number | undefined
}

/** A column as the detection sees it: its name, a few values as text, and whether Parquet says that it is a date or timestamp. */
export interface ColumnLook {
  readonly name: string
  readonly sample: readonly string[]
  readonly temporal: boolean
}

// The surest first: an epoch needs no time zone and no order of day and month.
const TIME_NAMES = [
  'opentime',
  'unixtimestamp',
  'unix',
  'timestamp',
  'timestampms',
  'epoch',
  'ts',
  'datetime',
  'gmttime',
  'utctime',
  'localtime',
  'time',
  'date',
  'datum',
  'zeitpunkt',
  'zeit',
  'day',
  'dt',
  't',
]

/**
 * Finds the time column: by name, else the only one that Parquet calls a timestamp, else the only one whose values look like dates.
 * @throws LabError `no-time-column` (lists the columns and says how to map one), `unreadable-times` (a column has the name but no times), `unknown-column`
 */
export function detectTimeColumns(columns: readonly ColumnLook[], mapped?: string): TimeColumns {
  const names = columns.map((column) => column.name)
  const keys = names.map(nameKey)
  if (mapped !== undefined) return { time: mappedColumn(names, 'time', mapped), clock: undefined }
  const pair = dateAndClock(columns, keys)
  if (pair !== undefined) return pair
  for (const name of TIME_NAMES) {
    const at = keys.indexOf(name)
    if (at >= 0 && (columns[at]!.temporal || couldBeTime(columns[at]!.sample))) return { time: at, clock: undefined }
  }
  const temporal = columns.flatMap((column, i) => (column.temporal ? [i] : []))
  if (temporal.length === 1) return { time: temporal[0]!, clock: undefined }
  const dated = columns.flatMap((column, i) => (allFilled(column.sample, looksLikeDate) ? [i] : []))
  if (dated.length === 1) return { time: dated[0]!, clock: undefined }
  const named = keys.findIndex((key) => TIME_NAMES.includes(key))
  if (named >= 0) throw unreadable(columns[named]!)
  throw new LabError('no-time-column', 'No time column was found.', {
    received: `columns ${names.map((name) => JSON.stringify(name)).join(', ')}`,
    expected: 'a column named time, date, datetime, timestamp, unix or open time with dates or epochs in it',
    help: "rename the column to time in the file, or in a notebook: loadBars({ columns: { time: '...' } })",
  })
}

function unreadable(column: ColumnLook): LabError {
  return new LabError('unreadable-times', `The column "${column.name}" holds no times that can be read.`, {
    received: column.sample
      .filter((text) => text.trim() !== '')
      .slice(0, 3)
      .map((text) => JSON.stringify(text))
      .join(', '),
    expected: 'dates such as 2019-10-17 09:00, 2019-10-17T09:00:00+02:00, 17.10.2019, 10/17/2019 9:00 AM, or epochs in s, ms, us or ns',
    help: "take another column: loadBars({ columns: { time: '...' } }), or write the times in one of these forms (zones as offsets, not as EST)",
  })
}

function dateAndClock(columns: readonly ColumnLook[], keys: readonly string[]): TimeColumns | undefined {
  const german = keys.includes('datum')
  const time = keys.indexOf(german ? 'datum' : 'date')
  const clock = keys.indexOf(german ? 'zeit' : 'time')
  if (time < 0 || clock < 0 || !allFilled(columns[clock]!.sample, looksLikeClock)) return undefined
  return { time, clock }
}

const allFilled = (sample: readonly string[], test: (text: string) => boolean): boolean => {
  const filled = sample.filter((text) => text.trim() !== '')
  return filled.length > 0 && filled.every(test)
}

/** Most of the filled values are dates or numbers; a column named "day" may hold Monday, one named "t" the number of trades. */
function couldBeTime(sample: readonly string[]): boolean {
  const filled = sample.filter((text) => text.trim() !== '')
  const good = filled.filter((text) => looksLikeDate(text) || Number(text) >= 1e8 || /^(19|20)\d{6}$/.test(text.trim()))
  return filled.length === 0 || good.length * 2 > filled.length
}
