import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, DISPLAY } from '../core/index.js'
import { correlationMatrix } from './correlation-matrix.js'
import { dropConstant } from './drop-constant.js'
import { dropCorrelated } from './drop-correlated.js'
import type { FeatureMatrix } from './feature-matrix.js'

function matrix(columns: Record<string, readonly number[]>): FeatureMatrix {
  const names = Object.keys(columns)
  const rows = columns[names[0]!]!.length
  const values = Float64Array.from(
    { length: rows * names.length },
    (_, i) => columns[names[i % names.length]!]![Math.floor(i / names.length)]!,
  )
  return { names, time: Float64Array.from({ length: rows }, (_, i) => i * 1000), rows, values }
}
const rowsOf = (X: FeatureMatrix): Int32Array => Int32Array.from({ length: X.rows }, (_, i) => i)
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

/** Some independent columns and noisy copies of them, with holes. */
function family(seed: number, rows: number, width: number, holes = 0): FeatureMatrix {
  const rng = createRng(seed, 'family')
  const columns: Record<string, number[]> = {}
  for (let j = 0; j < width; j++) {
    const source = j >= 3 && rng.next() < 0.5 ? columns[`c${rng.int(j)}`]! : undefined
    const noise = rng.next() * 0.6
    const sign = rng.next() < 0.3 ? -1 : 1
    columns[`c${j}`] = Array.from({ length: rows }, (_, i) =>
      source === undefined ? rng.normal() : sign * source[i]! + noise * rng.normal(),
    )
  }
  const X = matrix(columns)
  for (let k = 0; k < holes; k++) X.values[rng.int(X.values.length)] = NaN
  return X
}

/** As the definition has it, pair by pair. */
function slowCorrelation(X: FeatureMatrix, rows: Int32Array, a: number, b: number): number {
  const pairs = Array.from(rows, (row) => [X.values[row * X.names.length + a]!, X.values[row * X.names.length + b]!] as const)
  const both = pairs.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
  const mean = (at: 0 | 1): number => both.reduce((sum, pair) => sum + pair[at], 0) / both.length
  const [mx, my] = [mean(0), mean(1)]
  const sum = (f: (x: number, y: number) => number): number => both.reduce((total, [x, y]) => total + f(x - mx, y - my), 0)
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y))
}

describe('correlationMatrix', () => {
  it.each([0, 1, 700])('is the definition, with %i missing values, over several blocks and odd numbers of columns', (holes) => {
    for (const width of [1, 2, 7, 11]) {
      const X = family(width, 1300, width, holes)
      const rows = rowsOf(X).filter((row) => row % 7 !== 0)
      const r = correlationMatrix(X, rows)
      for (let a = 0; a < width; a++)
        for (let b = 0; b < width; b++) expect(r[a * width + b]).toBeCloseTo(slowCorrelation(X, rows, a, b), 12)
    }
  })

  it('has no number for a constant column, too few common rows, or no values, and -1 for a falling copy at a high level', () => {
    const a = [1, 2, 3, 4, 5, 7]
    const X = matrix({
      a,
      constant: a.map(() => 0.1),
      empty: a.map(() => NaN),
      early: [1, 5, NaN, NaN, NaN, NaN],
      copy: a.map((x) => 1e9 - x),
    })
    const r = correlationMatrix(X, rowsOf(X))
    expect([...r.slice(0, 4)]).toEqual([1, NaN, NaN, NaN])
    expect(r[4]).toBeCloseTo(-1, 15)
    expect(r[1 * 5 + 1]).toBeNaN()
    expect(correlationMatrix(X, rowsOf(X), 'spearman')[4]).toBe(-1)
  })

  it('sees a monotone relation by ranks alone', () => {
    const x = Array.from({ length: 50 }, (_, i) => i / 5)
    const X = matrix({ x, y: x.map((value) => Math.exp(value)) })
    expect(correlationMatrix(X, rowsOf(X))[1]).toBeLessThan(0.8)
    expect(correlationMatrix(X, rowsOf(X), 'spearman')[1]).toBe(1)
  })
})

