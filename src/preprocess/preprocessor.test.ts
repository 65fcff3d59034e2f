import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, DISPLAY } from '../core/index.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { fitPreprocessor } from './fit-preprocessor.js'
import type { PreprocessInput } from './preprocess-spec.js'
import { preprocessorFromJson } from './preprocessor-json.js'
import type { Preprocessor, PreprocessorJson } from './preprocessor.js'
import { fitStandardScaler } from './standard-scaler.js'

const thrown = (code: string, more: object = {}): Error => expect.objectContaining({ code, ...more }) as Error
const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i)
const throughText = (p: Preprocessor): PreprocessorJson => JSON.parse(JSON.stringify(p)) as PreprocessorJson

/** signal, copy of it, constant, heavy tails, slow (holes of up to 3 rows), other. */
function example(seed: number, rows = 200, holes = true): FeatureMatrix {
  const rng = createRng(seed, 'preprocess')
  const names = ['signal', 'copy', 'constant', 'tails', 'slow', 'other']
  const values = new Float64Array(rows * 6)
  for (let i = 0; i < rows; i++) {
    const signal = rng.normal()
    values.set([signal, 5 - 3 * signal + 0.01 * rng.normal(), 7, Math.exp(2 * rng.normal()), i + rng.normal(), rng.normal()], i * 6)
    if (holes && i > 5 && i % 10 < 3) values[i * 6 + 4] = NaN
  }
  return { names, time: Float64Array.from({ length: rows }, (_, i) => i * 3_600_000), rows, values }
}

const SELECT = { dropConstant: {}, dropCorrelated: { threshold: 0.95 } } as const
const FULL: PreprocessInput = {
  ...SELECT,
  missing: { policy: 'median', indicators: true },
  winsorise: { lower: 0.1, upper: 0.9 },
  scaler: 'robust',
}
const specs: PreprocessInput[] = [
  FULL,
  { ...FULL, scaler: { kind: 'minmax', range: [0, 1] } },
  { ...SELECT, missing: 'median', scaler: 'none' },
  { missing: { policy: 'forward-fill', maxAgeRows: 3, indicators: true }, winsorise: {} },
  { ...SELECT, dropCorrelated: { method: 'spearman' }, missing: 'median' },
]

