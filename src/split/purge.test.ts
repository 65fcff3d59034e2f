import { describe, expect, it } from 'vitest'
import { purge, spanOf } from './purge.js'

/** Ten bars a unit of time apart; `ends` by row, else the bar itself. */
function bars(ends: Record<number, number> = {}, steps = Array.from({ length: 10 }, () => 1)) {
  let now = 0
  const time = Float64Array.from(steps, (step) => (now += step) - 1)
  return { time, labelEndTime: time.map((t, i) => ends[i] ?? t) }
}
const rowsBut = (...tested: number[]): Int32Array => Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((i) => !tested.includes(i)))
const NONE = { ms: 0, bars: 0 }

describe('purge', () => {
  it('drops labels that end in the span, reach over it, or begin before its labels have ended', () => {
    const data = bars({ 0: 9, 2: 4, 3: 3.5, 5: 7 })
    const { kept, purged, embargoed } = purge(rowsBut(4, 5), [spanOf(Int32Array.of(4, 5), data)], data, NONE, 'after')
    // 0 reaches over the span, 2 ends at its first instant, 6 and 7 open before or when row 5's label ends.
    expect([...kept]).toEqual([1, 3, 8, 9])
    expect([purged, embargoed]).toEqual([4, 0])
  })

  it('measures the embargo from the latest label end, in time or in bars', () => {
    const data = bars({ 3: 5, 4: 4 }, [1, 1, 1, 1, 1, 1, 1, 50, 1, 1])
    const after = (embargo: { ms: number; bars: number }) => {
      const { kept, embargoed } = purge(rowsBut(3, 4), [spanOf(Int32Array.of(3, 4), data)], data, embargo, 'after')
      return [[...kept].filter((i) => i > 4), embargoed]
    }
    expect(after(NONE)).toEqual([[6, 7, 8, 9], 0])
    expect(after({ ms: 1, bars: 0 })).toEqual([[6, 7, 8, 9], 0])
    expect(after({ ms: 2, bars: 0 })).toEqual([[7, 8, 9], 1]) // the gap before row 7 counts as time
    expect(after({ ms: 0, bars: 3 })).toEqual([[8, 9], 2]) // and not as bars
  })

  it('lets an early span with a long label go on beyond a later one', () => {
    const data = bars({ 1: 8, 4: 4 })
    const spans = [spanOf(Int32Array.of(1), data), spanOf(Int32Array.of(4), data)]
    expect([...purge(rowsBut(1, 4), spans, data, NONE, 'after').kept]).toEqual([0, 9])
    expect([...purge(rowsBut(1, 4), spans, data, { ms: 2, bars: 0 }, 'after').kept]).toEqual([0])
  })
})
