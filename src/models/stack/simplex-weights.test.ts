import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../../core/index.js'
import { simplexWeights } from './simplex-weights.js'

type Solved = { readonly weights: number[]; readonly loss: number }
/** Made by scripts/reference/golden-statistics.py: SciPy's SLSQP. */
const golden = JSON.parse(readFileSync(projectPath('src/models/stack/golden-blend.json'), 'utf8')) as {
  readonly y: number[]
  readonly p: number[]
  readonly target: number[]
  readonly signal: number[]
  readonly weight: number[]
  readonly count: number
  readonly logLoss: Solved
  readonly squares: Solved
}
const models = golden.count

function loss(
  kind: 'logLoss' | 'squares',
  values: ArrayLike<number>,
  target: readonly number[],
  weight: readonly number[],
  w: ArrayLike<number>,
): number {
  let sum = 0
  for (const [i, y] of target.entries()) {
    let mix = 0
    for (let j = 0; j < w.length; j++) mix += w[j]! * values[i * w.length + j]!
    sum += weight[i]! * (kind === 'squares' ? (mix - y) ** 2 : -Math.log(y === 1 ? mix : 1 - mix))
  }
  return sum / weight.reduce((a, b) => a + b, 0)
}

describe('simplexWeights', () => {
  it.each(['logLoss', 'squares'] as const)('finds what SciPy finds, or better (%s)', (kind) => {
    const [values, target] = kind === 'logLoss' ? [golden.p, golden.y] : [golden.signal, golden.target]
    const found = simplexWeights({ values: Float64Array.from(values), models, target, weight: golden.weight, loss: kind })
    const theirs = golden[kind]
    expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14)
    expect(loss(kind, values, target, golden.weight, found)).toBeLessThan(theirs.loss + 1e-12)
    for (const [j, weight] of found.entries()) expect(weight).toBeCloseTo(theirs.weights[j]!, 4)
    // Some bases are worth nothing: a corner, not the inside.
    expect(found.filter((weight) => weight === 0).length).toBeGreaterThan(0)
  })

  it('is at a minimum: no move of weight between two models helps', () => {
    const rows = fc.array(
      fc.tuple(fc.constantFrom(0, 1), fc.array(fc.double({ min: 0.02, max: 0.98, noNaN: true }), { minLength: 3, maxLength: 3 })),
      {
        minLength: 2,
        maxLength: 20,
      },
    )
    fc.assert(
      fc.property(rows, fc.constantFrom('logLoss' as const, 'squares' as const), (sample, kind) => {
        const values = Float64Array.from(sample.flatMap(([, p]) => p))
        const target = sample.map(([y]) => y)
        const ones = target.map(() => 1)
        const best = simplexWeights({ values, models: 3, target, loss: kind })
        const least = loss(kind, values, target, ones, best)
        for (const from of [0, 1, 2])
          for (const to of [0, 1, 2]) {
            const step = Math.min(best[from]!, 1e-3)
            const moved = Array.from(best)
            moved[from]! -= step
            moved[to]! += step
            expect(loss(kind, values, target, ones, moved)).toBeGreaterThan(least - 1e-10)
          }
      }),
      { numRuns: 60 },
    )
  })

  it('gives all to the first of equal models, and copes with sure and wrong ones', () => {
    const same = Float64Array.of(0.6, 0.6, 0.3, 0.3)
    expect([...simplexWeights({ values: same, models: 2, target: [1, 0], loss: 'logLoss' })]).toEqual([1, 0])
    const wrong = Float64Array.of(0, 0.6, 1, 0.3)
    expect([...simplexWeights({ values: wrong, models: 2, target: [1, 0], loss: 'logLoss' })]).toEqual([0, 1])
  })
})
