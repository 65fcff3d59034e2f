import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, DISPLAY, type MimeBundle } from '../core/index.js'
import { cleanBars } from './clean-bars.js'
import type { QualityPolicy } from './quality-policy.js'
import type { RawBars } from './read-raw-bars.js'
import { DAY_MS, HOUR_MS } from './timeframe.js'

type Row = readonly [hour: number, open: number, high: number, low: number, close: number, volume: number]

const START = Date.UTC(2024, 0, 1)
const plain = (hour: number): Row => [hour, 10, 12, 9, 11, 5]

function raw(rows: readonly Row[], hasVolume = true): RawBars {
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!)
  return {
    symbol: 'X',
    time: column(0).map((hour) => START + hour * HOUR_MS),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    hasVolume,
    notNumbers: 0,
    absentRows: 0,
    unreadableTimes: rows.some((row) => Number.isNaN(row[0])) ? ['row 2: "soon"'] : [],
    facts: { format: 'csv', layout: 'single', symbols: [], columns: {}, timeFormat: '', readAs: '', notes: [] },
  }
}

const found = (rows: readonly Row[], check: keyof QualityPolicy, policy: Partial<QualityPolicy> = {}) => {
  const { bars, quality } = cleanBars(raw(rows), policy)
  return { bars, quality, check: quality.checks.find((entry) => entry.check === check)! }
}
const hours = (time: Float64Array): number[] => [...time].map((t) => (t - START) / HOUR_MS)

