import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../data/index.js'
import { zoneOffset } from './time-of-bar.js'

/** Offset as the calendar gives it, part by part. */
function reference(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (time) => {
    const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)])) as Record<string, number>
    return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) - time
  }
}

describe('zoneOffset', () => {
  it('is that of the calendar at every half hour around each change, half-hour summer times and Ramadan breaks included', () => {
    for (const [zone, year] of [
      ['America/New_York', 2021],
      ['Australia/Lord_Howe', 2021],
      ['Africa/Casablanca', 2017],
      ['Africa/Cairo', 2014],
      ['Europe/London', 1970],
      ['Asia/Kolkata', 2021],
    ] as const) {
      const offset = zoneOffset(zone)
      const expected = reference(zone)
      for (let day = 0; day < 366; day++) {
        const start = Date.UTC(year, 0, 1) + day * DAY_MS
        const changes = expected(start) !== expected(start + DAY_MS)
        for (let t = start; t < start + DAY_MS; t += changes ? HOUR_MS / 2 : 8 * HOUR_MS)
          if (offset(t) !== expected(t)) expect(offset(t), `${zone} ${new Date(t).toISOString()}`).toBe(expected(t))
      }
    }
  })

  it('is 0 for UTC, and names a zone that does not exist', () => {
    expect(zoneOffset('UTC')(1e12)).toBe(0)
    expect(() => zoneOffset('Mars/Olympus')).toThrow(expect.objectContaining({ code: 'unknown-time-zone' }) as Error)
  })
})
