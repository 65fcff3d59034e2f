import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRng, projectPath } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { computeFeature } from './compute-feature.js'
import { allFeatures } from './registry.js'
import { atr, barColumns, computeColumns, ema, macd, type Column as IndicatorColumn } from '../indicators/index.js'

type Column = (number | null)[]
interface Golden {
  bars: Record<'open' | 'high' | 'low' | 'close' | 'volume', number[]>
  rsi: Column
  macdHistogram: Column
  atr: Column
  natr: Column
  adx: Column
  ema: Column
  bandUpper: Column
  bandMiddle: Column
  bandLower: Column
  stochasticK: Column
  rocp: Column
}
/** Made once by the TA-Lib wheel; how is written in the file's first key. */
const golden = JSON.parse(readFileSync(projectPath('src/features/golden-ta-lib.json'), 'utf8')) as Golden

const HOUR = 3_600_000
const bars: Bars = {
  symbol: 'BTCUSD',
  timeframeMs: HOUR,
  time: Float64Array.from(golden.bars.close, (_, i) => Date.UTC(2017, 7, 12, 3) + i * HOUR),
  open: Float64Array.from(golden.bars.open),
  high: Float64Array.from(golden.bars.high),
  low: Float64Array.from(golden.bars.low),
  close: Float64Array.from(golden.bars.close),
  volume: Float64Array.from(golden.bars.volume),
}
const column = (name: string, of: Bars = bars): Float64Array =>
  computeFeature(
    allFeatures.find((feature) => feature.name === name)!,
    of,
  )

const indicator = (column: IndicatorColumn): Float64Array => computeColumns(bars, { column }).column

function expectEqual(ours: ArrayLike<number>, reference: Column, relative = 1e-12): void {
  expect(ours.length).toBe(reference.length)
  for (const [i, wanted] of reference.entries())
    if (wanted === null) expect(ours[i], `row ${i}`).toBeNaN()
    else
      expect(Math.abs(ours[i]! - wanted), `row ${i}: ${ours[i]} against ${wanted}`).toBeLessThanOrEqual(
        relative * Math.max(1, Math.abs(wanted)),
      )
}
const times = (values: Column, factor: number | ((i: number) => number)): Column =>
  values.map((value, i) => (value === null ? null : value * (typeof factor === 'number' ? factor : factor(i))))

describe('indicators agree with TA-Lib, warm-up included', () => {
  it('RSI', () => expectEqual(column('rsi_14'), golden.rsi))
  it('MACD histogram', () => {
    expectEqual(indicator(macd(barColumns().close, 12, 26, 9).histogram), golden.macdHistogram, 1e-10)
    expectEqual(
      column('macd_histogram'),
      times(golden.macdHistogram, (i) => 1 / bars.close[i]!),
      1e-13,
    )
  })
  it('ATR and NATR', () => {
    expectEqual(indicator(atr(barColumns(), 14)), golden.atr)
    expectEqual(column('atr_pct_14'), times(golden.natr, 0.01))
  })
  it('ADX', () => expectEqual(column('adx_14'), golden.adx))
  it('EMA', () => expectEqual(indicator(ema(barColumns().close, 12)), golden.ema))
  it('Bollinger bands', () => {
    const { bandLower: lower, bandMiddle: middle, bandUpper: upper } = golden
    const span = (i: number): number => upper[i]! - lower[i]!
    const known = (of: (i: number) => number): Column => upper.map((value, i) => (value === null ? null : of(i)))
    // TA-Lib's own variance comes from running sums of squares, good to about 1e-9 at this price level.
    expectEqual(
      column('bollinger_width_20'),
      known((i) => span(i) / middle[i]!),
      1e-9,
    )
    expectEqual(
      column('bollinger_b_20'),
      known((i) => (bars.close[i]! - lower[i]!) / span(i)),
      1e-8,
    )
  })
  it('fast stochastic %K', () => expectEqual(column('stochastic_k_14'), times(golden.stochasticK, 0.01)))
  it('rate of change', () => expectEqual(column('roc_12'), golden.rocp))
})

