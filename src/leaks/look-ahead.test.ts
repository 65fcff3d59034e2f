import { describe, expect, it } from 'vitest'
import type { Bars } from '../data/index.js'
import { allFeatures, defineFeature, FeatureEngineer, type Feature } from '../features/index.js'
import { assertNoLookAhead, checkLookAhead } from './look-ahead.js'
import { randomBars } from '../../test/fixtures/random-bars.js'

const bars = randomBars(400, 5)
const trap = (name: string, compute: (bars: Bars) => Float64Array): Feature =>
  defineFeature({ name, group: 'price', description: 'a trap', inputs: ['close'], params: {}, lookback: 0, compute })

/** Ways in which real indicator packs leak. */
const traps: Feature[] = [
  trap('next_return', ({ close }) => close.map((v, i) => (close[i + 1] ?? v) / v)),
  trap('centred_mean', ({ close }) => close.map((_, i) => [-2, -1, 0, 1, 2].reduce((sum, k) => sum + (close[i + k] ?? close[i]!), 0))),
  trap('global_scaling', ({ close }) => close.map((v) => v / close.reduce((a, b) => Math.max(a, b), 0))),
  trap('shifted_cloud', ({ close }) => close.map((v, i) => close[i + 26] ?? v)),
  trap('from_the_end', ({ close }) => close.map((v, i) => v * (close.length - i))),
]

describe('look-ahead check', () => {
  it('passes every feature that ships, on random bars and on bars with holes', () => {
    const holed = { ...bars, close: bars.close.map((v, i) => (i % 97 === 50 ? NaN : v)) }
    for (const sample of [bars, holed]) {
      const certificate = assertNoLookAhead(new FeatureEngineer().fit(sample), sample, { seed: 1 })
      expect(certificate.columns).toHaveLength(allFeatures.length)
      expect(certificate.checkedCuts).toHaveLength(12)
      expect(certificate.comparedValues).toBe(2 * allFeatures.length * certificate.checkedCuts.reduce((a, b) => a + b))
    }
  })

  it('finds every trap, names the bar and how far it reaches', () => {
    const engineer = new FeatureEngineer({ features: [...allFeatures, ...traps] }).fit(bars)
    const { violations, checkedCuts } = checkLookAhead(engineer, bars, { seed: 2 })
    expect(violations.map(({ column }) => column)).toEqual(traps.map(({ name }) => name))
    const found = Object.fromEntries(violations.map((v) => [v.column, v]))
    expect(found.next_return).toMatchObject({ bar: checkedCuts[0]! - 1, reachBars: 1 })
    expect(found.centred_mean).toMatchObject({ bar: checkedCuts[0]! - 2, reachBars: 2 })
    expect(found.shifted_cloud).toMatchObject({ reachBars: 26 })
    expect(found.from_the_end).toMatchObject({ bar: 0, reachBars: bars.time.length - 1 })
    expect(found.next_return!.time).toBe(new Date(bars.time[found.next_return!.bar]!).toISOString())
  })

  it('sees a peek that only other values, not fewer bars, bring to light', () => {
    const sly = trap('sly', ({ close }) => close.map((v, i) => (i + 1 < close.length && close[i + 1]! > 3 * v ? 1 : 0)))
    const calm = { ...bars, close: bars.close.map((_, i) => (i < 399 ? 100 : 1000)) }
    expect(checkLookAhead(new FeatureEngineer({ features: [sly] }).fit(calm), calm, { cuts: 398 }).violations).toHaveLength(1)
  })

  it('stops the work and says which', () => {
    const engineer = new FeatureEngineer({ features: traps.slice(0, 1) }).fit(bars)
    expect(() => assertNoLookAhead(engineer, bars)).toThrow(
      expect.objectContaining({ code: 'look-ahead', received: expect.stringContaining('next_return first at bar') as string }) as Error,
    )
  })

  it('repeats by seed', () => {
    const engineer = new FeatureEngineer().fit(bars)
    const cuts = (seed: number): readonly number[] => checkLookAhead(engineer, bars, { seed, cuts: 4 }).checkedCuts
    expect(cuts(1)).toEqual(cuts(1))
    expect(cuts(1)).not.toEqual(cuts(2))
  })
})
