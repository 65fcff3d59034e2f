import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { createRng } from '../core/index.js'
import { spreadCuts, tellingCuts } from './cut-points.js'

describe('cuts', () => {
  it('are increasing, within the series, and at least as many as asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 900 }), fc.integer({ min: 1, max: 300 }), fc.integer(), (n, count, seed) => {
        for (const cuts of [spreadCuts(n, count, createRng(seed)), tellingCuts(randomBars(n, 1), count, createRng(seed))]) {
          expect(cuts.length).toBeGreaterThanOrEqual(Math.min(count, n - 1))
          expect(cuts.every((cut, k) => Number.isInteger(cut) && cut > (cuts[k - 1] ?? 0) && cut < n)).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('hold every month end, gap, hole and the largest move, whatever the seed', () => {
    const bars = randomBars(6000, 2)
    bars.close[3333] = 1e6
    bars.close[4444] = NaN
    const later = { ...bars, time: bars.time.map((time, i) => (i < 2222 ? time : time + 5 * bars.timeframeMs)) }
    const monthEnds = Array.from(later.time.keys()).filter(
      (k) => k > 0 && new Date(later.time[k]!).getUTCDate() < new Date(later.time[k - 1]!).getUTCDate(),
    )
    expect(monthEnds.length).toBeGreaterThan(6)
    for (const seed of [1, 2, 3]) {
      const cuts = new Set(tellingCuts(later, 200, createRng(seed)))
      expect(cuts.size).toBeLessThan(1000)
      for (const k of [...monthEnds, 2222, 3333, 4444]) expect([k, cuts.has(k), cuts.has(k + 1)]).toEqual([k, true, true])
    }
  })
})
