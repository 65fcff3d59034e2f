import { describe, expect, it } from 'vitest'
import { binomial, combinations, log10Binomial } from './combinations.js'

describe('combinations', () => {
  it('lists every choice once, in lexicographic order', () => {
    expect(combinations(4, 2)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ])
    expect(combinations(3, 3)).toEqual([[0, 1, 2]])
    for (let n = 1; n <= 10; n++)
      for (let k = 1; k <= n; k++) {
        const all = combinations(n, k)
        expect(BigInt(all.length)).toBe(binomial(n, k))
        const texts = all.map((choice) => choice.map((g) => String.fromCharCode(97 + g)).join(''))
        expect(texts).toEqual([...new Set(texts)].sort())
        expect(all.every((choice) => choice.every((g, j) => g < n && (j === 0 || g > choice[j - 1]!)))).toBe(true)
      }
  })
})

describe('binomial', () => {
  it('is exact beyond 2^53', () => {
    expect([binomial(5, 0), binomial(12, 6), binomial(3, 4)]).toEqual([1n, 924n, 0n])
    expect(binomial(100, 50)).toBe(100891344545564193334812497256n)
    // Pascal's rule, far beyond what a double holds.
    expect(binomial(300, 140)).toBe(binomial(299, 139) + binomial(299, 140))
    expect(log10Binomial(100, 50)).toBeCloseTo(Math.log10(1.00891344545564193e29), 8)
  })
})
