import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectiveBatch, microBatches, smallestBatchLevel } from '../index.js'

const size = fc.integer({ min: 1, max: 300 })
const level = fc.integer({ min: 0, max: 12 })

describe('effectiveBatch', () => {
  it('halves the micro-batch, rounded up, and takes more of them', () => {
    const plans = [0, 1, 2, 3, 4, 9].map((shrink) => effectiveBatch(10, shrink))
    expect(plans.map(({ microBatch }) => microBatch)).toEqual([10, 5, 3, 2, 1, 1])
    expect(plans.map(({ steps }) => steps)).toEqual([1, 2, 4, 5, 10, 10])
    expect([1, 2, 10, 64].map(smallestBatchLevel)).toEqual([0, 1, 4, 6])
  })

  it('is smaller with each level until single rows', () => {
    fc.assert(
      fc.property(size, level, (rows, shrink) => {
        const [here, next] = [effectiveBatch(rows, shrink).microBatch, effectiveBatch(rows, shrink + 1).microBatch]
        expect(shrink < smallestBatchLevel(rows) ? next < here : here === 1 && next === 1).toBe(true)
      }),
    )
  })

  it('takes every row once, in order, in as many steps as planned, with weights that sum to one', () => {
    fc.assert(
      fc.property(size, level, (rows, shrink) => {
        const { microBatch, steps } = effectiveBatch(rows, shrink)
        const parts = microBatches(rows, microBatch)
        expect(parts).toHaveLength(steps)
        expect(parts[0]!.from).toBe(0)
        expect(parts.at(-1)!.to).toBe(rows)
        for (const [i, { from, to, weight }] of parts.entries()) {
          if (i > 0) expect(from).toBe(parts[i - 1]!.to)
          expect(to - from).toBeGreaterThan(0)
          expect(to - from).toBeLessThanOrEqual(microBatch)
          expect(weight).toBe((to - from) / rows)
        }
        expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 10)
      }),
    )
  })

  it('gives the gradient of the mean loss of the whole batch', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 200 }), level, (x, shrink) => {
        const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
        const parts = microBatches(x.length, effectiveBatch(x.length, shrink).microBatch)
        const accumulated = parts.reduce((sum, { from, to, weight }) => sum + weight * mean(x.slice(from, to)), 0)
        expect(accumulated).toBeCloseTo(mean(x), 9)
      }),
    )
  })

  it('cuts the short batch at the end of an epoch, and no rows into nothing', () => {
    expect(microBatches(5, 4)).toEqual([
      { from: 0, to: 4, weight: 0.8 },
      { from: 4, to: 5, weight: 0.2 },
    ])
    expect(microBatches(0, 4)).toEqual([])
  })

  it('refuses what is not a count', () => {
    for (const wrong of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => effectiveBatch(wrong, 0)).toThrow(expect.objectContaining({ code: 'bad-batch-size' }) as Error)
      expect(() => microBatches(4, wrong)).toThrow(expect.objectContaining({ code: 'bad-batch-size' }) as Error)
    }
    for (const wrong of [-1, 0.5, NaN])
      expect(() => effectiveBatch(8, wrong)).toThrow(expect.objectContaining({ code: 'bad-shrink-level' }) as Error)
  })
})
