import { describe, expect, it } from 'vitest'
import { createRng, type Rng } from '../core/index.js'
import { delongDifference } from './delong-paired.js'
import { delongInterval } from './delong.js'

/** The covariance as the 1988 paper writes it: components of both models over all pairs, with its 2 x 2 matrix S. */
function byDefinition(y: number[], a: number[], b: number[]): number {
  const order = (up: number, down: number): number => (up > down ? 1 : up === down ? 0.5 : 0)
  const mean = (v: number[]): number => v.reduce((sum, x) => sum + x, 0) / v.length
  const ups = y.flatMap((target, i) => (target === 1 ? [i] : []))
  const downs = y.flatMap((target, i) => (target === 0 ? [i] : []))
  const components = (p: number[]): [number[], number[]] => [
    ups.map((i) => mean(downs.map((j) => order(p[i]!, p[j]!)))),
    downs.map((j) => mean(ups.map((i) => order(p[i]!, p[j]!)))),
  ]
  const covariance = (v: number[], w: number[]): number =>
    v.reduce((sum, x, i) => sum + (x - mean(v)) * (w[i]! - mean(w)), 0) / (v.length - 1)
  const [a10, a01] = components(a)
  const [b10, b01] = components(b)
  const s = (v10: number[], w10: number[], v01: number[], w01: number[]): number =>
    covariance(v10, w10) / ups.length + covariance(v01, w01) / downs.length
  return s(a10, a10, a01, a01) + s(b10, b10, b01, b01) - 2 * s(a10, b10, a01, b01)
}

const draw = (rng: Rng, n: number, edgeA: number, edgeB: number) => {
  const y = Array.from({ length: n }, () => rng.int(2))
  const shared = y.map(() => rng.normal())
  const scores = (edge: number): number[] =>
    y.map((target, i) => Math.round(100 / (1 + Math.exp(-shared[i]! - 0.5 * rng.normal() - edge * target))) / 100)
  return { y, a: scores(edgeA), b: scores(edgeB) }
}

describe('delongDifference', () => {
  it('has the variance of the definition, ties included', () => {
    const rng = createRng(4, 'paired')
    for (let round = 0; round < 10; round++) {
      const { y, a, b } = draw(rng, 60, 0.5, 0.8)
      const { difference, standardError, aucA, aucB, lower, upper } = delongDifference(y, a, b)
      expect(standardError ** 2).toBeCloseTo(byDefinition(y, a, b), 12)
      expect(aucA).toBe(delongInterval(y, a).auc)
      expect(difference).toBeCloseTo(aucB - aucA, 14)
      expect(upper - difference).toBeCloseTo(1.959963984540054 * standardError, 12)
      expect(difference - lower).toBeCloseTo(upper - difference, 12)
    }
  })

  it('rejects two equally good models in about 5 of 100 samples, and two that differ nearly always, although their intervals overlap', () => {
    const rng = createRng(5, 'size')
    let [equal, different, apart] = [0, 0, 0]
    const rounds = 300
    for (let round = 0; round < rounds; round++) {
      const same = draw(rng, 300, 0.5, 0.5)
      if (delongDifference(same.y, same.a, same.b).pValue < 0.05) equal += 1
      const other = draw(rng, 800, 0.2, 0.5)
      if (delongDifference(other.y, other.a, other.b).pValue < 0.05) different += 1
      if (delongInterval(other.y, other.a).upper < delongInterval(other.y, other.b).lower) apart += 1
    }
    expect(equal / rounds).toBeGreaterThan(0.02)
    expect(equal / rounds).toBeLessThan(0.085)
    expect(different / rounds).toBeGreaterThan(0.9)
    expect(apart).toBeLessThan(different / 2)
  })

  it('says 1 for the same ranking, 0 for a certain difference, NaN with one class', () => {
    const y = [0, 1, 0, 1, 1]
    const p = [0.2, 0.3, 0.4, 0.6, 0.9]
    expect(delongDifference(y, p, p)).toMatchObject({ difference: 0, standardError: 0, pValue: 1 })
    expect(delongDifference([0, 0, 1, 1], [0.9, 0.8, 0.2, 0.1], [0.1, 0.2, 0.8, 0.9])).toMatchObject({ difference: 1, pValue: 0 })
    expect(delongDifference([1, 1], [0.1, 0.2], [0.1, 0.3])).toMatchObject({ difference: NaN, lower: NaN, pValue: NaN })
    expect(() => delongDifference(y, p, [0.1])).toThrow(expect.objectContaining({ code: 'bad-scores' }) as Error)
  })

  it('counts the covariance of neighbouring rows in', () => {
    const { y, a, b } = draw(createRng(6, 'lags'), 400, 0.2, 0.4)
    const blocks = (values: number[]): number[] => values.flatMap((value) => [value, value, value, value])
    const plain = delongDifference(blocks(y), blocks(a), blocks(b)).standardError
    const lagged = delongDifference(blocks(y), blocks(a), blocks(b), { lags: 12 }).standardError
    expect(lagged / plain).toBeGreaterThan(1.6)
    expect(lagged / plain).toBeLessThan(2.2)
  })
})
