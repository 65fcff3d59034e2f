import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, formatTimeframe, HOUR_MS, mostFrequentStep, parseTimeframe } from './timeframe.js'

describe('timeframe', () => {
  it('reads numbers with a unit', () => {
    expect([parseTimeframe('5m'), parseTimeframe('15min'), parseTimeframe('4H'), parseTimeframe('1d'), parseTimeframe('1w')]).toEqual([
      300_000,
      900_000,
      4 * HOUR_MS,
      DAY_MS,
      7 * DAY_MS,
    ])
  })

  it.each(['1M', 'hourly', '', '0h', '-1h', '1.5h', 'h'])('refuses %j, and a month above all', (text) => {
    expect(() => parseTimeframe(text)).toThrow(expect.objectContaining({ code: 'bad-timeframe', exitCode: 2 }))
  })

  it('writes what it reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom('s', 'm', 'h', 'd', 'w'), (count, unit) => {
        const ms = parseTimeframe(`${count}${unit}`)
        expect(parseTimeframe(formatTimeframe(ms))).toBe(ms)
      }),
    )
    expect(formatTimeframe(90 * 60_000)).toBe('90m')
  })

  it('takes the most frequent step, not the mean: weekends do not stretch a day', () => {
    expect(mostFrequentStep(Float64Array.of(0, 1, 2, 3, 4, 7, 8).map((day) => day * DAY_MS))).toBe(DAY_MS)
    expect(mostFrequentStep(Float64Array.of(5))).toBeNaN()
  })
})
