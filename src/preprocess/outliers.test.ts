import { describe, expect, it } from 'vitest'
import { market, range } from '../../test/fixtures/market.js'
import { createRng, DISPLAY } from '../core/index.js'
import { fitOutlierDetector, outlierDetectorFromJson, type OutlierDetectorJson } from './outliers.js'
import { fitStandardScaler } from './standard-scaler.js'

const { X } = market(400, 11)
const train = range(0, 250)
const later = range(250, 400)
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

describe('fitOutlierDetector', () => {
  it('is the definition, written slowly', () => {
    const scaled = fitStandardScaler(X, train).transform(X)
    const distance = (a: number, b: number): number => Math.hypot(...X.names.map((_, j) => scaled[a * 11 + j]! - scaled[b * 11 + j]!))
    let sum = 0
    for (const a of train) for (const b of train) sum += distance(a, b)
    const mean = sum / train.length ** 2
    const detector = fitOutlierDetector(X, train, { threshold: 0.6 })
    expect(detector.meanDistance).toBeCloseTo(mean, 12)
    const { index, outlier, count } = detector.transform(X, later)
    for (const [k, row] of later.entries()) {
      const slow = Math.min(...Array.from(train, (other) => distance(row, other))) / mean
      expect(index[k]).toBeCloseTo(slow, 12)
      expect(outlier[k]).toBe(slow >= 0.6 ? 1 : 0)
    }
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(150)
    expect([...detector.transform(X, train).index].every((value) => value === 0)).toBe(true)
  })

  it('flags obvious outliers and little else, and changes nothing', () => {
    const wild = { ...X, values: X.values.slice() }
    for (const row of [260, 300, 399]) wild.values[row * 11 + 4] = 40
    const before = wild.values.slice()
    const flags = fitOutlierDetector(wild, train).transform(wild, later)
    expect([...later].filter((_, k) => flags.outlier[k] === 1)).toEqual([260, 300, 399])
    expect(wild.values).toEqual(before)
    expect(flags[DISPLAY]()).toEqual({
      'text/plain': '3 of 150 rows flagged as outliers (dissimilarity index of 1 and more); nothing was dropped',
    })
  })

  it('compares with a seeded sample where there are many rows: indices only grow with the nearest distance', () => {
    const all = fitOutlierDetector(X, train)
    const options = { maxReferenceRows: 60, seed: 3 }
    const some = fitOutlierDetector(X, train, options)
    expect([some.referenceRows, some.trainingRows]).toEqual([60, 250])
    expect(some[DISPLAY]()).toEqual({
      'text/plain': 'outlier detector: 60 training rows (a sample of 250, seed 3), 11 columns, flags a dissimilarity index of 1 and more',
    })
    const nearest = (detector: typeof all): Float64Array => detector.transform(X, later).index.map((value) => value * detector.meanDistance)
    const [exact, sampled] = [nearest(all), nearest(some)]
    expect(sampled.every((value, k) => value >= exact[k]! - 1e-12)).toBe(true)
    expect(Math.abs(some.meanDistance / all.meanDistance - 1)).toBeLessThan(0.1)
    const text = JSON.stringify(some)
    expect(JSON.stringify(fitOutlierDetector(X, train, options))).toBe(text)
    expect(JSON.stringify(fitOutlierDetector(X, train, { ...options, seed: 4 }))).not.toBe(text)
    const changed = { ...X, values: X.values.map((value, i) => (i >= 250 * 11 ? value * 7 : value)) }
    expect(JSON.stringify(fitOutlierDetector(changed, train, options))).toBe(text)
    const shuffled = createRng(1, 'order').shuffle(train.slice())
    expect(fitOutlierDetector(X, shuffled, { ...options, preprocess: { scaler: 'robust' } }).toJSON()).toEqual(
      fitOutlierDetector(X, train, { ...options, preprocess: { scaler: 'robust' } }).toJSON(),
    )
  })

  it('comes back from JSON exactly', () => {
    const detector = fitOutlierDetector(X, train, { maxReferenceRows: 50, preprocess: { scaler: 'robust', winsorise: {} } })
    const back = outlierDetectorFromJson(JSON.parse(JSON.stringify(detector)) as OutlierDetectorJson)
    expect(back.transform(X).index).toEqual(detector.transform(X).index)
    expect(back.toJSON()).toEqual(detector.toJSON())
  })

  it('refuses what makes no sense', () => {
    expect(() => fitOutlierDetector(X, train, { threshold: 0 })).toThrow(thrown('bad-outlier-option'))
    expect(() => fitOutlierDetector(X, train, { maxReferenceRows: 1 })).toThrow(thrown('bad-outlier-option'))
    expect(() => fitOutlierDetector({ ...X, values: X.values.map(() => 3) }, train)).toThrow(thrown('no-spread'))
    const holed = { ...X, values: X.values.slice() }
    holed.values[300 * 11] = NaN
    expect(() => fitOutlierDetector(holed, train).transform(holed, later)).toThrow(thrown('not-finite'))
    const json = fitOutlierDetector(X, train, { maxReferenceRows: 20 }).toJSON()
    for (const bad of [null, {}, { ...json, format: 2 }, { ...json, reference: json.reference.slice(1) }, { ...json, meanDistance: null }])
      expect(() => outlierDetectorFromJson(bad as OutlierDetectorJson)).toThrow(thrown('bad-outlier-detector'))
  })
})
