import { describe, expect, it } from 'vitest'
import { findGaps } from './sessions.js'
import { DAY_MS, HOUR_MS } from './timeframe.js'

const START = Date.UTC(2024, 0, 1)

/** Times every `step` for `days` days from Monday 2024-01-01 for which `open` holds. */
function series(days: number, step: number, open: (date: Date, day: number) => boolean): Float64Array {
  const out: number[] = []
  for (let t = START; t < START + days * DAY_MS; t += step) if (open(new Date(t), Math.floor((t - START) / DAY_MS))) out.push(t)
  return Float64Array.from(out)
}
const weekday = (date: Date): boolean => date.getUTCDay() >= 1 && date.getUTCDay() <= 5
const unexpected = (time: Float64Array, step: number): number[] =>
  findGaps(time, step)
    .filter((gap) => gap.unexpectedBars > 0)
    .map((gap) => gap.unexpectedBars)

describe('findGaps', () => {
  it('every missing bar of a market that never closes is unexpected', () => {
    const time = series(60, HOUR_MS, (date, day) => !(day === 20 && date.getUTCHours() < 3))
    expect(findGaps(time, HOUR_MS)).toEqual([
      { from: START + 20 * DAY_MS, to: START + 20 * DAY_MS + 2 * HOUR_MS, missingBars: 3, unexpectedBars: 3 },
    ])
    expect(
      unexpected(
        series(60, DAY_MS, (_, day) => day !== 20),
        DAY_MS,
      ),
    ).toEqual([1])
  })

  it('weekends and single holidays of daily bars are no fault, a missing fortnight is', () => {
    const holidays = new Set([14, 49, 88, 89])
    expect(
      unexpected(
        series(200, DAY_MS, (date, day) => weekday(date) && !holidays.has(day)),
        DAY_MS,
      ),
    ).toEqual([])
    expect(
      unexpected(
        series(200, DAY_MS, (date, day) => weekday(date) && (day < 70 || day >= 84)),
        DAY_MS,
      ),
    ).toEqual([10])
  })

  it('knows the nights of a stock market, also when daylight saving moves them, and sees a hole in the day', () => {
    const open = (date: Date, day: number): boolean => {
      const first = day < 70 ? 14 : 13
      return weekday(date) && date.getUTCHours() >= first && date.getUTCHours() < first + 7
    }
    expect(unexpected(series(200, HOUR_MS, open), HOUR_MS)).toEqual([])
    expect(
      unexpected(
        series(200, HOUR_MS, (date, day) => open(date, day) && !(day === 30 && [16, 17].includes(date.getUTCHours()))),
        HOUR_MS,
      ),
    ).toEqual([2])
  })

  it('knows the weekend of currencies', () => {
    const open = (date: Date): boolean => {
      const [day, hour] = [date.getUTCDay(), date.getUTCHours()]
      return day === 0 ? hour >= 22 : day === 5 ? hour < 22 : day !== 6
    }
    const time = series(120, HOUR_MS, open)
    expect(unexpected(time, HOUR_MS)).toEqual([])
    expect(findGaps(time, HOUR_MS).length).toBe(17)
    expect(
      unexpected(
        series(120, HOUR_MS, (date, day) => open(date) && !(day === 45 && date.getUTCHours() === 9)),
        HOUR_MS,
      ),
    ).toEqual([1])
  })

  it('a short series counts only whole days of the week as closed', () => {
    expect(
      unexpected(
        series(12, DAY_MS, (date) => weekday(date)),
        DAY_MS,
      ),
    ).toEqual([])
    expect(
      unexpected(
        series(3, HOUR_MS, (_, day) => day !== 1),
        HOUR_MS,
      ),
    ).toEqual([24])
  })

  it('steps that do not fit a calendar are plain distances', () => {
    const month = 31 * DAY_MS
    expect(
      unexpected(
        Float64Array.of(0, 31, 59, 90, 120, 181).map((day) => day * DAY_MS),
        month,
      ),
    ).toEqual([1])
  })
})
