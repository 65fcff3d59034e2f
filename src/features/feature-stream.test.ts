import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { alignBars, barRange, resample, type Bars } from '../data/index.js'
import { computeFeature } from './compute-feature.js'
import { defineFeature, type Feature } from './define-feature.js'
import { FeatureEngineer } from './engineer.js'
import { expandFeatures } from './expand.js'
import { featureFamilyNames } from './feature-families.js'
import type { Bar } from './feature-stream.js'
import { allFeatures } from './registry.js'
import { alpha158 } from './sets/alpha158.js'
import { alpha360 } from './sets/alpha360.js'

const barAt = (bars: Bars, i: number): Bar => ({
  time: bars.time[i]!,
  open: bars.open[i]!,
  high: bars.high[i]!,
  low: bars.low[i]!,
  close: bars.close[i]!,
  volume: bars.volume[i]!,
})

/** Bars with holes in single columns and whole bars. */
function holed(bars: Bars, holes: readonly number[]): Bars {
  const copy = {
    ...bars,
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  }
  for (const [k, i] of holes.entries()) {
    if (k % 2 === 0) copy.volume[i] = NaN
    else copy.open[i] = copy.high[i] = copy.low[i] = copy.close[i] = copy.volume[i] = NaN
  }
  return copy
}

function expectStreamEqualsBatch(engineer: FeatureEngineer, bars: Bars, others: readonly Bars[] = []): void {
  const X = engineer.transform(bars, others)
  const stream = engineer.stream()
  const width = X.names.length
  for (let i = 0; i < X.rows; i++) {
    const beside = Object.fromEntries(others.map((other) => [other.symbol, other.time[i] === undefined ? undefined! : barAt(other, i)]))
    const row = stream.push(barAt(bars, i), beside)
    for (let j = 0; j < width; j++)
      if (!Object.is(row[j], X.values[i * width + j])) expect(row[j], `${X.names[j]} at bar ${i}`).toBe(X.values[i * width + j])
  }
}

describe('FeatureStream', () => {
  it('gives the very numbers of the batch, bar by bar, all features, holes included', () => {
    const bars = holed(randomBars(900, 11), [300, 310, 505])
    const four = expandFeatures({ families: featureFamilyNames, periods: [5, 33], timeframes: ['4h'], lags: [2] })
    expectStreamEqualsBatch(
      new FeatureEngineer({ features: [...allFeatures, ...four.filter(({ name }) => !allFeatures.some((f) => f.name === name))] }).fit(
        bars,
      ),
      bars,
    )
    expectStreamEqualsBatch(new FeatureEngineer({ features: [...alpha158, ...alpha360] }).fit(bars), bars)
  })

  it('holds for any bars', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.array(fc.integer({ min: 0, max: 249 }), { maxLength: 6 }), (seed, holes) => {
        const bars = holed(randomBars(250, seed, 0.05), holes)
        expectStreamEqualsBatch(new FeatureEngineer().fit(randomBars(250, seed)), bars)
      }),
      { numRuns: 15 },
    )
  })

  it('compares with other symbols, and with features defined by compute', () => {
    const bars = randomBars(400, 3)
    const other = { ...randomBars(400, 4), symbol: 'ETHUSD' }
    const mine = defineFeature({
      name: 'mine',
      group: 'price',
      description: '',
      inputs: ['close'],
      lookback: 1,
      compute: ({ close }) => close.map((v, i) => v - (close[i - 1] ?? NaN)),
    })
    const engineer = new FeatureEngineer({
      features: [
        mine,
        ...expandFeatures({ families: ['rsi', 'atr_pct'], periods: [14], symbols: ['ETHUSD'], timeframes: ['4h'], lags: [1] }),
      ],
      references: ['ETHUSD'],
    }).fit(bars, [other])
    expect(engineer.getFeatureNames()).toContain('rsi_14__ethusd__4h__lag_1')
    expect(engineer.getFeatureNames()).toContain('beta_72__ethusd')
    expectStreamEqualsBatch(engineer, bars, [other])
  })

  it('refuses bars out of order and partners from the future', () => {
    const bars = randomBars(200, 1)
    const engineer = new FeatureEngineer({ names: ['rsi_14'], references: ['B'] }).fit(bars, [{ ...bars, symbol: 'B' }])
    const stream = engineer.stream()
    stream.push(barAt(bars, 1), { B: barAt(bars, 1) })
    expect(() => stream.push(barAt(bars, 1))).toThrow(expect.objectContaining({ code: 'bar-out-of-order' }) as Error)
    expect(() =>
      new FeatureEngineer({ names: ['beta_72__b'], references: ['B'] })
        .fit(bars, [{ ...bars, symbol: 'B' }])
        .stream()
        .push(barAt(bars, 1), { B: barAt(bars, 2) }),
    ).toThrow(expect.objectContaining({ code: 'look-ahead' }) as Error)
  })
})

