import { describe, expect, it } from 'vitest'
import { barRange } from '../data/index.js'
import { completeRows } from '../preprocess/index.js'
import { defineFeature } from './define-feature.js'
import { FeatureEngineer } from './engineer.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { allFeatures, selectFeatures } from './registry.js'

const bars = randomBars(200, 1)
const code = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'nothing thrown'
}

describe('FeatureEngineer', () => {
  it('gives one row a bar, row-major, complete after the warm-up', () => {
    const engineer = new FeatureEngineer()
    const X = engineer.fitTransform(bars)
    expect(X.names).toEqual(engineer.getFeatureNames())
    expect([X.rows, X.values.length, X.warmupBars]).toEqual([200, 200 * X.names.length, 111])
    expect(completeRows(X).indexOf(1)).toBe(111)
    expect(completeRows(X).reduce((a, b) => a + b)).toBe(89)
    const column = X.names.indexOf('log_return_3')
    expect(X.values[100 * X.names.length + column]).toBeCloseTo(Math.log(bars.close[100]! / bars.close[97]!), 15)
    expect(X.dropped).toEqual([])
  })

  it('leaves out volume features where there is no volume, and says why', () => {
    const without = new FeatureEngineer().fitTransform({ ...bars, volume: bars.volume.map(() => NaN) })
    expect(without.dropped).toContainEqual({ name: 'obv_slope_24', reason: 'the bars have no volume' })
    expect(new Set(without.dropped.map(({ reason }) => reason))).toEqual(new Set(['the bars have no volume']))
    expect(allFeatures.filter(({ inputs }) => inputs.includes('volume')).map(({ name }) => name)).toEqual(
      without.dropped.map(({ name }) => name),
    )
    expect(without.names).not.toContain('volume_z_24')
    const zero = new FeatureEngineer({ groups: ['volume', 'price'] }).fitTransform({ ...bars, volume: bars.volume.map(() => 0) })
    expect(new Set(zero.dropped.map(({ reason }) => reason))).toEqual(new Set(['the bars have no volume above 0']))
  })

  it('leaves out the hour for daily bars, and keeps the day of the week', () => {
    const day = 86_400_000
    const daily = new FeatureEngineer({ groups: ['time'] }).fitTransform({
      ...bars,
      timeframeMs: day,
      time: bars.time.map((_, i) => i * day),
    })
    expect(daily.names.slice(0, 2)).toEqual(['weekday_sin', 'weekday_cos'])
    expect(daily.dropped.map(({ name }) => name)).toEqual(['hour_sin', 'hour_cos', 'session_tokyo', 'session_london', 'session_new_york'])
  })

  it('keeps the fitted columns for other bars', () => {
    const engineer = new FeatureEngineer().fit({ ...bars, volume: bars.volume.map(() => NaN) })
    expect(engineer.transform(bars).names).not.toContain('volume_z_24')
  })

  it('selects by group and name, and takes features of your own', () => {
    const trend = selectFeatures({ groups: ['trend'], drop: ['adx_14'] })
    expect(new Set(trend.map(({ group }) => group))).toEqual(new Set(['trend']))
    expect(trend.map(({ name }) => name)).not.toContain('adx_14')
    expect(selectFeatures({ names: ['rsi_21', 'sma_distance_200'] }).map(({ name, lookback }) => [name, lookback])).toEqual([
      ['rsi_21', 21],
      ['sma_distance_200', 199],
    ])
    expect(selectFeatures({ names: ['rsi_14', 'log_return_1'] }).map(({ name }) => name)).toEqual(['log_return_1', 'rsi_14'])
    const mine = defineFeature({
      name: 'my_range',
      group: 'price',
      description: 'high / low',
      inputs: ['high', 'low'],
      params: {},
      lookback: 0,
      compute: ({ high, low }) => high.map((v, i) => v / low[i]!),
    })
    expect(new FeatureEngineer({ features: [...allFeatures, mine], names: ['my_range'] }).fitTransform(bars).values[3]).toBe(
      bars.high[3]! / bars.low[3]!,
    )
  })

  it('learns scaling and selection from the bars it is fitted on, and applies them to any others, bar by bar too', () => {
    const long = randomBars(600, 4)
    const training = barRange(long, 0, 400)
    const preprocess = { scaler: 'robust', dropCorrelated: { threshold: 0.9 }, winsorise: {} } as const
    const engineer = new FeatureEngineer({ preprocess }).fit(training)
    const X = engineer.transform(long)
    expect(X.names).toEqual(engineer.getFeatureNames())
    expect(X.names.length).toBeLessThan(engineer.getFeatures().length)
    expect(engineer.getPreprocessor()!.dropped.length).toBeGreaterThan(0)
    const altered = {
      ...long,
      close: long.close.map((v, i) => (i < 400 ? v : v * 3)),
      high: long.high.map((v, i) => (i < 400 ? v : v * 4)),
    }
    expect(
      new FeatureEngineer({ preprocess })
        .fit(barRange(altered, 0, 400))
        .getPreprocessor()!
        .toJSON(),
    ).toEqual(engineer.getPreprocessor()!.toJSON())
    const stream = engineer.stream()
    for (let i = 0; i < 300; i++) {
      const bar = {
        time: long.time[i]!,
        open: long.open[i]!,
        high: long.high[i]!,
        low: long.low[i]!,
        close: long.close[i]!,
        volume: long.volume[i]!,
      }
      const row = stream.push(bar)
      if (i % 50 === 0) expect([...row]).toEqual([...X.values.subarray(i * X.names.length, (i + 1) * X.names.length)])
    }
    expect(() => new FeatureEngineer({ preprocess: { missing: 'forward-fill' } }).fit(training).stream()).toThrow(
      expect.objectContaining({ code: 'not-streamable' }) as Error,
    )
  })

  it('explains what is wrong', () => {
    expect(() => selectFeatures({ names: ['rsi14'] })).toThrow(
      expect.objectContaining({ code: 'unknown-feature', help: 'did you mean rsi_14?' }) as Error,
    )
    expect(() => selectFeatures({ groups: ['momentun' as never] })).toThrow(
      expect.objectContaining({ code: 'unknown-feature-group', help: 'did you mean momentum?' }) as Error,
    )
    expect(code(() => new FeatureEngineer().transform(bars))).toBe('not-fitted')
    expect(code(() => new FeatureEngineer().fit(randomBars(111, 1)))).toBe('too-few-bars')
    expect(code(() => new FeatureEngineer({ names: ['rsi_14'], drop: ['rsi_14'] }))).toBe('no-features')
    expect(code(() => new FeatureEngineer({ groups: ['volume'] }).fit({ ...bars, volume: bars.volume.map(() => NaN) }))).toBe('no-features')
    expect(code(() => defineFeature({ name: 'Bad Name', group: 'price', description: '', column: ({ close }) => close }))).toBe(
      'bad-feature',
    )
    expect(code(() => selectFeatures({}, [allFeatures[0]!, allFeatures[0]!]))).toBe('duplicate-feature')
  })
})

describe('completeRows', () => {
  it('asks for the whole history of a sequence', () => {
    const X = { names: ['a'], time: new Float64Array(6), rows: 6, values: Float64Array.of(NaN, 1, 2, NaN, 3, 4) }
    expect([...completeRows(X)]).toEqual([0, 1, 1, 0, 1, 1])
    expect([...completeRows(X, { historyRows: 2 })]).toEqual([0, 0, 1, 0, 0, 1])
  })
})
