import { LabError } from '../core/index.js'

/** Day first or month first in dates such as 03/04/2020. */
export type DateOrder = 'dmy' | 'mdy'

export interface ParsedTimes {
  /** ms since the epoch, UTC; NaN where the text could not be read. */
  readonly time: Float64Array
  /** How the times were written, in words, for the report. */
  readonly format: string
}

const CLOCK = String.raw`(?:[T ,]+(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?(?:[.,:](\d{1,9}))?(?:[ -]?([AP])\.?M\.?)?)?`
const ZONE = String.raw`\s*(?:(?:Z|UTC|GMT)?\s*([+-]\d{2}(?::?\d{2})?)?)`

const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${CLOCK}${ZONE}$`, 'i')
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${CLOCK}${ZONE}$`, 'i')
const DAY_MONTH_NAME = new RegExp(String.raw`^(\d{1,2})[- ]([A-Z]{3,9})\.?[- ,]+(\d{4}|\d{2})${CLOCK}${ZONE}$`, 'i')
const MONTH_NAME_DAY = new RegExp(String.raw`^([A-Z]{3,9})\.? (\d{1,2}),? +(\d{4})${CLOCK}${ZONE}$`, 'i')
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2}):?(\d{2})?(?:\.?(\d{3}))?)?Z?$/i

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

type Parts = (string | undefined)[]

/** ms of a date and clock; NaN where there is no such day or hour (31 April, 25:00). */
function toMs(year: number, month: number, day: number, clock: Parts): number {
  const [hourText, minute, second, fraction, half, zone] = clock
  let hour = Number(hourText ?? 0)
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return NaN
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  }
  const [m, s] = [Number(minute ?? 0), Number(second ?? 0)]
  const date = Date.UTC(year, month - 1, day)
  const back = new Date(date)
  if (month < 1 || month > 12 || back.getUTCDate() !== day || hour > 23 || m > 59 || s > 59) return NaN
  return date + ((hour * 60 + m) * 60 + s) * 1000 + Math.floor(Number(`0.${fraction ?? '0'}`) * 1000 + 1e-6) - offsetMs(zone)
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined) return 0
  const digits = zone.replace(/\D/g, '').padEnd(4, '0')
  return (zone.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
}

const fullYear = (text: string): number => (text.length === 2 ? Number(text) + (Number(text) < 70 ? 2000 : 1900) : Number(text))

function readText(text: string, order: DateOrder): number {
  let m = YEAR_FIRST.exec(text)
  if (m !== null) return toMs(Number(m[1]), Number(m[3]), Number(m[4]), m.slice(5))
  m = YEAR_LAST.exec(text)
  if (m !== null) {
    const [day, month] = order === 'dmy' ? [m[1], m[3]] : [m[3], m[1]]
    return toMs(fullYear(m[4]!), Number(month), Number(day), m.slice(5))
  }
  m = COMPACT.exec(text)
  if (m !== null) return toMs(Number(m[1]), Number(m[2]), Number(m[3]), m.slice(4))
  m = DAY_MONTH_NAME.exec(text)
  if (m !== null) return toMs(fullYear(m[3]!), monthNumber(m[2]!), Number(m[1]), m.slice(4))
  m = MONTH_NAME_DAY.exec(text)
  if (m !== null) return toMs(Number(m[3]), monthNumber(m[1]!), Number(m[2]), m.slice(4))
  return NaN
}

const monthNumber = (word: string): number => MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1

/** True for text that is a date, with or without a clock; plain numbers (epochs) are not. */
export const looksLikeDate = (text: string): boolean =>
  !Number.isNaN(readText(text.trim(), 'dmy')) || !Number.isNaN(readText(text.trim(), 'mdy'))

/** True for a time of day alone: 09:30, 09:30:00, 093000. */
export const looksLikeClock = (text: string): boolean => /^\s*(\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|[0-2]\d{3}([0-5]\d)?)\s*$/.test(text)

function readAll(texts: readonly string[], order: DateOrder): Float64Array {
  const time = new Float64Array(texts.length)
  for (let i = 0; i < texts.length; i++) time[i] = readText(texts[i]!.trim(), order)
  return time
}

const countMissing = (time: Float64Array): number => time.reduce((n, t) => n + (Number.isNaN(t) ? 1 : 0), 0)

function isMonotonic(time: Float64Array): boolean {
  let direction = 0
  for (let i = 1; i < time.length; i++) {
    const step = Math.sign(time[i]! - time[i - 1]!)
    if (step === 0) continue
    if (direction !== 0 && step !== direction) return false
    direction = step
  }
  return true
}