describe('fitPreprocessor', () => {
  it('is without a word the standard scaler alone, to the bit', () => {
    const X = example(1, 200, false)
    const train = range(10, 120)
    const preprocessor = fitPreprocessor(X, train)
    expect(preprocessor.transform(X)).toEqual(fitStandardScaler(X, train).transform(X))
    expect(preprocessor.transformFloat32(X, train)).toEqual(fitStandardScaler(X, train).transformFloat32(X, train))
    expect(preprocessor.names).toEqual(X.names)
    expect(fitPreprocessor(X, train, { scaler: 'none' }).transform(X)).toEqual(X.values)
  })

  it('does its steps in their order', () => {
    const X = example(2)
    const train = range(0, 100)
    const preprocessor = fitPreprocessor(X, train, FULL)
    expect(preprocessor.names).toEqual(['signal', 'tails', 'slow', 'other', 'slow_missing'])
    expect(preprocessor.dropped.map(({ name, reason }) => [name, reason])).toEqual([
      ['copy', 'correlated'],
      ['constant', 'constant'],
    ])
    // By hand, for one column: median of what is there, then the limits of the filled column, then its median and quartiles.
    const quantile = (values: number[], share: number): number => {
      const at = share * (values.length - 1)
      const low = values[Math.floor(at)]!
      return low + (at - Math.floor(at)) * ((values[Math.floor(at) + 1] ?? low) - low)
    }
    const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b)
    const raw = Array.from(train, (row) => X.values[row * 6 + 4]!)
    const median = quantile(sorted(raw.filter(Number.isFinite)), 0.5)
    const filled = raw.map((value) => (Number.isNaN(value) ? median : value))
    const [low, high] = [quantile(sorted(filled), 0.1), quantile(sorted(filled), 0.9)]
    const clip = (value: number): number => Math.min(high, Math.max(low, value))
    const clipped = sorted(filled.map(clip))
    const spread = quantile(clipped, 0.75) - quantile(clipped, 0.25)
    const out = preprocessor.transform(X)
    for (let row = 0; row < X.rows; row++) {
      const value = X.values[row * 6 + 4]!
      const expected = (clip(Number.isNaN(value) ? median : value) - quantile(clipped, 0.5)) / spread
      expect(out[row * 5 + 2]).toBeCloseTo(expected, 12)
      expect(out[row * 5 + 4]).toBe(Number.isNaN(value) ? 1 : 0)
    }
    expect(preprocessor[DISPLAY]()).toEqual({
      'text/plain':
        '4 of 6 columns kept; missing values: median, 1 with an indicator; clipped at the 0.1 and 0.9 quantiles; scaler: robust\n' +
        'copy dropped: correlation -1.0000 with signal\nconstant dropped: constant',
    })
  })

  it('gives the rows that are asked for, in their order, the same as in the whole', () => {
    const X = example(3)
    for (const spec of specs) {
      const preprocessor = fitPreprocessor(X, range(20, 120), spec)
      const width = preprocessor.names.length
      const all = preprocessor.transform(X)
      const some = preprocessor.transform(X, Int32Array.of(150, 3, 3, 199))
      for (const [k, row] of [150, 3, 3, 199].entries())
        expect(some.subarray(k * width, (k + 1) * width)).toEqual(all.subarray(row * width, (row + 1) * width))
    }
  })

  it('learns from the training rows alone, the same each time, and comes back from JSON exactly', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.constantFrom(...specs), (seed, spec) => {
        const X = example(seed)
        const train = range(30, 130)
        const learned = fitPreprocessor(X, train, spec)
        // Forward-fill reads the three rows before the training rows, nothing else.
        const changed = { ...X, values: X.values.map((value, i) => (i < 27 * 6 || i >= 130 * 6 ? 1e3 - value * i : value)) }
        expect(JSON.stringify(fitPreprocessor(changed, train, spec))).toBe(JSON.stringify(learned))
        const back = preprocessorFromJson(throughText(learned))
        expect(back.transform(changed)).toEqual(learned.transform(changed))
        expect(back.toJSON()).toEqual(learned.toJSON())
        expect(back.describe()).toBe(learned.describe())
        // Sums of a standard scaler keep the order of the rows in their last digit; what is selected and filled does not depend on it.
        const shuffled = fitPreprocessor(X, createRng(seed, 'order').shuffle(train.slice()), spec).toJSON()
        const { kept, dropped, medians, limits, indicators } = learned.toJSON()
        expect(shuffled).toMatchObject({ kept, dropped, medians, limits, indicators })
      }),
      { numRuns: 40 },
    )
  })

  it('brings importances back to the columns of the matrix', () => {
    const preprocessor = fitPreprocessor(example(4), range(0, 100), FULL)
    expect([...preprocessor.toInputs([1, 2, 3, 4, 10])]).toEqual([1, 0, 0, 2, 13, 4])
  })

  it('keeps the more important of duplicates', () => {
    const X = example(5, 200, false)
    const importance = Object.fromEntries(X.names.map((name) => [name, name === 'copy' ? 2 : 1]))
    const spec = { dropCorrelated: { threshold: 0.95, order: 'importance', importance } } as const
    expect(fitPreprocessor(X, range(0, 100), spec).names).toEqual(['copy', 'constant', 'tails', 'slow', 'other'])
    const { copy: _, ...lacking } = importance
    expect(() => fitPreprocessor(X, range(0, 100), { dropCorrelated: { ...spec.dropCorrelated, importance: lacking } })).toThrow(
      thrown('bad-selection-option'),
    )
  })
})

