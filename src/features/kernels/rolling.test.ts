import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rollingMax, rollingMin, rollingMoments, rollingSum } from './rolling.js'

/** The obvious way: each window by itself. */
function windows(x: Float64Array, period: number, of: (window: number[]) => number): number[] {
  return Array.from(x, (_, i) => (i < period - 1 ? NaN : of([...x.subarray(i - period + 1, i + 1)])))
}
const mean = (w: number[]): number => w.reduce((a, b) => a + b, 0) / w.length
const std = (w: number[]): number => Math.sqrt(mean(w.map((v) => (v - mean(w)) ** 2)))
const close = (a: number, b: number, scale: number): boolean =>
  (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 1e-12 * Math.max(1, scale)

const series = fc.tuple(fc.float64Array({ minLength: 0, maxLength: 60, min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 12 }))

describe('rolling statistics', () => {
  it('equal each window computed by itself', () => {
    fc.assert(
      fc.property(series, ([x, period]) => {
        const scale = x.reduce((a, b) => Math.max(a, Math.abs(b)), 0) * period
        const { mean: means, std: stds } = rollingMoments(x, period)
        const pairs: [Float64Array, number[]][] = [
          [rollingMax(x, period), windows(x, period, (w) => Math.max(...w))],
          [rollingMin(x, period), windows(x, period, (w) => Math.min(...w))],
          [rollingSum(x, period), windows(x, period, (w) => mean(w) * period)],
          [means, windows(x, period, mean)],
          [stds, windows(x, period, std)],
        ]
        return pairs.every(([ours, reference]) => ours.length === x.length && reference.every((value, i) => close(ours[i]!, value, scale)))
      }),
    )
  })

  it('lose nothing to a huge value that has left the window, nor to a high level', () => {
    const x = Float64Array.from({ length: 200 }, (_, i) => (i === 50 ? 1e15 : 1e6 + (i % 2) * 1e-3))
    expect(rollingSum(x.subarray(0, 200), 10)[199]).toBeCloseTo(1e7 + 5e-3, 8)
    expect(rollingMoments(x, 10).std[199]! / 5e-4).toBeCloseTo(1, 6)
  })

  it('know a flat window exactly', () => {
    const { mean: means, std: stds } = rollingMoments(new Float64Array(50).fill(0.1), 7)
    expect(new Set(stds.subarray(6))).toEqual(new Set([0]))
    expect(new Set(means.subarray(6))).toEqual(new Set([0.1]))
  })

  it('let a NaN leave with its window', () => {
    const x = Float64Array.from({ length: 12 }, (_, i) => (i === 4 ? NaN : i))
    const missing = (values: Float64Array): number[] => [...values.keys()].filter((i) => Number.isNaN(values[i]))
    for (const values of [rollingSum(x, 3), rollingMax(x, 3), rollingMin(x, 3), rollingMoments(x, 3).mean, rollingMoments(x, 3).std])
      expect(missing(values)).toEqual([0, 1, 4, 5, 6])
  })
})
