import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barRange, type Bars } from '../data/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { anyBars } from './any-bars.fixture.js'
import { directionLabels } from './direction.js'
import type { PricedLabels } from './labels.js'
import { metaLabels } from './meta-label.js'
import { returnLabels } from './return-labels.js'
import { trendScanLabels } from './trend-scan.js'
import { tripleBarrierLabels } from './triple-barrier.js'

const RUNS = { numRuns: 40 }
const BARRIERS = { horizonBars: 10, volatility: { span: 8 } } as const
const sides = (bars: Bars): Int8Array => Int8Array.from(bars.time, (_, i) => (i % 3) - 1)

/** Every label there is. */
const kinds: Readonly<Record<string, (bars: Bars) => PricedLabels>> = {
  direction: (bars) => directionLabels(bars, { horizonBars: 3, deadZone: 0.001 }),
  return: (bars) => returnLabels(bars, { horizonBars: 4, kind: 'log', volatility: { span: 8 } }),
  'triple barrier': (bars) => tripleBarrierLabels(bars, { ...BARRIERS, upper: 2, lower: 1 }),
  'triple barrier, dropping': (bars) =>
    tripleBarrierLabels(bars, { ...BARRIERS, upper: 0.7, lower: 0.7, bothTouched: 'drop', classes: 3, vertical: 'sign' }),
  'triple barrier on closes': (bars) =>
    tripleBarrierLabels(bars, { horizonBars: 10, upper: 0.02, lower: null, judgedOn: 'close', minReturn: 0.01 }),
  meta: (bars) => metaLabels(bars, { ...BARRIERS, profit: 1.5, stop: 1, side: sides(bars), cost: 0.001 }),
  'trend scan': (bars) => trendScanLabels(bars, { minBars: 3, maxBars: 9, minTValue: 2 }),
}

const changedAfter = (bars: Bars, bar: number, seed: number): Bars => {
  const other = randomBars(bars.time.length, seed, 0.1)
  const column = (name: 'open' | 'high' | 'low' | 'close'): Float64Array =>
    bars[name].map((value, i) => (i <= bar ? value : other[name][i]!))
  return { ...bars, open: column('open'), high: column('high'), low: column('low'), close: column('close') }
}

describe.each(Object.entries(kinds))('the end time of %s labels', (_, label) => {
  it('is never before the bar, and is there where the label is', () => {
    fc.assert(
      fc.property(anyBars, (bars) => {
        const { y, endTime, returns, horizonBars } = label(bars)
        const wrong = [...bars.time.keys()].filter((i) => {
          if (Number.isNaN(y[i])) return !Number.isNaN(endTime[i]) || !Number.isNaN(returns[i])
          const end = bars.time.indexOf(endTime[i]!)
          return !(end > i && end <= i + horizonBars)
        })
        expect(wrong).toEqual([])
      }),
      RUNS,
    )
  })

  it('comes after everything the label knows: later bars change nothing, altered or removed', () => {
    fc.assert(
      fc.property(anyBars, fc.integer({ min: 20, max: 78 }), fc.integer(), (bars, cut, seed) => {
        const full = label(bars)
        for (const other of [changedAfter(bars, cut, seed), barRange(bars, 0, cut + 1)]) {
          const labels = label(other)
          const settled = full.y.map((_, i) => (full.endTime[i]! <= bars.time[cut]! ? i : -1)).filter((i) => i >= 0)
          for (const column of ['y', 'endTime', 'returns'] as const)
            expect(settled.map((i) => labels[column][i]!)).toEqual(settled.map((i) => full[column][i]!))
        }
      }),
      RUNS,
    )
  })

  it('and all else do not depend on the unit of the price', () => {
    fc.assert(
      fc.property(anyBars, fc.integer({ min: -20, max: 20 }), (bars, power) => {
        // A power of two, so that rounding is the same.
        const scale = (column: Float64Array): Float64Array => column.map((value) => value * 2 ** power)
        const scaled = { ...bars, open: scale(bars.open), high: scale(bars.high), low: scale(bars.low), close: scale(bars.close) }
        const [a, b] = [label(bars), label(scaled)]
        expect([b.y, b.endTime, b.returns]).toEqual([a.y, a.endTime, a.returns])
      }),
      RUNS,
    )
  })
})

describe('end times as labels', () => {
  it('end early where a barrier is touched, so purging on them keeps more rows than on the horizon', () => {
    const bars = randomBars(400, 3)
    const { endTime } = kinds['triple barrier']!(bars)
    const ends = [...endTime].flatMap((time, i) => (Number.isNaN(time) ? [] : [bars.time.indexOf(time) - i]))
    expect(Math.min(...ends)).toBe(1)
    expect(ends.reduce((a, b) => a + b) / ends.length).toBeLessThan(5)
  })
})
