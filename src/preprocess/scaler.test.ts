import { describe, expect, it } from 'vitest'
import { market, range } from '../../test/fixtures/market.js'
import { fitScaler, scalerFromJson, scalerKinds, type ScalerJson } from './scaler.js'

const { X } = market(60, 4)
const train = range(0, 40)
const thrown = (code: string, more: object = {}): Error => expect.objectContaining({ code, ...more }) as Error

describe('fitScaler', () => {
  it.each(scalerKinds)('%s: learns from the given rows alone, keeps NaN, works in place as it transforms', (kind) => {
    const scaler = fitScaler(kind, X, train)
    const others = { ...X, values: X.values.map((value, i) => (i >= 160 ? value * 1e6 : value)) }
    expect(fitScaler(kind, others, train).toJSON()).toEqual(scaler.toJSON())
    const holed = { ...X, values: X.values.slice() }
    holed.values[5] = NaN
    const all = scaler.transform(holed)
    expect(all[5]).toBeNaN()
    expect(all.filter(Number.isNaN)).toHaveLength(1)
    const inPlace = X.values.slice()
    scaler.scaleInPlace(inPlace)
    expect(inPlace).toEqual(scaler.transform(X))
    expect(scaler.transformFloat32(X, train)).toEqual(Float32Array.from(scaler.transform(X, train)))
    expect(() => scaler.transform({ ...X, names: [...X.names].reverse() })).toThrow(thrown('feature-mismatch'))
  })

  it.each(scalerKinds)('%s: refuses training rows without a value, rows outside, no rows', (kind) => {
    const holed = { ...X, values: X.values.slice() }
    holed.values[4 * 4 + 2] = Infinity
    expect(() => fitScaler(kind, holed, train)).toThrow(
      thrown('missing-value', { received: 'feature_2 is Infinity at row 4 (1970-01-01T04:00:00.000Z)' }),
    )
    expect(() => fitScaler(kind, X, Int32Array.of(-1))).toThrow(thrown('bad-row'))
    expect(() => fitScaler(kind, X, new Int32Array())).toThrow(thrown('no-rows'))
  })

  it('brings the training extremes to the ends of the range', () => {
    const scaled = fitScaler('minmax', X, train, { range: [0, 1] }).transform(X, train)
    for (let j = 0; j < 4; j++) {
      const column = scaled.filter((_, i) => i % 4 === j)
      expect([Math.min(...column), Math.max(...column)]).toEqual([0, 1])
    }
  })

  it('leaves values untouched where there is no scaler', () => {
    expect(fitScaler('none', X, train).transform(X)).toEqual(X.values)
  })

  it('names what is wrong with a kind, an option and a saved scaler', () => {
    expect(() => fitScaler('robusst' as 'robust', X, train)).toThrow(thrown('unknown-scaler', { help: 'did you mean robust?' }))
    expect(() => fitScaler('minmax', X, train, { range: [1, 1] })).toThrow(thrown('bad-scaler-option', { received: 'range = [1, 1]' }))
    expect(() => fitScaler('robust', X, train, { quantiles: [0.5, 2] })).toThrow(thrown('bad-scaler-option'))
    const bad: unknown[] = [
      undefined,
      null,
      {},
      { kind: 'standard', names: ['a'], mean: [0], scale: [0] },
      { kind: 'minmax', names: ['a'], range: [0, 1], min: [2], max: [1] },
      { kind: 'minmax', names: ['a'], range: [0, 1], min: [1], max: [null] },
      { kind: 'robust', names: ['a'], quantiles: [0.25, 0.75], center: [0], scale: [-1] },
      { kind: 'magic', names: ['a'] },
      { kind: 'none', names: [1] },
    ]
    for (const json of bad) expect(() => scalerFromJson(json as ScalerJson)).toThrow(thrown('bad-scaler'))
  })
})