describe('missing values', () => {
  const X = example(6)

  it('are refused where nothing fills them, but not in a dropped column', () => {
    expect(() => fitPreprocessor(X, range(0, 100))).toThrow(
      thrown('missing-value', { received: 'slow is NaN at row 10 (1970-01-01T10:00:00.000Z)' }),
    )
    const preprocessor = fitPreprocessor(X, range(0, 10), { dropConstant: {} })
    expect(() => preprocessor.transform(X)).toThrow(thrown('not-finite', { received: 'slow = NaN in row 10 (1970-01-01T10:00:00.000Z)' }))
    const kept = preprocessor.transform(X, undefined, { incomplete: 'keep' })
    expect(kept.findIndex(Number.isNaN)).toBe(10 * preprocessor.names.length + preprocessor.names.indexOf('slow'))
    const holed = { ...X, values: X.values.slice() }
    holed.values[3 * 6 + 2] = NaN
    expect(preprocessor.transform(holed, Int32Array.of(3))).toEqual(preprocessor.transform(X, Int32Array.of(3)))
    holed.values[3 * 6] = Infinity
    expect(() => preprocessor.transform(holed, Int32Array.of(3))).toThrow(thrown('not-finite'))
  })

  it('are filled from earlier rows within their age, never from later ones', () => {
    const fill = (maxAgeRows: number): Preprocessor =>
      fitPreprocessor(X, range(0, 10), { missing: { policy: 'forward-fill', maxAgeRows }, scaler: 'none' })
    const filled = fill(3).transform(X)
    for (const [row, from] of [
      [10, 9],
      [11, 9],
      [12, 9],
      [13, 13],
    ])
      expect(filled[row! * 6 + 4]).toBe(X.values[from! * 6 + 4])
    expect(() => fill(2).transform(X)).toThrow(thrown('not-finite', { received: expect.stringContaining('row 12') as string }))
    const later = { ...X, values: X.values.map((value, i) => (i >= 13 * 6 ? 99 : value)) }
    expect(fill(3).transform(later, range(0, 13))).toEqual(fill(3).transform(X, range(0, 13)))
    const first = { ...X, values: X.values.slice() }
    first.values[4] = NaN
    expect(() => fitPreprocessor(first, range(0, 10), { missing: { policy: 'forward-fill', maxAgeRows: 5 } })).toThrow(
      thrown('missing-value'),
    )
  })

  it('have no median where there is no value, unless such columns are dropped', () => {
    const empty = { ...X, values: X.values.map((value, i) => (i % 6 === 5 ? NaN : value)) }
    expect(() => fitPreprocessor(empty, range(0, 50), { missing: 'median' })).toThrow(thrown('no-values', { received: 'other' }))
    expect(fitPreprocessor(empty, range(0, 50), { missing: 'median', dropConstant: {} }).names).not.toContain('other')
    const all = { ...X, values: X.values.map(() => 1) }
    expect(() => fitPreprocessor(all, range(0, 50), { dropConstant: {} })).toThrow(thrown('no-columns'))
  })

  it('have indicators of names that are free', () => {
    const taken = { ...X, names: X.names.map((name) => (name === 'other' ? 'slow_missing' : name)) }
    const spec: PreprocessInput = { missing: { policy: 'median', indicators: true } }
    expect(() => fitPreprocessor(taken, range(0, 50), spec)).toThrow(thrown('duplicate-column', { received: 'slow_missing' }))
  })
})

describe('what a preprocessor refuses', () => {
  const X = example(7, 200, false)
  const preprocessor = fitPreprocessor(X, range(0, 100), { ...FULL, missing: 'median' })

  it('other columns and rows outside', () => {
    expect(() => preprocessor.transform({ ...X, names: [...X.names].reverse() })).toThrow(thrown('feature-mismatch'))
    expect(() => preprocessor.transform(X, Int32Array.of(200))).toThrow(thrown('bad-row'))
    expect(() => fitPreprocessor(X, new Int32Array())).toThrow(thrown('no-rows'))
    expect(() => fitPreprocessor(X, Int32Array.of(-1))).toThrow(thrown('bad-row'))
  })

  it('a damaged file', () => {
    const json = throughText(preprocessor)
    const damaged: unknown[] = [
      null,
      {},
      { ...json, format: 2 },
      { ...json, kept: [...json.kept].reverse() },
      { ...json, kept: ['stranger'] },
      { ...json, medians: json.medians.slice(1) },
      { ...json, limits: null },
      { ...json, limits: { lower: json.limits!.upper, upper: json.limits!.lower } },
      { ...json, indicators: ['constant'] },
      { ...json, scaler: fitStandardScaler(X, range(0, 10)).toJSON() },
    ]
    for (const bad of damaged) expect(() => preprocessorFromJson(bad as PreprocessorJson)).toThrow(thrown('bad-preprocessor'))
  })
})
