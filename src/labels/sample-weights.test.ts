import { describe, expect, it } from 'vitest'
import { DISPLAY } from '../core/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { labelSpans } from './concurrency.js'
import { directionLabels } from './direction.js'
import { ohlc, thrown } from './ohlc.fixture.js'
import {
  combineWeights,
  linearRampWeights,
  returnAttributionWeights,
  timeDecayWeights,
  uniquenessWeights,
  type SampleWeights,
} from './sample-weights.js'
import { tripleBarrierLabels } from './triple-barrier.js'

const bars = randomBars(600, 10)
const labels = tripleBarrierLabels(bars, { horizonBars: 30, upper: 2, lower: 1, volatility: { span: 20 } })
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
const mean = ({ weights }: SampleWeights): number => sum(weights) / weights.length
const near = (values: readonly number[]): number[] => values.map((value) => expect.closeTo(value, 12) as number)
const scaled = (values: readonly number[]): number[] => near(values.map((value) => (value * values.length) / sum(values)))

describe('sample weights', () => {
  it('have mean 1, are not negative, and belong to the labelled rows or those asked for', () => {
    const rows = labelSpans(labels, bars.time).rows.filter((row) => row % 3 === 0 && row > 100)
    for (const given of [undefined, rows]) {
      const options = given === undefined ? {} : { rows: given }
      const all = [
        uniquenessWeights(labels, bars.time, options),
        returnAttributionWeights(labels, bars, options),
        timeDecayWeights(labels, bars.time, { c: 0.2, ...options }),
        timeDecayWeights(labels, bars.time, { c: -0.5, ...options }),
        linearRampWeights(given ?? labelSpans(labels, bars.time).rows, { from: 0.1, to: 3 }),
      ]
      for (const each of [...all, combineWeights(all[0]!, all[2]!)]) {
        expect(mean(each), each.name).toBeCloseTo(1, 12)
        expect(Math.min(...each.weights), each.name).toBeGreaterThanOrEqual(0)
        expect(each.weights).toHaveLength(each.rows.length)
        expect([...each.rows]).toEqual([...(given ?? labels.y.keys())].filter((row) => !Number.isNaN(labels.y[row])))
        expect(each.effectiveRows).toBeLessThanOrEqual(each.rows.length + 1e-9)
      }
      for (const positive of [all[0]!, all[2]!, all[4]!]) expect(Math.min(...positive.weights)).toBeGreaterThan(0)
    }
  })

  it('by uniqueness: labels over one bar count alike, labels that share bars less', () => {
    expect([...uniquenessWeights(directionLabels(bars, { horizonBars: 1 }), bars.time).weights]).toEqual(near(Array<number>(599).fill(1)))
    const endTime = Float64Array.of(2, 2, 2, NaN, 5, NaN)
    const { weights, rows } = uniquenessWeights({ endTime }, Float64Array.of(0, 1, 2, 3, 4, 5))
    // Bars 1; 2; 2; 5 have 1, 3, 3 and 1 labels: label 0 spans 1 to 2, label 1 and 2 bar 2, label 4 bar 5.
    expect([...rows]).toEqual([0, 1, 2, 4])
    expect([...weights]).toEqual(scaled([(1 + 1 / 3) / 2, 1 / 3, 1 / 3, 1]))
  })

  it('by the return that is their own', () => {
    const closes = [100, 110, 99, 99, 120]
    const { weights } = returnAttributionWeights(directionLabels(ohlc(...closes), { horizonBars: 2 }), ohlc(...closes))
    const r = closes.map((close, i) => Math.log(close / (closes[i - 1] ?? close)))
    expect([...weights]).toEqual(scaled([Math.abs(r[1]! + r[2]! / 2), Math.abs(r[2]! / 2 + r[3]! / 2), Math.abs(r[3]! / 2 + r[4]!)]))
  })

  it('carries the return over a missing close to the next known one', () => {
    const holed = ohlc(100, NaN, 121, 121, 110)
    const { rows, weights } = returnAttributionWeights(directionLabels(holed, { horizonBars: 2 }), holed)
    expect([...rows]).toEqual([0, 2])
    expect([...weights]).toEqual(scaled([Math.log(1.21), Math.log(1.1)]))
  })

  it('by age in uniqueness', () => {
    const time = Float64Array.of(0, 1, 2, 3, 4)
    const endTime = Float64Array.of(1, 2, 3, 4, NaN)
    const decay = (c: number): number[] => [...timeDecayWeights({ endTime }, time, { c }).weights]
    expect(decay(1)).toEqual([1, 1, 1, 1])
    expect(decay(0)).toEqual(scaled([1, 2, 3, 4]))
    // As in the book the line starts at c before the first label, whose own uniqueness has aged already.
    expect(decay(0.2)).toEqual(scaled([0.4, 0.6, 0.8, 1]))
    expect(decay(-0.5)).toEqual(scaled([0, 0, 0.5, 1]))
    // All of them end with bar 4: the older ones share more of their bars, each ages the rest by what is its own.
    const shared = timeDecayWeights({ endTime: Float64Array.of(4, 4, 4, 4, NaN) }, time, { c: 0 }).weights
    const own = [(1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, (1 / 2 + 1 / 3 + 1 / 4) / 3, (1 / 3 + 1 / 4) / 2, 1 / 4]
    expect([...shared]).toEqual(scaled(own.map((_, k) => sum(own.slice(0, k + 1)))))
  })

  it('by a ramp over the bar numbers', () => {
    const ramp = (rows: number[], from: number, to: number): number[] => [...linearRampWeights(Int32Array.from(rows), { from, to }).weights]
    expect(ramp([10, 11, 20], 1, 2)).toEqual(scaled([1, 1.1, 2]))
    expect(ramp([10, 12, 14], 2, 0)).toEqual([2, 1, 0])
    expect(ramp([7], 0.3, 2)).toEqual([1])
  })

  it('multiply', () => {
    const rows = Int32Array.of(1, 2, 3)
    const [a, b] = [linearRampWeights(rows, { from: 1, to: 3 }), linearRampWeights(rows, { from: 4, to: 2 })]
    expect(combineWeights(a, b).name).toBe('linear ramp x linear ramp')
    expect([...combineWeights(a, b).weights]).toEqual(scaled([4, 6, 6]))
    expect(() => combineWeights(a, linearRampWeights(Int32Array.of(1, 2, 4), { from: 1, to: 2 }))).toThrow(thrown('bad-rows'))
  })

  it('show themselves', () => {
    expect(linearRampWeights(Int32Array.of(0, 1, 2), { from: 0, to: 2 })[DISPLAY]()).toEqual({
      'text/plain': 'linear ramp: 3 rows, weights 0.00 to 2.00, mean 1; as steady as 2 rows of equal weight',
    })
  })

  it('explain what is wrong', () => {
    const none = { endTime: new Float64Array(600).fill(NaN) }
    expect(() => uniquenessWeights(none, bars.time)).toThrow(thrown('bad-weight'))
    for (const c of [-1, 1.1, NaN]) expect(() => timeDecayWeights(labels, bars.time, { c })).toThrow(thrown('bad-decay'))
    const still = ohlc(5, 5, 5)
    expect(() => returnAttributionWeights(directionLabels(still, { horizonBars: 1 }), still)).toThrow(thrown('bad-weight'))
    for (const [from, to] of [
      [0, 0],
      [-1, 1],
      [NaN, 1],
      [1, Infinity],
    ] as const)
      // prettier-ignore
      expect(() => linearRampWeights(Int32Array.of(1, 2), { from, to })).toThrow(thrown('bad-weight'))
    for (const rows of [[2, 1], [1, 1], [-1, 0]]) expect(() => linearRampWeights(Int32Array.from(rows), { from: 1, to: 2 })).toThrow(thrown('bad-rows')) // prettier-ignore
    expect(() => linearRampWeights(new Int32Array(0), { from: 1, to: 2 })).toThrow(thrown('bad-weight'))
  })
})
