import { describe, expect, it } from 'vitest'
import { DISPLAY } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { metaLabels, type MetaLabelOptions } from './meta-label.js'
import { barsAt, ohlc, thrown } from './ohlc.fixture.js'
import { TOUCHED } from './touched.js'
import { tripleBarrierLabels } from './triple-barrier.js'

const OPTIONS = { horizonBars: 2, profit: 0.1, stop: 0.05 }
const first = (bars: Bars, side: number, options: Partial<MetaLabelOptions> = {}) => {
  const labels = metaLabels(bars, { ...OPTIONS, side: [side, ...new Int8Array(bars.close.length - 1)], ...options })
  return {
    y: labels.y[0],
    end: barsAt(bars, labels.endTime)[0],
    net: labels.netReturns[0],
    touched: labels.touched[0],
    both: labels.metBoth,
  }
}
const near = (value: number): number => expect.closeTo(value, 14) as number

describe('metaLabels', () => {
  it('asks whether the side taken earned, long or short', () => {
    const up = (): Bars => ohlc(100, [100, 111, 100, 105], 105)
    expect(first(up(), 1)).toMatchObject({ y: 1, end: 1, net: near(0.1), touched: TOUCHED.upper })
    expect(first(up(), -1)).toMatchObject({ y: 0, end: 1, net: near(-0.05), touched: TOUCHED.upper })
    const down = (): Bars => ohlc(100, [100, 101, 90, 91], 91)
    expect(first(down(), 1)).toMatchObject({ y: 0, end: 1, net: near(-0.05), touched: TOUCHED.lower })
    expect(first(down(), -1)).toMatchObject({ y: 1, end: 1, net: near(0.1), touched: TOUCHED.lower })
  })

  it('takes the stop where a bar meets both, or drops it', () => {
    const both = (): Bars => ohlc(100, [100, 120, 80, 100], 100)
    for (const side of [1, -1]) {
      expect(first(both(), side)).toMatchObject({ y: 0, net: near(-0.05), touched: side === 1 ? TOUCHED.lower : TOUCHED.upper, both: 1 })
      expect(first(both(), side, { bothTouched: 'drop' })).toMatchObject({ y: NaN, end: null, net: NaN, touched: TOUCHED.none, both: 1 })
    }
  })

  it('must earn more than the cost', () => {
    const drift = (): Bars => ohlc(100, 101, 102, 102)
    expect(first(drift(), 1, { cost: 0.01 })).toMatchObject({ y: 1, end: 2, net: near(0.01), touched: TOUCHED.vertical })
    expect(first(drift(), 1, { cost: 0.03 })).toMatchObject({ y: 0, net: near(-0.01) })
    const still = ohlc(100, 100, 100)
    expect(first(still, -1).y).toBe(0)
  })

  it('has no label where no side is taken', () => {
    const bars = ohlc(100, 100, 100, 100, 100)
    const labels = metaLabels(bars, { ...OPTIONS, side: Int8Array.of(1, 0, -1, 0, 1) })
    expect(barsAt(bars, labels.endTime)).toEqual([2, null, 4, null, null])
    expect(barsAt(bars, metaLabels(bars, { ...OPTIONS, side: Float64Array.of(NaN, NaN, 1, 1, 1) }).endTime)).toEqual([
      null,
      null,
      4,
      null,
      null,
    ])
  })

  it('is the triple barrier where the side is always long, and its mirror where it is always short', () => {
    const bars = randomBars(500, 6)
    const barriers = { horizonBars: 12, volatility: { span: 20 }, minReturn: 0.005 }
    const long = tripleBarrierLabels(bars, { ...barriers, upper: 2, lower: 1, vertical: 'sign' })
    const meta = metaLabels(bars, { ...barriers, profit: 2, stop: 1, side: new Int8Array(500).fill(1) })
    for (const column of ['y', 'endTime', 'returns', 'touched'] as const) expect(meta[column], column).toEqual(long[column])
    expect(meta.netReturns).toEqual(long.returns)
    const short = metaLabels(bars, { ...barriers, profit: 1, stop: 2, side: new Int8Array(500).fill(-1), bothTouched: 'drop' })
    const same = tripleBarrierLabels(bars, { ...barriers, upper: 2, lower: 1, bothTouched: 'drop' })
    expect(short.returns).toEqual(same.returns)
    expect(short.y.filter((value) => value === 1).length).toBeGreaterThan(100)
  })

  it('shows itself', () => {
    const labels = metaLabels(ohlc(100, [100, 111, 100, 105], 105), { ...OPTIONS, side: [1, 0, 0] })
    expect(labels[DISPLAY]()).toEqual({
      'text/plain':
        'meta_2_0.1_0.05: 3 bars: 1 worth taking (100.00 %), 0 not (0.00 %), 2 without a label; ended at upper 1, lower 0, horizon 0; 0 met both barriers in one bar',
    })
  })

  it('explains what is wrong', () => {
    const bars = ohlc(1, 2, 3, 4)
    const run = (options: Partial<MetaLabelOptions>) => () => metaLabels(bars, { ...OPTIONS, side: [1, 1, 0, -1], ...options })
    for (const side of [
      [1, 1, 0],
      [1, 1, 0, 2],
      [0.5, 1, 1, 1],
      [1, 1, 1, 1, 1],
    ])
      expect(run({ side })).toThrow(thrown('bad-side'))
    for (const cost of [-0.1, 1, NaN]) expect(run({ cost })).toThrow(thrown('bad-cost'))
    for (const wrong of [{ profit: 0 }, { stop: 1.5 }, { profit: null, stop: null }]) expect(run(wrong)).toThrow(thrown('bad-barrier'))
    expect(run({ horizonBars: 4 })).toThrow(thrown('too-few-bars'))
    expect(run({ horizonBars: 0 })).toThrow(thrown('bad-horizon'))
    for (const open of [{ profit: null }, { stop: null }]) expect(run(open)).not.toThrow()
  })
})
