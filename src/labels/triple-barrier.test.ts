import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DISPLAY } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { anyBars } from './any-bars.fixture.js'
import { barsAt, ohlc, thrown } from './ohlc.fixture.js'
import { TOUCHED } from './touched.js'
import { tripleBarrierLabels, type TripleBarrierOptions } from './triple-barrier.js'
import { ewmVolatility } from './volatility-target.js'

const TEN: TripleBarrierOptions = { horizonBars: 3, upper: 0.1, lower: 0.05 }
const first = (bars: Bars, options: Partial<TripleBarrierOptions> = {}) => {
  const { y, endTime, returns, touched, metBoth } = tripleBarrierLabels(bars, { ...TEN, ...options })
  return { y: y[0], end: barsAt(bars, endTime)[0], returns: returns[0], touched: touched[0], metBoth }
}

describe('tripleBarrierLabels', () => {
  it('ends at the barrier that is touched first, at its price; reaching it is enough', () => {
    const up = ohlc(100, [101, 105, 99, 104], [104, 110, 103, 104], [104, 104, 20, 30])
    expect(first(up)).toEqual({ y: 1, end: 2, returns: expect.closeTo(0.1, 14) as number, touched: TOUCHED.upper, metBoth: 0 })
    const down = ohlc(100, [99, 100, 95, 99], [99, 200, 99, 150], 150)
    expect(first(down)).toEqual({ y: 0, end: 1, returns: expect.closeTo(-0.05, 14) as number, touched: TOUCHED.lower, metBoth: 0 })
  })

  it('ends with the horizon at its close, after that bar had its chance', () => {
    const still = [100, [101, 102, 99, 101], [101, 103, 98, 102]] as const
    const end = { end: 3, metBoth: 0 }
    expect(first(ohlc(...still, [102, 104, 97, 103], 200))).toEqual({
      ...{ ...end, y: 0, touched: TOUCHED.vertical },
      returns: expect.closeTo(0.03, 14) as number,
    })
    expect(first(ohlc(...still, [102, 111, 97, 103], 200))).toMatchObject({ ...end, y: 1, touched: TOUCHED.upper })
  })

  it('takes the open where the price jumps over a barrier', () => {
    expect(first(ohlc(100, [120, 125, 90, 91], 91, 91))).toMatchObject({
      y: 1,
      end: 1,
      returns: expect.closeTo(0.2, 14) as number,
      metBoth: 0,
    })
    expect(first(ohlc(100, [80, 125, 75, 110], 91, 91))).toMatchObject({
      y: 0,
      end: 1,
      returns: expect.closeTo(-0.2, 14) as number,
      metBoth: 0,
    })
  })

  it('counts a bar that reaches both as a loss, or drops it', () => {
    const bars = ohlc(100, [100, 115, 90, 112], 112, 112)
    expect(first(bars)).toMatchObject({
      y: 0,
      end: 1,
      returns: expect.closeTo(-0.05, 14) as number,
      touched: TOUCHED.lower,
      metBoth: 1,
    })
    expect(first(bars, { bothTouched: 'drop' })).toEqual({ y: NaN, end: null, returns: NaN, touched: TOUCHED.none, metBoth: 1 })
  })

  it('judges on closes where asked, at the close that touched', () => {
    const bars = ohlc(100, [100, 130, 70, 104], [104, 130, 70, 112], 112)
    expect(first(bars, { judgedOn: 'close' })).toEqual({
      y: 1,
      end: 2,
      returns: expect.closeTo(0.12, 14) as number,
      touched: TOUCHED.upper,
      metBoth: 0,
    })
    const noRange = { ...bars, open: bars.open.fill(NaN), high: bars.high.map(() => NaN), low: bars.low.map(() => NaN) }
    expect(first(noRange, { judgedOn: 'close' })).toMatchObject({ y: 1, end: 2 })
  })

  it('has three classes where asked, and the sign at the horizon', () => {
    const bars = ohlc(100, 95, 95, 105, 105, 105, 105, 103, 103)
    const y = (options: Partial<TripleBarrierOptions>): number[] => [...tripleBarrierLabels(bars, { ...TEN, horizonBars: 2, ...options }).y]
    expect(y({})).toEqual([0, 1, 1, 0, 0, 0, 0, NaN, NaN])
    expect(y({ classes: 3 })).toEqual([-1, 1, 1, 0, 0, 0, 0, NaN, NaN])
    expect(y({ classes: 3, vertical: 'sign' })).toEqual([-1, 1, 1, 0, 0, -1, -1, NaN, NaN])
    expect(y({ vertical: 'sign' })).toEqual([0, 1, 1, 0, 0, 0, 0, NaN, NaN])
    expect(y({ upper: null, vertical: 'sign' })).toEqual([0, 1, 1, 0, 0, 0, 0, NaN, NaN])
  })

  it('has no label where the path meets a missing price before it ends, or the end of the bars', () => {
    const hole = ohlc(100, [100, 101, NaN, 100], [100, 120, 100, 120], 100, 100)
    expect(first(hole).end).toBeNull()
    expect(first(ohlc(100, [100, 120, 100, 120], [100, 101, NaN, 100], 100))).toMatchObject({ y: 1, end: 1 })
    for (const price of [NaN, 0, -5]) expect(first(ohlc(100, [100, price, 100, 100], 120, 120)).end).toBeNull()
    expect(first(ohlc(NaN, 100, 120, 120)).end).toBeNull()
    const bars = ohlc(100, 100, 100, 100, 100, 100, 111)
    expect(barsAt(bars, tripleBarrierLabels(bars, TEN).endTime)).toEqual([3, 4, 5, 6, 6, 6, null])
  })

  it('sets its barriers by volatility known at the bar', () => {
    const bars = randomBars(400, 4)
    const volatility = ewmVolatility(bars.close, 30)
    const { touched, returns, endTime } = tripleBarrierLabels(bars, { horizonBars: 24, upper: 2, lower: 1.5, volatility: { span: 30 } })
    const counts = { upper: 0, lower: 0 }
    for (let i = 0; i < 400; i++) {
      if (i < 30) expect([touched[i], endTime[i]]).toEqual([TOUCHED.none, NaN])
      // Every bar of these opens where the one before closed, so a barrier is never jumped over.
      else if (touched[i] === TOUCHED.upper) counts.upper += Math.abs(returns[i]! - 2 * volatility[i]!) < 1e-12 ? 1 : NaN
      else if (touched[i] === TOUCHED.lower) counts.lower += Math.abs(returns[i]! + 1.5 * volatility[i]!) < 1e-12 ? 1 : NaN
    }
    expect(counts.upper).toBeGreaterThan(100)
    expect(counts.lower).toBeGreaterThan(100)
    const fixed = tripleBarrierLabels(bars, { horizonBars: 24, upper: 2, lower: 1.5, volatility })
    expect(fixed.y).toEqual(tripleBarrierLabels(bars, { horizonBars: 24, upper: 2, lower: 1.5, volatility: { span: 30 } }).y)
  })

  it('ends at the first bar that reaches a barrier, on any bars: said again bar by bar', () => {
    const options = { horizonBars: 8, upper: 1.5, lower: 1, bothTouched: 'drop' } as const
    const seen = new Set<number>()
    fc.assert(
      fc.property(anyBars, (bars) => {
        const { open, high, low, close } = bars
        const volatility = ewmVolatility(close, 5)
        const { touched, endTime, returns } = tripleBarrierLabels(bars, { ...options, volatility })
        const wrong = [...bars.time.keys()].filter((i) => {
          const [up, down] = [close[i]! + close[i]! * (1.5 * volatility[i]!), close[i]! - close[i]! * volatility[i]!]
          const isUsable = (j: number): boolean => [open, high, low, close].every((column) => column[j]! > 0)
          const reaches = (j: number): boolean => high[j]! >= up || low[j]! <= down
          const path = [...bars.time.keys()].slice(i + 1, i + 9)
          const stop = path.findIndex((j) => !isUsable(j) || reaches(j))
          const end = path[stop < 0 ? 7 : stop]
          seen.add(touched[i]!)
          const endAt = (j: number): readonly [code: number, price: number] => {
            if (open[j]! >= up || (high[j]! >= up && low[j]! > down)) return [TOUCHED.upper, Math.max(up, open[j]!)]
            if (open[j]! <= down || (low[j]! <= down && high[j]! < up)) return [TOUCHED.lower, Math.min(down, open[j]!)]
            return reaches(j) ? [TOUCHED.none, NaN] : [TOUCHED.vertical, close[j]!]
          }
          const [code, price] = !(volatility[i]! > 0) || end === undefined || !isUsable(end) ? ([TOUCHED.none, NaN] as const) : endAt(end)
          return (
            !Object.is(touched[i], code) ||
            !Object.is(returns[i], price / close[i]! - 1) ||
            !Object.is(endTime[i], code === 0 ? NaN : bars.time[end!])
          )
        })
        expect(wrong).toEqual([])
      }),
    )
    expect([...seen].sort()).toEqual([-1, 0, 1, 2])
  })

  it('labels no bar whose barriers are nearer than the least return', () => {
    const bars = ohlc(100, 100, 100, 111, 111, 111)
    const volatility = Float64Array.of(0.01, 0.02, 0.03, NaN, 0, 0.1)
    const run = (minReturn: number): (number | null)[] =>
      barsAt(bars, tripleBarrierLabels(bars, { horizonBars: 3, upper: 2, lower: 1, volatility, minReturn }).endTime)
    expect(run(0)).toEqual([3, 3, 3, null, null, null])
    expect(run(0.02)).toEqual([null, 3, 3, null, null, null])
    expect(run(0.9)).toEqual([null, null, null, null, null, null])
  })

  it('shows itself', () => {
    const bars = ohlc(100, [100, 115, 90, 112], 112, 112, 112)
    const text = (classes: 2 | 3): unknown => tripleBarrierLabels(bars, { ...TEN, classes })[DISPLAY]()
    const ends = 'ended at upper 0, lower 1, horizon 1; 1 met both barriers in one bar'
    expect(text(2)).toEqual({
      'text/plain': `triple_barrier_3_0.1_0.05: 5 bars: 0 up (0.00 %), 2 not up (100.00 %), 3 without a label; ${ends}`,
    })
    expect(text(3)).toEqual({
      'text/plain': `triple_barrier_3_0.1_0.05: 5 bars: 0 up (0.00 %), 1 neither (50.00 %), 1 down (50.00 %), 3 without a label; ${ends}`,
    })
  })

  it('explains what is wrong', () => {
    const bars = ohlc(1, 2, 3, 4, 5)
    const run = (options: Partial<Record<keyof TripleBarrierOptions, unknown>>) => () =>
      tripleBarrierLabels(bars, { ...TEN, ...(options as Partial<TripleBarrierOptions>) })
    for (const horizonBars of [0, 1.5, NaN, -1]) expect(run({ horizonBars })).toThrow(thrown('bad-horizon'))
    expect(run({ horizonBars: 5 })).toThrow(thrown('too-few-bars'))
    for (const upper of [0, -1, NaN, Infinity, 2, undefined]) expect(run({ upper })).toThrow(thrown('bad-barrier'))
    for (const wrong of [
      { lower: 1 },
      { upper: null },
      { upper: null, lower: null, vertical: 'sign' },
      { minReturn: -1 },
      { minReturn: NaN },
    ])
      expect(run(wrong)).toThrow(thrown('bad-barrier'))
    for (const wrong of [{ classes: 4 }, { vertical: 'up' }, { judgedOn: 'open' }, { bothTouched: 'upper' }])
      expect(run(wrong)).toThrow(thrown('bad-barrier'))
    expect(run({ volatility: { span: 1 } })).toThrow(thrown('bad-span'))
    expect(run({ volatility: new Float64Array(4) })).toThrow(thrown('bad-volatility'))
    expect(run({ upper: 2, volatility: new Float64Array(5).fill(1) })).not.toThrow()
  })
})