describe('cleanBars', () => {
  it('leaves clean bars as they are and says so', async () => {
    const { bars, quality } = cleanBars(raw([0, 1, 2].map(plain)))
    expect(hours(bars.time)).toEqual([0, 1, 2])
    expect(bars.timeframeMs).toBe(HOUR_MS)
    expect(quality.checks.every((check) => check.found === 0)).toBe(true)
    const shown: MimeBundle = await quality[DISPLAY]()
    expect(shown['text/plain']).toBe('Quality of X 1h: no faults found\n  3 bars, file oldest first\n  no gaps')
    expect(shown['text/html']).toContain('<b>Quality of X 1h</b>')
  })

  it('turns a newest-first file round without calling it a fault', () => {
    const { bars, quality, check } = found([2, 1, 0].map(plain), 'outOfOrder', { outOfOrder: 'error' })
    expect([hours(bars.time), quality.order, check.found]).toEqual([[0, 1, 2], 'newest first', 0])
  })

  it('sorts rows out of order and counts them, or stops', () => {
    const rows = [0, 2, 1, 3].map(plain)
    const { bars, quality, check } = found(rows, 'outOfOrder')
    expect([hours(bars.time), quality.order, check.found, check.done]).toEqual([[0, 1, 2, 3], 'unsorted', 1, 'sorted by time'])
    expect(() => found(rows, 'outOfOrder', { outOfOrder: 'error' })).toThrow(
      expect.objectContaining({ code: 'bars-out-of-order', help: expect.stringContaining("outOfOrder: 'sort'") as string }),
    )
  })

  it('tells repeated rows from contradicting ones', () => {
    const other: Row = [1, 10, 12, 9, 10.5, 5]
    expect(found([plain(0), plain(1), plain(1), plain(2)], 'duplicates')).toMatchObject({ check: { found: 1, done: 'dropped 1 rows' } })
    expect(() => found([plain(0), plain(1), other], 'conflicts')).toThrow(expect.objectContaining({ code: 'bars-conflicts' }))
    const close = (policy: 'first' | 'last'): number =>
      found([plain(0), plain(1), other], 'conflicts', { conflicts: policy }).bars.close[1]!
    expect([close('first'), close('last')]).toEqual([11, 10.5])
  })

  it('drops, fills or keeps missing prices; a fill knows the past only', () => {
    const rows: Row[] = [[0, NaN, 1, 1, 1, 1], plain(1), [2, 10, NaN, 9, 11, 5], plain(3)]
    expect(hours(found(rows, 'missingPrices').bars.time)).toEqual([1, 3])
    const { bars, check } = found(rows, 'missingPrices', { missingPrices: 'fill' })
    expect([hours(bars.time), bars.open[1], bars.high[1], bars.close[1], bars.volume[1]]).toEqual([[1, 2, 3], 11, 11, 11, 0])
    expect(check.found).toBe(2)
    expect(found(rows, 'missingPrices', { missingPrices: 'keep' }).bars.time).toHaveLength(4)
    expect(() => found(rows, 'missingPrices', { missingPrices: 'error' })).toThrow(expect.objectContaining({ code: 'bars-missing-prices' }))
  })

  it('drops prices that are not above zero, widens crossed ones', () => {
    expect(hours(found([plain(0), [1, 10, 12, 0, 11, 5], plain(2)], 'nonPositive').bars.time)).toEqual([0, 2])
    const crossed: Row[] = [plain(0), [1, 10, 10.5, 9, 11, 5], [2, 10, 12, 10.5, 11, 5]]
    const { bars, check } = found(crossed, 'crossed')
    expect([check.found, bars.high[1], bars.low[2]]).toEqual([2, 11, 10])
    expect(found(crossed, 'crossed', { crossed: 'keep' }).bars.high[1]).toBe(10.5)
  })

  it('knows zero, missing and negative volume apart', () => {
    const rows: Row[] = [plain(0), [1, 10, 12, 9, 11, 0], [2, 10, 12, 9, 11, NaN], [3, 10, 12, 9, 11, -4], plain(4)]
    const { bars, quality } = cleanBars(raw(rows))
    expect([...bars.volume]).toEqual([5, 0, NaN, NaN, 5])
    const count = (check: string): number => quality.checks.find((entry) => entry.check === check)!.found
    expect([count('zeroVolume'), count('missingVolume'), count('negativeVolume')]).toEqual([1, 2, 1])
    expect(hours(cleanBars(raw(rows), { zeroVolume: 'drop', missingVolume: 'drop' }).bars.time)).toEqual([0, 4])
    const none = cleanBars(
      raw(
        rows.map((row): Row => [row[0], row[1], row[2], row[3], row[4], NaN]),
        false,
      ),
    ).quality
    expect([none.hasVolume, none.checks.find((entry) => entry.check === 'missingVolume')!.found]).toEqual([false, 0])
  })

  it('fills gaps with flat bars at the last close when asked', () => {
    const rows = [0, 1, 2, 5, 6].map(plain)
    expect(found(rows, 'gaps')).toMatchObject({ check: { found: 2 }, quality: { gaps: { gaps: 1, unexpectedBars: 2 } } })
    const { bars } = found(rows, 'gaps', { gaps: 'fill' })
    expect([hours(bars.time), bars.open[3], bars.volume[4]]).toEqual([[0, 1, 2, 3, 4, 5, 6], 11, 0])
    expect(() => found(rows, 'gaps', { gaps: 'error' })).toThrow(expect.objectContaining({ code: 'bars-gaps' }))
  })

  it('stops on times that cannot be read unless told to drop them', () => {
    const rows = [plain(0), plain(NaN), plain(1)]
    expect(() => found(rows, 'unreadableTime')).toThrow(
      expect.objectContaining({ code: 'bars-unreadable-time', received: '1, for example row 2: "soon"' }),
    )
    expect(hours(found(rows, 'unreadableTime', { unreadableTime: 'drop' }).bars.time)).toEqual([0, 1])
  })

  it('needs two bars, and knows its own policies', () => {
    expect(() => cleanBars(raw([plain(0)]))).toThrow(expect.objectContaining({ code: 'too-few-rows' }))
    expect(() => cleanBars(raw([0, 1].map(plain)), { gap: 'fill' } as never)).toThrow(
      expect.objectContaining({ code: 'unknown-policy', help: 'did you mean "gaps"?' }),
    )
    expect(() => cleanBars(raw([0, 1].map(plain)), { gaps: 'fil' as never })).toThrow(
      expect.objectContaining({ code: 'unknown-policy', help: 'did you mean "fill"?' }),
    )
  })

  it('gives the same bars whatever the order of the rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), (n, seed) => {
        const rng = createRng(seed, 'clean-bars-test')
        const rows = Array.from({ length: n }, (_, i): Row => [i * 3 + rng.int(3), 10, 20, 5, 6 + rng.next(), rng.int(100)])
        const sorted = cleanBars(raw(rows)).bars
        expect(cleanBars(raw(rng.shuffle([...rows]))).bars).toEqual(sorted)
        for (let i = 1; i < sorted.time.length; i++) expect(sorted.time[i]!).toBeGreaterThan(sorted.time[i - 1]!)
      }),
    )
  })

  it('does not change the raw columns', () => {
    const source = raw([plain(1), [0, 10, 10.5, 9, 11, -1], plain(2)])
    const before = structuredClone({ high: source.high, volume: source.volume, time: source.time })
    cleanBars(source)
    expect({ high: source.high, volume: source.volume, time: source.time }).toEqual(before)
  })
})

it('daily bars keep their timeframe', () => {
  const rows = Array.from({ length: 10 }, (_, i) => plain(i * 24))
  expect(cleanBars(raw(rows)).bars.timeframeMs).toBe(DAY_MS)
})