describe('values by hand', () => {
  const small: Bars = {
    ...bars,
    time: Float64Array.of(Date.UTC(2024, 0, 1, 6), Date.UTC(2024, 0, 1, 7)), // a Monday
    open: Float64Array.of(10, 12),
    high: Float64Array.of(14, 12),
    low: Float64Array.of(9, 12),
    close: Float64Array.of(12, 12),
    volume: Float64Array.of(3, 5),
  }
  it('reads a candle, and gives 0 to one without range', () => {
    expect([...column('candle_body', small)]).toEqual([0.4, 0])
    expect([...column('upper_shadow', small)]).toEqual([0.4, 0])
    expect([...column('lower_shadow', small)]).toEqual([0.2, 0])
  })
  it('turns the clock into a point on a circle', () => {
    expect(column('hour_sin', small)[0]).toBeCloseTo(1, 12)
    expect(column('hour_cos', small)[0]).toBeCloseTo(0, 12)
    expect([column('weekday_sin', small)[0], column('weekday_cos', small)[0]]).toEqual([0, 1])
    const sunday: Bars = { ...small, time: Float64Array.of(Date.UTC(1969, 11, 28), Date.UTC(1969, 11, 28, 1)) }
    expect(column('weekday_sin', sunday)[0]).toBeCloseTo(Math.sin((2 * Math.PI * 6) / 7), 12)
  })
  it('gives the neutral value where a window is flat', () => {
    const flat: Bars = {
      ...bars,
      open: bars.open.map(() => 7.1),
      high: bars.high.map(() => 7.1),
      low: bars.low.map(() => 7.1),
      close: bars.close.map(() => 7.1),
      volume: bars.volume.map(() => 0),
    }
    const last = (name: string): number => column(name, flat).at(-1)!
    expect([last('rsi_14'), last('stochastic_k_14'), last('bollinger_b_20'), last('range_position_72'), last('adx_14')]).toEqual([
      50, 0.5, 0.5, 0.5, 0,
    ])
    expect([last('volume_z_24'), last('obv_slope_24'), last('atr_pct_14'), last('bollinger_width_20')]).toEqual([0, 0, 0, 0])
  })
  it('has the least-squares slope of on-balance volume', () => {
    const at = 60
    const obv: number[] = [0]
    for (let i = at - 22; i <= at; i++) obv.push(obv.at(-1)! + Math.sign(bars.close[i]! - bars.close[i - 1]!) * bars.volume[i]!)
    const centre = 11.5
    const slope = obv.reduce((sum, value, k) => sum + (k - centre) * value, 0) / obv.reduce((sum, _, k) => sum + (k - centre) ** 2, 0)
    const mean = bars.volume.slice(at - 23, at + 1).reduce((a, b) => a + b) / 24
    expect(column('obv_slope_24')[at]).toBeCloseTo(slope / mean, 12)
  })
})

describe('every feature', () => {
  it('has its first value exactly at its lookback, and none missing after it', () => {
    for (const feature of allFeatures) {
      const values = computeFeature(feature, bars)
      expect(values.findIndex(Number.isFinite), feature.name).toBe(feature.lookback)
      expect(values.subarray(feature.lookback).every(Number.isFinite), feature.name).toBe(true)
    }
  })

  it('does not depend on the level of prices or on the unit of volume', () => {
    const scaled: Bars = {
      ...bars,
      open: bars.open.map((v) => v / 1024),
      high: bars.high.map((v) => v / 1024),
      low: bars.low.map((v) => v / 1024),
      close: bars.close.map((v) => v / 1024),
      volume: bars.volume.map((v) => v * 4096),
    }
    for (const feature of allFeatures) {
      const [a, b] = [computeFeature(feature, bars), computeFeature(feature, scaled)]
      for (let i = feature.lookback; i < a.length; i++) expect(b[i], `${feature.name} at ${i}`).toBeCloseTo(a[i]!, 9)
    }
  })

  it('starts anew after a missing bar and is then right again', () => {
    const holed = {
      ...bars,
      open: bars.open.slice(),
      high: bars.high.slice(),
      low: bars.low.slice(),
      close: bars.close.slice(),
      volume: bars.volume.slice(),
    }
    const hole = 40
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) holed[name][hole] = NaN
    const rest: Bars = {
      ...bars,
      time: bars.time.subarray(hole + 1),
      open: bars.open.subarray(hole + 1),
      high: bars.high.subarray(hole + 1),
      low: bars.low.subarray(hole + 1),
      close: bars.close.subarray(hole + 1),
      volume: bars.volume.subarray(hole + 1),
    }
    for (const feature of allFeatures.filter(({ group }) => group !== 'time')) {
      const values = computeFeature(feature, holed)
      expect(values[hole], feature.name).toBeNaN()
      expect([...values.subarray(0, hole)], feature.name).toEqual([...computeFeature(feature, bars).subarray(0, hole)])
      expect([...values.subarray(hole + 1)], feature.name).toEqual([...computeFeature(feature, rest)])
    }
  })

  it('never gives an infinity, also for prices that are not positive', () => {
    const rng = createRng(3, 'odd prices')
    const odd: Bars = { ...bars, close: bars.close.map(() => rng.int(3) - 1), high: bars.high.map(() => 1), low: bars.low.map(() => -1) }
    for (const feature of allFeatures)
      for (const value of computeFeature(feature, odd)) expect(Math.abs(value), feature.name).not.toBe(Infinity)
  })
})
