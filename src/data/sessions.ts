import { DAY_MS, MINUTE_MS, WEEK_MS } from './timeframe.js'

/** One stretch without bars. Times are open times (ms, UTC) of the first and last missing bar. */
export interface Gap {
  readonly from: number
  readonly to: number
  readonly missingBars: number
  /** Bars of these that should have been there, as far as the series itself shows. */
  readonly unexpectedBars: number
}

/** At most this many trading days in a row are taken for holidays: the longest closing of US markets in these decades (September 2001). */
const MAX_HOLIDAY_DAYS = 4
/** A week's time slot filled this often is when the market is open. */
const OPEN_SHARE = 0.8
/** A slot filled this seldom is when it is closed; between the two lie hours that move with daylight saving. */
const CLOSED_SHARE = 0.05
const MIN_WEEKS = 3

/**
 * Finds gaps and tells closed markets from missing data by what the series does in other weeks: a weekend, a night or an hour that is (nearly) always
 * empty is no fault, and in a market that closes at all, a whole empty day is a holiday (up to 4 trading days in a row).
 * In a market that never closes every missing bar is unexpected.
 * @param time increasing, ms; @param timeframeMs distance of bars. For timeframes that do not divide a week, or are below a minute or above a day, every
 * gap beyond one and a half bars is unexpected.
 */
export function findGaps(time: Float64Array, timeframeMs: number): Gap[] {
  const calendar = timeframeMs >= MINUTE_MS && timeframeMs <= DAY_MS && WEEK_MS % timeframeMs === 0
  const expected = calendar ? openSlots(time, timeframeMs) : undefined
  const gaps: Gap[] = []
  for (let i = 1; i < time.length; i++) {
    const before = time[i - 1]!
    const missingBars = Math.round((time[i]! - before) / timeframeMs) - 1
    if (missingBars < 1 || time[i]! - before < 1.5 * timeframeMs) continue
    const from = before + timeframeMs
    const unexpectedBars = expected === undefined ? missingBars : countUnexpected(from, missingBars, timeframeMs, expected)
    gaps.push({ from, to: before + missingBars * timeframeMs, missingBars, unexpectedBars })
  }
  return gaps
}

interface OpenSlots {
  isOpen(time: number): boolean
  /** Open slots on the UTC day of this time. */
  openOnDay(time: number): number
  readonly closes: boolean
}

function openSlots(time: Float64Array, timeframeMs: number): OpenSlots {
  const slots = WEEK_MS / timeframeMs
  const slotOf = (t: number): number => Math.floor((((t % WEEK_MS) + WEEK_MS) % WEEK_MS) / timeframeMs)
  const dayOf = (t: number): number => Math.floor((((t % WEEK_MS) + WEEK_MS) % WEEK_MS) / DAY_MS)
  const counts = new Float64Array(slots)
  const days = new Float64Array(7)
  for (const t of time) {
    counts[slotOf(t)]! += 1
    days[dayOf(t)]! += 1
  }
  const weeks = (time.at(-1)! - time[0]! + timeframeMs) / WEEK_MS
  // A few weeks say nothing about single slots: there only days of the week that never have a bar count as closed.
  const young = weeks < MIN_WEEKS
  const open = counts.map((count, slot) =>
    young ? Number(days[Math.floor((slot * timeframeMs) / DAY_MS)]! > 0 || weeks < 1) : Number(count >= OPEN_SHARE * Math.floor(weeks)),
  )
  const openPerDay = new Float64Array(7)
  open.forEach((isOpen, slot) => (openPerDay[Math.floor((slot * timeframeMs) / DAY_MS)]! += isOpen))
  return {
    isOpen: (t) => open[slotOf(t)] === 1,
    openOnDay: (t) => openPerDay[dayOf(t)]!,
    closes: counts.some((count) => count <= CLOSED_SHARE * weeks) && weeks >= 1,
  }
}

function countUnexpected(from: number, missingBars: number, timeframeMs: number, slots: OpenSlots): number {
  const perDay = new Map<number, number>()
  for (let k = 0; k < missingBars; k++) {
    const t = from + k * timeframeMs
    if (!slots.isOpen(t)) continue
    const day = Math.floor(t / DAY_MS)
    perDay.set(day, (perDay.get(day) ?? 0) + 1)
  }
  const days = [...perDay]
  const isWhole = ([day, missing]: [number, number]): boolean => missing >= OPEN_SHARE * slots.openOnDay(day * DAY_MS)
  const whole = slots.closes ? days.filter(isWhole) : []
  const holidays = new Set(whole.length <= MAX_HOLIDAY_DAYS ? whole.map(([day]) => day) : [])
  return days.reduce((sum, [day, missing]) => sum + (holidays.has(day) ? 0 : missing), 0)
}
