import { LabError } from '../core/index.js'
import { DAY_MS, HOUR_MS } from '../data/index.js'
import { column, type Column } from './column.js'

/** Milliseconds to add to UTC to get the wall clock of a zone. */
export type ZoneOffset = (time: number) => number

const HOURS_KEPT = 4096

/**
 * Offsets of an IANA time zone ('America/New_York'); 'UTC' costs nothing. Offsets are constant within an hour of UTC, so one look-up an hour is enough.
 * @throws LabError `unknown-time-zone`
 */
export function zoneOffset(zone: string): ZoneOffset {
  if (zone === 'UTC') return () => 0
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (cause) {
    throw new LabError('unknown-time-zone', 'There is no time zone of this name.', {
      received: JSON.stringify(zone),
      expected: "'UTC' or a name of the IANA database",
      help: "for example 'America/New_York' or 'Europe/Berlin'",
      cause,
    })
  }
  const look = (hour: number): number => {
    const time = hour * HOUR_MS
    const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)])) as Record<string, number>
    return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!) - time
  }
  // Where a day begins and ends with the same offset it has no change within: two look-ups a day instead of 24.
  const known = new Map<number, number>()
  const at = (hour: number): number => {
    let offset = known.get(hour)
    if (offset === undefined) {
      if (known.size > HOURS_KEPT) known.clear()
      known.set(hour, (offset = look(hour)))
    }
    return offset
  }
  return (time) => {
    const day = Math.floor(time / DAY_MS) * 24
    const begin = at(day)
    return begin === at(day + 24) ? begin : at(Math.floor(time / HOUR_MS))
  }
}

/** fn(wall-clock time of the bar's open, as ms that read like UTC). `name` says which function it is. */
export function onClock(time: Column, zone: string, name: string, fn: (clock: number) => number): Column {
  return column({
    name: `clock_${name}`,
    inputs: [time],
    params: [zone],
    start: ([t], [y]) => {
      const offset = zoneOffset(zone)
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = fn(t![i]! + offset(t![i]!))
      }
    },
  })
}
