import { describe, expect, it } from 'vitest'
import { DISPLAY } from '../core/index.js'
import { barsAt, ohlc, thrown } from './ohlc.fixture.js'
import { returnLabels } from './return-labels.js'

describe('returnLabels', () => {
  it('is the return over the horizon, simple or log', () => {
    const bars = ohlc(100, 110, 99, 121, 60.5)
    const simple = returnLabels(bars, { horizonBars: 2, kind: 'simple' })
    expect(simple.y[0]).toBeCloseTo(-0.01, 15)
    expect(simple.y[1]).toBeCloseTo(0.1, 15)
    expect([...simple.y.subarray(3)]).toEqual([NaN, NaN])
    expect(barsAt(bars, simple.endTime)).toEqual([2, 3, 4, null, null])
    expect(simple).toMatchObject({ name: 'simple_return_2', horizonBars: 2 })
    const log = returnLabels(bars, { horizonBars: 2, kind: 'log' })
    expect(log.y[1]).toBeCloseTo(Math.log(1.1), 15)
    expect(log.returns).toEqual(simple.returns)
    expect(simple.returns).toEqual(simple.y)
  })

  it('counts in moves that are usual over the horizon', () => {
    const bars = ohlc(100, 110, 99, 121, 60.5, 1)
    const volatility = Float64Array.of(0.01, 0.02, NaN, 0, 0.5, 0.5)
    const { y, endTime, name } = returnLabels(bars, { horizonBars: 1, kind: 'simple', volatility })
    expect(y[0]).toBeCloseTo(0.1 / 0.01, 12)
    expect(returnLabels(bars, { horizonBars: 4, kind: 'simple', volatility }).y[0]).toBeCloseTo(-0.395 / 0.02, 12)
    expect(barsAt(bars, endTime)).toEqual([1, 2, null, null, 5, null])
    expect(name).toBe('simple_return_1_per_volatility')
  })

  it('has no label beside a price that is missing or not positive; those in between do not matter', () => {
    const bars = ohlc(100, NaN, 99, 0, 60.5, -1, 50)
    expect(barsAt(bars, returnLabels(bars, { horizonBars: 2, kind: 'log' }).endTime)).toEqual([2, null, 4, null, 6, null, null])
  })

  it('shows itself', () => {
    const shown = (closes: number[]): unknown => returnLabels(ohlc(...closes), { horizonBars: 1, kind: 'simple' })[DISPLAY]()
    expect(shown([100, 150, 75])).toEqual({
      'text/plain': 'simple_return_1: 2 of 3 bars, mean 0.00, standard deviation 0.500, from -0.500 to 0.500',
    })
    expect(shown([NaN, 1])).toEqual({ 'text/plain': 'simple_return_1: none of 2 bars has a label' })
  })

  it('explains what is wrong', () => {
    const bars = ohlc(1, 2, 3)
    for (const horizonBars of [0, 1.5, NaN]) expect(() => returnLabels(bars, { horizonBars, kind: 'log' })).toThrow(thrown('bad-horizon'))
    expect(() => returnLabels(bars, { horizonBars: 3, kind: 'log' })).toThrow(thrown('too-few-bars'))
    expect(() => returnLabels(bars, { horizonBars: 1, kind: 'percent' as 'log' })).toThrow(thrown('bad-kind'))
    expect(() => returnLabels(bars, { horizonBars: 1, kind: 'log', volatility: { span: 3 } })).toThrow(thrown('too-few-bars'))
  })
})
