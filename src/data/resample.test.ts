import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../core/index.js'
import type { Bars } from './bars.js'
import { resample } from './resample.js'
import { HOUR_MS } from './timeframe.js'

/** Hourly bars at the given hours since 2024-01-01 (a Monday). */
function barsAt(hours: readonly number[], seed = 1): Bars {
  const rng = createRng(seed, 'resample-test')
  const n = hours.length
  const price = (): Float64Array => Float64Array.from({ length: n }, () => 1 + rng.int(1000))
  const [open, close] = [price(), price()]
  return {
    symbol: 'X',
    timeframeMs: HOUR_MS,
    time: Float64Array.from(hours, (hour) => Date.UTC(2024, 0, 1) + hour * HOUR_MS),
    open,
    close,
    high: open.map((o, i) => Math.max(o, close[i]!) + rng.int(10)),
    low: open.map((o, i) => Math.min(o, close[i]!) - rng.int(10)),
    volume: Float64Array.from({ length: n }, () => (rng.int(5) === 0 ? NaN : rng.int(100))),
  }
}

const someBars = fc
  .tuple(fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 120 }), fc.integer({ min: 0, max: 1e6 }))
  .map(([hours, seed]) =>
    barsAt(
      hours.sort((a, b) => a - b),
      seed,
    ),
  )
const known = (column: Float64Array): number[] => [...column].filter((value) => !Number.isNaN(value))
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

describe('resample', () => {
  it('merges by hand: labels by open time, sums known volume', () => {
    const bars: Bars = {
      ...barsAt([0, 1, 3, 4]),
      open: Float64Array.of(1, 2, 3, 4),
      high: Float64Array.of(9, 12, 8, 5),
      low: Float64Array.of(1, 2, 0.5, 4),
      close: Float64Array.of(2, 3, 4, 5),
      volume: Float64Array.of(10, NaN, 5, NaN),
    }
    const out = resample(bars, '4h')
    expect([...out.time]).toEqual([Date.UTC(2024, 0, 1, 0), Date.UTC(2024, 0, 1, 4)])
    expect([...out.open]).toEqual([1, 4])
    expect([...out.high]).toEqual([12, 5])
    expect([...out.low]).toEqual([0.5, 4])
    expect([...out.close]).toEqual([4, 5])
    expect([...out.volume]).toEqual([15, NaN])
    expect(out.timeframeMs).toBe(4 * HOUR_MS)
  })

  it('begins weeks on Monday, UTC', () => {
    const week = resample(barsAt([-1, 0, 167, 168]), '1w')
    expect([...week.time].map((t) => new Date(t).toISOString().slice(0, 10))).toEqual(['2023-12-25', '2024-01-01', '2024-01-08'])
  })

  it('keeps total volume, the highest high and the lowest low', () => {
    fc.assert(
      fc.property(someBars, fc.constantFrom('2h', '4h', '1d', '1w'), (bars, timeframe) => {
        const out = resample(bars, timeframe)
        expect(sum(known(out.volume))).toBe(sum(known(bars.volume)))
        expect(Math.max(...out.high)).toBe(Math.max(...bars.high))
        expect(Math.min(...out.low)).toBe(Math.min(...bars.low))
        expect(out.open[0]).toBe(bars.open[0])
        expect(out.close.at(-1)).toBe(bars.close.at(-1))
        for (let i = 1; i < out.time.length; i++) expect(out.time[i]! - out.time[i - 1]!).toBeGreaterThanOrEqual(out.timeframeMs)
      }),
    )
  })

  it('never looks ahead: bars after a longer bar has closed do not change it', () => {
    fc.assert(
      fc.property(someBars, fc.constantFrom('2h', '4h', '1d'), fc.nat(), (bars, timeframe, at) => {
        const whole = resample(bars, timeframe)
        const row = at % whole.time.length
        const end = whole.time[row]! + whole.timeframeMs
        const before = bars.time.filter((time) => time + bars.timeframeMs <= end).length
        const cut = (column: Float64Array): Float64Array => column.slice(0, before)
        const past = resample(
          {
            ...bars,
            time: cut(bars.time),
            open: cut(bars.open),
            high: cut(bars.high),
            low: cut(bars.low),
            close: cut(bars.close),
            volume: cut(bars.volume),
          },
          timeframe,
        )
        for (const name of ['time', 'open', 'high', 'low', 'close', 'volume'] as const)
          expect(past[name]).toEqual(whole[name].slice(0, row + 1))
      }),
    )
  })

  it('in two steps is as in one', () => {
    fc.assert(fc.property(someBars, (bars) => void expect(resample(resample(bars, '4h'), '1d')).toEqual(resample(bars, '1d'))))
  })

  it('leaves out the torn first and last bar when only complete ones are asked', () => {
    const hours = Array.from({ length: 11 }, (_, i) => i + 2)
    expect([...resample(barsAt(hours), '4h', { completeOnly: true }).time].map((t) => new Date(t).getUTCHours())).toEqual([4, 8])
    expect(resample(barsAt(hours), '4h').time).toHaveLength(4)
    expect(resample(barsAt([0, 1]), '4h', { completeOnly: true }).time).toHaveLength(0)
  })

  it('gives bars of the same timeframe back, and refuses finer and odd ones', () => {
    const bars = barsAt([0, 1])
    expect(resample(bars, '60m')).toBe(bars)
    expect(() => resample(bars, '5m')).toThrow(expect.objectContaining({ code: 'timeframe-too-fine' }))
    expect(() => resample(bars, '90m')).toThrow(expect.objectContaining({ code: 'timeframe-not-multiple', help: 'try 2h' }))
  })

  it('refuses a bar that would reach over the boundary, and takes the shift that its message names', () => {
    const halfHours = barsAt([9.5, 10.5, 11.5, 12.5])
    let help = ''
    try {
      resample(halfHours, '2h')
    } catch (error) {
      expect(error).toMatchObject({ code: 'timeframe-misaligned' })
      help = (error as { help: string }).help
    }
    const anchorMs = Number(/anchorMs: (\d+)/.exec(help)?.[1])
    expect(anchorMs).toBe(30 * 60_000)
    expect(resample(halfHours, '2h', { anchorMs }).time).toHaveLength(3)
  })
})
