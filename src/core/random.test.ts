import { describe, expect, it } from 'vitest'
import { createRng } from './random.js'

const draw = (seed: number, purpose: string, n = 5): number[] => {
  const rng = createRng(seed, purpose)
  return Array.from({ length: n }, () => rng.next())
}

describe('createRng', () => {
  it('repeats by seed and purpose, and differs when either differs', () => {
    expect(draw(7, 'order')).toEqual(draw(7, 'order'))
    expect(draw(7, 'order')).not.toEqual(draw(8, 'order'))
    expect(draw(7, 'order')).not.toEqual(draw(7, 'init'))
  })

  it('keeps a fork apart from what its parent draws', () => {
    const a = createRng(7, 'x')
    a.next()
    expect(a.fork('part').next()).toBe(createRng(7, 'x').fork('part').next())
  })

  it('is uniform: 100,000 draws fill 10 bins evenly (chi-square below the 0.999 quantile of 9 degrees of freedom)', () => {
    const rng = createRng(1, 'bins')
    const bins = new Float64Array(10)
    for (let i = 0; i < 100_000; i++) bins[Math.floor(rng.next() * 10)]! += 1
    const chi = bins.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)
    expect(chi).toBeLessThan(27.88)
  })

  it('has normal draws of mean 0 and deviation 1 within 5 standard errors', () => {
    const rng = createRng(2, 'normal')
    const x = Array.from({ length: 50_000 }, () => rng.normal())
    const mean = x.reduce((a, b) => a + b, 0) / x.length
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(x.length))
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / x.length))
  })

  it('shuffles into a permutation', () => {
    const items = createRng(3, 's').shuffle(Int32Array.from({ length: 100 }, (_, i) => i))
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect([...items]).not.toEqual(Array.from({ length: 100 }, (_, i) => i))
  })
})
