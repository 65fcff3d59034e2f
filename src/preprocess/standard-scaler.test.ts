import { describe, expect, it } from 'vitest'
import type { FeatureMatrix } from './feature-matrix.js'
import { scalerFromJson } from './scaler.js'
import { fitStandardScaler } from './standard-scaler.js'

const X: FeatureMatrix = {
  names: ['a', 'b'],
  time: Float64Array.of(0, 1, 2, 3),
  rows: 4,
  values: Float64Array.of(1, 0.1, 3, 0.1, 5, 0.1, NaN, 9),
}
const train = Int32Array.of(0, 1, 2)

describe('fitStandardScaler', () => {
  it('learns from the given rows alone, population deviation, 1 for a constant column', () => {
    const scaler = fitStandardScaler(X, train)
    expect([...scaler.mean]).toEqual([3, 0.1])
    expect(scaler.scale[0]).toBeCloseTo(Math.sqrt(8 / 3), 15)
    expect(scaler.scale[1]).toBe(1)
    expect([...scaler.transform(X, Int32Array.of(2, 0))]).toEqual([2 / scaler.scale[0]!, 0, -2 / scaler.scale[0]!, 0])
    expect(scaler.transform(X)[6]).toBeNaN()
    expect(scaler.transformFloat32(X, train)).toEqual(Float32Array.from(scaler.transform(X, train)))
  })

  it('keeps its digits at a high level', () => {
    const high = { ...X, names: ['a'], rows: 3, values: Float64Array.of(1e9, 1e9 + 1, 1e9 + 2) }
    expect(fitStandardScaler(high, train).scale[0]).toBeCloseTo(Math.sqrt(2 / 3), 9)
  })

  it('comes back from JSON exactly', () => {
    const scaler = fitStandardScaler(X, train)
    const back = scalerFromJson(JSON.parse(JSON.stringify(scaler)) as ReturnType<typeof scaler.toJSON>)
    expect(back.transform(X, train)).toEqual(scaler.transform(X, train))
  })

  it('explains what is wrong', () => {
    const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
    expect(() => fitStandardScaler(X, Int32Array.of(0, 3))).toThrow(
      expect.objectContaining({ code: 'missing-value', received: 'a is NaN at row 3 (1970-01-01T00:00:00.003Z)' }) as Error,
    )
    expect(() => fitStandardScaler(X, Int32Array.of(7))).toThrow(thrown('bad-row'))
    expect(() => fitStandardScaler(X, new Int32Array())).toThrow(thrown('no-rows'))
    expect(() => fitStandardScaler(X, train).transform({ ...X, names: ['b', 'a'] })).toThrow(thrown('feature-mismatch'))
    expect(() => scalerFromJson({ kind: 'standard', names: ['a'], mean: [], scale: [1] })).toThrow(thrown('bad-scaler'))
  })
})