/**
 * Reads a column of date texts: ISO with or without zone, 2019-10-17 09-AM, 17.10.2019 00:00:00.000, 10/17/2019, 17-Oct-2019, Oct 17, 2019, 20191017 093000.
 * Without a zone the time is UTC. Whether day or month comes first is decided by the data: by values above 12, else by which reading is in order of time;
 * dates with dots are day first.
 * @throws LabError `ambiguous-dates` where the data fits both readings
 */
export function parseDateTexts(texts: readonly string[], dateOrder?: DateOrder): ParsedTimes {
  const example = texts.find((text) => text.trim() !== '')?.trim() ?? ''
  const unordered = texts.map((text) => YEAR_LAST.exec(text.trim())).find((m) => m !== null)
  if (unordered === undefined || unordered === null) return { time: readAll(texts, 'dmy'), format: describe(example) }
  if (dateOrder !== undefined) return { time: readAll(texts, dateOrder), format: describe(example, dateOrder) }
  if (unordered[2] === '.') return { time: readAll(texts, 'dmy'), format: describe(example, 'dmy') }
  const dmy = readAll(texts, 'dmy')
  const mdy = readAll(texts, 'mdy')
  const missing = countMissing(dmy) - countMissing(mdy)
  if (missing !== 0) return missing < 0 ? { time: dmy, format: describe(example, 'dmy') } : { time: mdy, format: describe(example, 'mdy') }
  if (dmy.every((t, i) => t === mdy[i] || Number.isNaN(t))) return { time: dmy, format: describe(example, 'dmy') }
  if (isMonotonic(dmy) !== isMonotonic(mdy))
    return isMonotonic(dmy)
      ? { time: dmy, format: `${describe(example, 'dmy')} (judged by the order of the rows)` }
      : { time: mdy, format: `${describe(example, 'mdy')} (judged by the order of the rows)` }
  throw new LabError('ambiguous-dates', 'The dates can be read as day/month and as month/day, and nothing in the file decides.', {
    received: `${example} ... ${texts.at(-1)?.trim() ?? ''}`,
    expected: 'at least one day above 12, or dates written year first',
    help: "say which comes first: loadBars({ dateOrder: 'dmy' }) or 'mdy'",
  })
}

function describe(example: string, order?: DateOrder): string {
  const zoned = /(Z|UTC|GMT|\d[+-]\d{2}:?\d{2})\s*$/i.test(example)
  const first = order === undefined ? '' : order === 'dmy' ? ', day first' : ', month first'
  return `text like "${example}"${first}${zoned ? '' : ', taken as UTC'}`
}

/** Seconds, ms, us or ns since the epoch by size: up to year 5138 in seconds, and later than March 1973 in the finer units. */
function epochUnit(value: number): 's' | 'ms' | 'us' | 'ns' {
  const size = Math.abs(value)
  return size < 1e11 ? 's' : size < 1e14 ? 'ms' : size < 1e17 ? 'us' : 'ns'
}

const TO_MS = {
  s: (v: number): number => v * 1000,
  ms: (v: number): number => v,
  us: (v: number): number => v / 1e3,
  ns: (v: number): number => v / 1e6,
}

/**
 * Reads a column of numbers: epochs in s, ms, us or ns (told by size, value by value: files that change their unit midway exist), or dates written as
 * one number (20191017, 20191017093000). Numbers that are neither become NaN.
 */
export function parseNumberTimes(values: Float64Array): ParsedTimes {
  const compact = values.length > 0 && values.every((value) => Number.isNaN(value) || isCompactDate(value))
  if (compact && !values.every(Number.isNaN)) {
    const time = values.map((value) => (Number.isNaN(value) ? NaN : readText(String(value), 'dmy')))
    return { time, format: `dates as one number like ${values.find((v) => !Number.isNaN(v))}, taken as UTC` }
  }
  const units = new Set<string>()
  const time = values.map((value) => {
    // Below 1e8 (1973 in seconds) it is a row number or a price, not a time of a market.
    if (!Number.isFinite(value) || Math.abs(value) < 1e8) return NaN
    const unit = epochUnit(value)
    units.add(unit)
    return Math.round(TO_MS[unit](value) * 1000) / 1000
  })
  return { time, format: `epoch in ${[...units].join(' and ')}` }
}

function isCompactDate(value: number): boolean {
  const text = String(value)
  return /^(19|20)\d{6}(\d{4}|\d{6})?$/.test(text) && !Number.isNaN(readText(text, 'dmy'))
}