describe('longer bars', () => {
  const bars = randomBars(24 * 40, 8)
  const [daily] = expandFeatures({ families: ['roc'], periods: [3], timeframes: ['1d'] }).filter(
    ({ scope }) => scope.timeframe !== undefined,
  ) as [Feature]

  it('are used from their close on, never before', () => {
    const X = new FeatureEngineer({ features: [daily] }).fitTransform(bars)
    const days = resample(bars, '1d', { completeOnly: true })
    const reference = computeFeature(allFeaturesRoc(3), days)
    for (let i = 0; i < bars.time.length; i++) {
      // Bar i of 1 h closes an hour after it opens: the day before is known, today only at its last bar.
      const closed = Math.floor((i + 1) / 24) - 1
      const expected = closed >= 0 ? reference[closed]! : NaN
      expect(Object.is(X.values[i], expected), `bar ${i}: ${X.values[i]} against ${expected}`).toBe(true)
    }
  })

  it('leave out a first one not seen from its beginning, and bridge missing bars', () => {
    const late = barRange(bars, 5, bars.time.length)
    const X = new FeatureEngineer({ features: [daily] }).fitTransform(late)
    const first = X.values.findIndex(Number.isFinite)
    expect(first).toBe(24 - 5 + 4 * 24 - 1)
    const gap = {
      ...bars,
      ...Object.fromEntries(
        (['time', 'open', 'high', 'low', 'close', 'volume'] as const).map((name) => [
          name,
          bars[name].filter((_, i) => i < 100 || i >= 130),
        ]),
      ),
    }
    const Y = new FeatureEngineer({ features: [daily] }).fitTransform(gap)
    expect(Y.values.subarray(130).every(Number.isFinite)).toBe(true)
  })

  it('must be multiples of the bars', () => {
    const [odd] = expandFeatures({ families: ['roc'], periods: [3], timeframes: ['90m'] }).filter(
      ({ scope }) => scope.timeframe !== undefined,
    )
    expect(() => new FeatureEngineer({ features: [odd!] }).fit(bars)).toThrow(
      expect.objectContaining({ code: 'timeframe-not-multiple' }) as Error,
    )
  })
})

const allFeaturesRoc = (period: number): Feature => expandFeatures({ families: ['roc'], periods: [period] })[0]!

describe('other symbols', () => {
  const bars = randomBars(300, 1)
  const other = { ...randomBars(300, 2), symbol: 'ETHUSD' }
  const code = (run: () => unknown): unknown => {
    try {
      run()
    } catch (error) {
      return (error as { code?: string }).code
    }
    return 'nothing thrown'
  }

  it('are joined on time, not on position', () => {
    const shifted = barRange(other, 40, 300)
    const X = new FeatureEngineer({ names: ['reference_return_1__ethusd'], references: ['ETHUSD'] }).fitTransform(bars, [shifted])
    expect(X.values.findIndex(Number.isFinite)).toBe(41)
    expect(X.values[100]).toBe(Math.log(other.close[100]! / other.close[99]!))
  })

  it('may carry a closed market on for a while', () => {
    const thin = {
      ...other,
      ...Object.fromEntries(
        (['time', 'open', 'high', 'low', 'close', 'volume'] as const).map((name) => [name, other[name].filter((_, i) => i % 5 !== 0)]),
      ),
    } as Bars
    expect(alignBars(bars, thin).close[10]).toBeNaN()
    expect(alignBars(bars, thin, { maxAgeBars: 1 }).close[10]).toBe(other.close[9])
    expect(
      alignBars(bars, barRange(other, 0, 10), { maxAgeBars: 2 })
        .close.subarray(9, 13)
        .map((v) => (Number.isNaN(v) ? 0 : 1)),
    ).toEqual(Float64Array.of(1, 1, 1, 0))
  })

  it('must be there, overlap and have bars of the same length', () => {
    const engineer = (): FeatureEngineer => new FeatureEngineer({ references: ['ETHUSD'] })
    expect(code(() => engineer().fit(bars))).toBe('missing-symbol')
    expect(code(() => engineer().fit(bars, [{ ...other, time: other.time.map((t) => t + 1e12) }]))).toBe('no-overlap')
    expect(code(() => engineer().fit(bars, [{ ...other, timeframeMs: 1000 }]))).toBe('timeframe-mismatch')
  })
})

describe('expandFeatures', () => {
  it('multiplies periods, timeframes, lags and symbols', () => {
    const features = expandFeatures({
      families: ['rsi', 'roc', 'atr_pct'],
      periods: [7, 14, 28],
      timeframes: ['4h', '1d'],
      lags: [1],
      symbols: ['ETHUSD'],
    })
    expect(features.length).toBe(3 * 3 * 3 * 2 * 2)
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length)
  })
  it('explains what is wrong', () => {
    expect(() => expandFeatures({ families: ['rsy'], periods: [3] })).toThrow(
      expect.objectContaining({ code: 'unknown-feature-family', help: 'did you mean rsi?' }) as Error,
    )
    for (const wrong of [{ families: ['rsi'] }, { lags: [0] }, { symbols: ['eth/usd'] }])
      expect(() => expandFeatures(wrong)).toThrow(expect.objectContaining({ code: 'bad-expansion' }) as Error)
    expect(() => expandFeatures({ timeframes: ['4x'] })).toThrow(expect.objectContaining({ code: 'bad-timeframe' }) as Error)
  })
})
