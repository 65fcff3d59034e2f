import { describe, expect, it } from 'vitest'
import { createRng, type Rng } from '../core/index.js'
import { delongInterval, overlapLags } from './delong.js'
import { normalQuantile } from './normal-quantile.js'

/** DeLong's variance as the 1988 paper writes it: components over all pairs. */
function byDefinition(y: number[], p: number[]): { auc: number; variance: number } {
  const up = p.filter((_, i) => y[i] === 1)
  const down = p.filter((_, i) => y[i] === 0)
  const order = (a: number, b: number): number => (a > b ? 1 : a === b ? 0.5 : 0)
  const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length
  const spread = (v: number[]): number => v.reduce((sum, x) => sum + (x - mean(v)) ** 2, 0) / (v.length - 1)
  const v10 = up.map((a) => mean(down.map((b) => order(a, b))))
  const v01 = down.map((b) => mean(up.map((a) => order(a, b))))
  return { auc: mean(v10), variance: spread(v10) / up.length + spread(v01) / down.length }
}

const draw = (rng: Rng, n: number, edge: number): { y: number[]; p: number[] } => {
  const y = Array.from({ length: n }, () => rng.int(2))
  return { y, p: y.map((target) => Math.round(100 / (1 + Math.exp(-rng.normal() - edge * target))) / 100) }
}

describe('delongInterval', () => {
  it('has the variance of the definition, ties included', () => {
    const rng = createRng(1, 'delong')
    for (let round = 0; round < 20; round++) {
      const { y, p } = draw(rng, 60, 0.5)
      const reference = byDefinition(y, p)
      const { auc, standardError, lower, upper } = delongInterval(y, p)
      expect(auc).toBeCloseTo(reference.auc, 12)
      expect(standardError ** 2).toBeCloseTo(reference.variance, 12)
      expect(upper - auc).toBeCloseTo(1.959963984540054 * standardError, 12)
      expect(auc - lower).toBeCloseTo(upper - auc, 12)
    }
  })

  it('holds the true AUC in about 95 of 100 samples', () => {
    const rng = createRng(2, 'coverage')
    const truth = 0.638163 // P(N(0.5, 1) > N(0, 1)) = Phi(0.5 / sqrt 2), rounding to 0.01 changes it by less than 1e-3
    let held = 0
    for (let round = 0; round < 400; round++) {
      const { y, p } = draw(rng, 200, 0.5)
      const { lower, upper } = delongInterval(y, p)
      if (lower <= truth && truth <= upper) held += 1
    }
    expect(held / 400).toBeGreaterThan(0.92)
    expect(held / 400).toBeLessThan(0.98)
  })

  it('is wide enough for overlapping labels only with lags', () => {
    const rng = createRng(3, 'overlap')
    const h = 12
    let plain = 0
    let lagged = 0
    const rounds = 200
    for (let round = 0; round < rounds; round++) {
      const path = new Float64Array(800 + h)
      const score = new Float64Array(800)
      for (let i = 1; i < path.length; i++) path[i] = path[i - 1]! + rng.normal()
      for (let i = 1; i < 800; i++) score[i] = 0.97 * score[i - 1]! + rng.normal() // slow, and blind to the path
      const y = Array.from(score, (_, i) => (path[i + h]! > path[i]! ? 1 : 0))
      const p = Array.from(score, (s) => 1 / (1 + Math.exp(-s)))
      const holds = (lags: number): boolean => {
        const { lower, upper } = delongInterval(y, p, { lags })
        return lower <= 0.5 && 0.5 <= upper
      }
      if (holds(0)) plain += 1
      if (holds(overlapLags(h))) lagged += 1
    }
    expect(plain / rounds).toBeLessThan(0.75)
    expect(lagged / rounds).toBeGreaterThan(0.88)
  })

  it('is not defined with fewer than two of a class, and a point at perfect separation', () => {
    expect(delongInterval([1, 0, 0], [0.1, 0.2, 0.3]).lower).toBeNaN()
    expect(delongInterval([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])).toMatchObject({ auc: 1, lower: 1, upper: 1 })
    expect(() => delongInterval([0, 1], [0, 1], { level: 95 })).toThrow(expect.objectContaining({ code: 'bad-level' }) as Error)
  })
})

describe('normalQuantile', () => {
  it('agrees with Python statistics.NormalDist().inv_cdf', () => {
    const reference: [number, number][] = [
      [0.975, 1.9599639845400536],
      [0.5, 0],
      [0.001, -3.090232306167813],
      [0.9, 1.2815515655446008],
      [0.9999999, 5.199337582290662],
    ]
    for (const [q, value] of reference) expect(normalQuantile(q)).toBeCloseTo(value, 11)
    expect(normalQuantile(0)).toBeNaN()
  })
})
