import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, DISPLAY } from '../core/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { averageUniqueness, labelSpans, type LabelSpans } from './concurrency.js'
import { directionLabels } from './direction.js'
import { thrown } from './ohlc.fixture.js'
import { sequentialBootstrap } from './sequential-bootstrap.js'
import { sequentialSampler } from './sequential-sampler.js'
import { denseUniqueness, randomSpans } from './spans.fixture.js'

/** The algorithm of the book: every label's average uniqueness from a table of labels by bars, for every draw. */
function denseProbabilities(spans: LabelSpans, drawn: readonly number[]): number[] {
  const uniqueness = [...spans.rows.keys()].map((k) => denseUniqueness(spans, drawn, k))
  const total = uniqueness.reduce((a, b) => a + b)
  return uniqueness.map((value) => value / total)
}

describe('sequentialBootstrap', () => {
  it('has the chances of the dense algorithm at every draw, and draws what it draws', () => {
    fc.assert(
      fc.property(randomSpans, fc.integer(), (spans, seed) => {
        const rng = createRng(seed, 'test')
        const sampler = sequentialSampler(spans)
        const drawn: number[] = []
        for (let draw = 0; draw < 12; draw++) {
          const dense = denseProbabilities(spans, drawn)
          sampler.probabilities().forEach((value, k) => expect(Math.abs(value - dense[k]!)).toBeLessThan(1e-12))
          const u = rng.next()
          let [expected, sum] = [0, dense[0]!]
          while (sum <= u && expected < dense.length - 1) sum += dense[++expected]!
          const k = sampler.pick(u)
          // Where u falls on a border, rounding may decide.
          if (k !== expected) expect(Math.abs(sum - u)).toBeLessThan(1e-12)
          sampler.add(k)
          drawn.push(k)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives the numbers of the worked example of the book', () => {
    // Three labels over six bars: 0 to 2, 2 to 3, 4 to 5; after label 1 was drawn the chances are 5/14, 3/14 and 6/14.
    const sampler = sequentialSampler({
      rows: Int32Array.of(0, 1, 2),
      first: Int32Array.of(0, 2, 4),
      last: Int32Array.of(2, 3, 5),
      bars: 6,
    })
    expect([...sampler.probabilities()]).toEqual([1 / 3, 1 / 3, 1 / 3])
    sampler.add(1)
    for (const [k, share] of [5, 3, 6].entries()) expect(sampler.probabilities()[k]).toBeCloseTo(share / 14, 14)
  })

  it("repeats itself less than drawing with equal chances, as in the book's experiment", () => {
    const rng = createRng(1, 'ten labels of up to five bars among a hundred')
    const experiment = (seed: number): { sequential: number; equal: number } => {
      const starts = Array.from({ length: 10 }, () => rng.int(100)).sort((a, b) => a - b)
      const first = Int32Array.from(starts)
      const spans = { rows: first, first, last: first.map((bar) => bar + rng.int(5)), bars: 104 }
      const times = new Int32Array(10)
      for (let draw = 0; draw < 10; draw++) times[rng.int(10)]! += 1
      const equal = averageUniqueness(spans, times).reduce((sum, value, k) => sum + value * times[k]!, 0) / 10
      return { sequential: sequentialBootstrap(spans, { seed }).meanUniqueness, equal }
    }
    const all = Array.from({ length: 500 }, (_, seed) => experiment(seed))
    const mean = (of: (each: (typeof all)[number]) => number): number => all.reduce((sum, each) => sum + of(each), 0) / all.length
    expect(mean(({ equal }) => equal)).toBeCloseTo(0.59, 1)
    expect(mean(({ sequential }) => sequential) - mean(({ equal }) => equal)).toBeGreaterThan(0.05)
  })

  it('draws rows of the spans, as many as asked for, by seed', () => {
    const bars = randomBars(300, 12)
    const spans = labelSpans(directionLabels(bars, { horizonBars: 5 }), bars.time, { rows: Int32Array.of(3, 50, 51, 200) })
    const { rows, distinct } = sequentialBootstrap(spans, { draws: 100, seed: 5 })
    expect(rows).toHaveLength(100)
    expect(new Set(rows)).toEqual(new Set([3, 50, 51, 200]))
    expect(distinct).toBe(4)
    expect(sequentialBootstrap(spans, { draws: 100, seed: 5 }).rows).toEqual(rows)
    expect(sequentialBootstrap(spans, { draws: 100, seed: 6 }).rows).not.toEqual(rows)
    expect(sequentialBootstrap(spans, { seed: 5 }).rows).toHaveLength(4)
  })

  it('works on intervals: 200,000 labels of 60 bars, which a table of 40 billion cells would hold', () => {
    const n = 200_000
    const spans = {
      rows: Int32Array.from({ length: n }, (_, k) => k),
      first: Int32Array.from({ length: n }, (_, k) => k + 1),
      last: Int32Array.from({ length: n }, (_, k) => Math.min(k + 60, n)),
      bars: n + 1,
    }
    const { distinct, meanUniqueness } = sequentialBootstrap(spans, { draws: 20_000, seed: 1 })
    expect(distinct).toBeGreaterThan(19_000)
    // A tenth of the labels, 60 bars each: some 6 on a bar by chance, fewer as they avoid each other.
    expect(meanUniqueness).toBeGreaterThan(1 / 6)
  })

  it('shows itself', () => {
    const spans = { rows: Int32Array.of(0), first: Int32Array.of(1), last: Int32Array.of(2), bars: 3 }
    expect(sequentialBootstrap(spans, { draws: 2, seed: 0 })[DISPLAY]()).toEqual({
      'text/plain': 'sequential bootstrap: 2 draws of 1 labels, 1 of them different, average uniqueness 0.500',
    })
  })

  it('explains what is wrong', () => {
    const spans = { rows: Int32Array.of(0, 1), first: Int32Array.of(1, 2), last: Int32Array.of(1, 2), bars: 3 }
    for (const draws of [0, 1.5, NaN, -1]) expect(() => sequentialBootstrap(spans, { draws, seed: 0 })).toThrow(thrown('bad-draws'))
    const none = new Int32Array(0)
    const wrong: Partial<LabelSpans>[] = [
      { first: Int32Array.of(2, 1) },
      { first: Int32Array.of(-1, 2) },
      { last: Int32Array.of(0, 2) },
      { last: Int32Array.of(1, 3) },
      { last: Int32Array.of(1) },
      { rows: none, first: none, last: none },
    ]
    for (const part of wrong) expect(() => sequentialBootstrap({ ...spans, ...part }, { seed: 0 })).toThrow(thrown('bad-spans'))
  })
})