describe('dropCorrelated', () => {
  const X = matrix({ a: [1, 2, 3, 4, 5, 6], noise: [3, 1, 4, 1, 5, 2], twice: [2, 4, 6, 8, 10, 12.1], minus: [-1, -2, -3, -4.3, -5, -6] })

  it('keeps the first of duplicates, or the most important, and says whose duplicate the others are', () => {
    const given = dropCorrelated(X, rowsOf(X), { threshold: 0.95 })
    expect(given.names).toEqual(['a', 'noise'])
    expect([...given.columns]).toEqual([0, 1])
    expect(given.dropped.map(({ name, duplicates }) => [name, duplicates])).toEqual([
      ['twice', 'a'],
      ['minus', 'a'],
    ])
    expect(given.dropped[1]!.correlation).toBeCloseTo(slowCorrelation(X, rowsOf(X), 0, 3), 12)
    expect(given[DISPLAY]()).toEqual({
      'text/plain': '2 of 4 columns kept\ntwice dropped: correlation 1.0000 with a\nminus dropped: correlation -0.9979 with a',
    })
    const important = dropCorrelated(X, rowsOf(X), { threshold: 0.95, order: 'importance', importance: [1, 0, 5, 1] })
    expect(important.names).toEqual(['noise', 'twice'])
    expect(important.dropped.map(({ name }) => name)).toEqual(['a', 'minus'])
    const tied = dropCorrelated(X, rowsOf(X), { threshold: 0.95, order: 'importance', importance: [2, 2, 2, 2] })
    expect(tied.names).toEqual(given.names)
  })

  it('leaves no pair above the threshold, drops none without a reason, whatever the order of the rows', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom(0, 40), fc.constantFrom('pearson', 'spearman'), (seed, holes, method) => {
        const Y = family(seed, 120, 12, holes)
        const rows = rowsOf(Y)
        const selection = dropCorrelated(Y, rows, { threshold: 0.8, method })
        const r = correlationMatrix(Y, rows, method)
        for (const a of selection.columns)
          for (const b of selection.columns) if (a !== b) expect(Math.abs(r[a * 12 + b]!)).toBeLessThanOrEqual(0.8)
        for (const { name, duplicates, correlation } of selection.dropped) {
          expect(selection.names).toContain(duplicates)
          expect(correlation).toBe(r[Y.names.indexOf(name) * 12 + Y.names.indexOf(duplicates)])
          expect(Math.abs(correlation)).toBeGreaterThan(0.8)
          expect(Y.names.indexOf(duplicates)).toBeLessThan(Y.names.indexOf(name))
        }
        const shuffled = createRng(seed, 'shuffle').shuffle(rows.slice())
        const again = dropCorrelated(Y, shuffled, { threshold: 0.8, method })
        expect([again.columns, again.dropped]).toEqual([selection.columns, selection.dropped])
      }),
      { numRuns: 40 },
    )
  })

  it('looks at no other row', () => {
    const Y = family(5, 200, 10)
    const rows = rowsOf(Y).slice(0, 120)
    const other = { ...Y, values: Y.values.map((value, i) => (i >= 1200 ? -3 * value + i : value)) }
    expect(dropCorrelated(other, rows, { threshold: 0.7 }).dropped).toEqual(dropCorrelated(Y, rows, { threshold: 0.7 }).dropped)
  })

  it('refuses what makes no sense', () => {
    for (const threshold of [0, 1, NaN]) expect(() => dropCorrelated(X, rowsOf(X), { threshold })).toThrow(thrown('bad-selection-option'))
    expect(() => dropCorrelated(X, rowsOf(X), { threshold: 0.9, order: 'importance' })).toThrow(thrown('bad-selection-option'))
    const importance = [1, 2, NaN, 3]
    expect(() => dropCorrelated(X, rowsOf(X), { threshold: 0.9, order: 'importance', importance })).toThrow(thrown('bad-selection-option'))
    expect(() => dropCorrelated(X, rowsOf(X), { threshold: 0.9, method: 'kendall' as 'spearman' })).toThrow(thrown('bad-selection-option'))
    expect(() => dropCorrelated(X, new Int32Array(), { threshold: 0.9 })).toThrow(thrown('no-rows'))
  })
})

describe('dropConstant', () => {
  const X = matrix({
    moves: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    constant: new Array<number>(10).fill(0.1),
    rounding: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1 + Number.EPSILON],
    rare: [0, 0, 0, 0, 0, 0, 0, 0, 0, 5],
    tiny: [0, 1e-6, 2e-6, 3e-6, 4e-6, 5e-6, 6e-6, 7e-6, 8e-6, 9e-6],
    empty: new Array<number>(10).fill(NaN),
    holed: [NaN, 4, 4, NaN, 4, 4, 4, 4, 4, 4],
  })

  it('drops what never changes; by share and by variance on request', () => {
    const reasons = (options?: object): unknown =>
      Object.fromEntries(dropConstant(X, rowsOf(X), options).dropped.map(({ name, reason, share }) => [name, [reason, share]]))
    const always = { constant: ['constant', 1], rounding: ['constant', 0.9], empty: ['no-values', 0], holed: ['constant', 1] }
    expect(reasons()).toEqual(always)
    expect(reasons({ maxShare: 0.8 })).toEqual({ ...always, rare: ['near-constant', 0.9] })
    expect(reasons({ maxShare: 0.9, minVariance: 1e-6 })).toEqual({ ...always, tiny: ['low-variance', 0.1] })
  })

  it('judges the given rows alone, in any order, -0 as 0', () => {
    expect(dropConstant(X, Int32Array.of(8, 3, 0)).names).toEqual(['moves', 'tiny'])
    const zeros = matrix({ a: [0, -0, 0], b: [1, 2, 3] })
    expect(dropConstant(zeros, rowsOf(zeros)).names).toEqual(['b'])
  })

  it('refuses what makes no sense', () => {
    for (const options of [{ maxShare: 0 }, { maxShare: 1.1 }, { minVariance: -1 }, { minVariance: NaN }])
      expect(() => dropConstant(X, rowsOf(X), options)).toThrow(thrown('bad-selection-option'))
    expect(() => dropConstant(X, Int32Array.of(99))).toThrow(thrown('bad-row'))
  })
})
