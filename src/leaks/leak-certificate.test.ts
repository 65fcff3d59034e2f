import { describe, expect, it } from 'vitest'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { leakySteps } from '../../test/fixtures/leaky-steps.js'
import { DISPLAY, manualClock } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { FeatureEngineer } from '../features/index.js'
import { directionLabels } from '../labels/index.js'
import { fitStandardScaler } from '../preprocess/index.js'
import { walkForward } from '../split/index.js'
import type { StreamingTransform } from './bar-transform.js'
import { certifyLeaks } from './certify-leaks.js'
import { checkFeatures } from './feature-leaks.js'
import { assertNoLeaks } from './leak-certificate.js'

const bars = randomBars(500, 7)
const transform = new FeatureEngineer({ names: ['rsi_14', 'log_return_1'] }).fit(bars)
const X = transform.transform(bars)
const labels = directionLabels(bars, { horizonBars: 3 })
const folds = walkForward({ time: bars.time, labelEndTime: labels.endTime, horizonMs: 3 * bars.timeframeMs, nSplits: 2, testSize: 0.3 })
const scaler = { name: 'scaler', fit: fitStandardScaler }
const rows = folds[0]!.train.filter((row) => row > 20)

describe('certifyLeaks', () => {
  const certificate = certifyLeaks(
    {
      features: { transform, bars },
      labels: { make: (part) => directionLabels(part, { horizonBars: 3 }), bars },
      folds: { time: bars.time, labelEndTime: labels.endTime, folds },
      fittedSteps: { step: scaler, X, rows },
    },
    { seed: 4, clock: manualClock(0) },
  )

  it('certifies what is clean and says how it looked', () => {
    expect(assertNoLeaks(certificate)).toBe(certificate)
    expect(certificate).toMatchObject({ clean: true, leakCount: 0, seed: 4, seconds: 0 })
    const text = certificate[DISPLAY]()['text/plain'] as string
    expect(text).toMatch(/^No leak found: 4 checks, [\d,]+ values compared in 0\.0 s\./)
    expect(text).toContain('features, RANDOM 1h, 2 columns: clean. bar by bar (all 500); whole series cut and lengthened (5)')
    expect(text).toContain('labels, RANDOM 1h, direction_3: clean. end times read (all 500); short stretches cut')
    expect(text).toContain('folds, 2 folds: clean. label spans compared (all 2)')
    expect(text).toContain('fitted step, scaler,')
  })

  it('is all in its JSON, and repeats', () => {
    const again = certifyLeaks({ features: { transform, bars } }, { seed: 4, clock: manualClock(0) })
    expect(JSON.parse(JSON.stringify(again))).toEqual({
      ...JSON.parse(JSON.stringify(certificate)),
      checks: [certificate.checks[0]],
      comparedValues: again.comparedValues,
    })
  })

  it('shows leaks and stops the work', () => {
    const bad = certifyLeaks({ features: { transform, bars }, fittedSteps: { step: leakySteps[0]!, X, rows } }, { clock: manualClock(0) })
    expect(bad).toMatchObject({ clean: false, leakCount: 1 })
    const shown = bad[DISPLAY]()
    expect(shown['text/plain']).toContain('1 LEAK FOUND in 2 checks')
    expect(shown['text/html']).toContain('z-score of the whole sample')
    expect(() => assertNoLeaks(bad)).toThrow(
      expect.objectContaining({
        code: 'look-ahead',
        received: expect.stringContaining('other rows altered, mean[0] (log_return_1)') as string,
      }) as Error,
    )
  })

  it('refuses nothing and too little', () => {
    const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
    expect(() => certifyLeaks({})).toThrow(thrown('nothing-to-check'))
    expect(() => certifyLeaks({ features: [] })).toThrow(thrown('nothing-to-check'))
    expect(() => certifyLeaks({ features: { transform, bars: randomBars(2, 1) } })).toThrow(thrown('too-few-bars'))
  })
})

describe("a streaming transform of one's own", () => {
  /** Sum of the closes of all bars so far, in one column. */
  const sums = (ahead: number): StreamingTransform => ({
    transform: ({ time, close }: Bars) => {
      let sum = 0
      return {
        names: ['sum'],
        time,
        rows: time.length,
        values: close.map((v, i) => (sum += v) + (i % 100 === 99 ? ahead * (close[i + 1] ?? v) : 0)),
      }
    },
    stream: () => {
      let sum = 0
      return { push: ({ close }) => [(sum += close)] }
    },
  })

  it('is compared at every bar', () => {
    const { leaks, methods } = checkFeatures({ transform: sums(0), bars })
    expect(leaks).toEqual([])
    expect(methods[0]).toEqual({ name: 'bar by bar', points: 500, everyBar: true, comparedValues: 500 })
  })

  it('finds a peek at one bar in a hundred', () => {
    const { leaks } = checkFeatures({ transform: sums(1), bars })
    expect(leaks).toEqual([
      { column: 'sum', bar: 99, time: '2020-01-05T03:00:00.000Z', evidence: 'shown only the bars up to it', nearestBars: 1, reachBars: 1 },
    ])
  })

  it('says so where batch and bar by bar differ without any look-ahead', () => {
    const biased: StreamingTransform = { ...sums(0), stream: () => ({ push: () => [0] }) }
    expect(checkFeatures({ transform: biased, bars }).leaks).toMatchObject([
      { bar: 0, evidence: 'shown only the bars up to it', nearestBars: null, reachBars: null },
    ])
    const wide: StreamingTransform = { ...sums(0), stream: () => ({ push: () => [1, 2] }) }
    expect(() => checkFeatures({ transform: wide, bars })).toThrow(expect.objectContaining({ code: 'bad-transform' }) as Error)
  })

  it('lets rounding pass only where it is told to', () => {
    const rounding = {
      transform: ({ time, close }: Bars) => ({
        names: ['a'],
        time,
        rows: time.length,
        values: close.map((v) => v * (1 + 1e-15 * time.length)),
      }),
    }
    expect(checkFeatures({ transform: rounding, bars }).leaks).toHaveLength(1)
    expect(checkFeatures({ transform: rounding, bars }, { tolerance: 1e-11 }).leaks).toEqual([])
  })

  it('explains a transform that throws on part of the bars', () => {
    const fussy = {
      transform: (part: Bars) => {
        if (part.time.length < 500) throw new Error('too short for me')
        return { names: ['a'], time: part.time, rows: part.time.length, values: part.close }
      },
    }
    expect(() => checkFeatures({ transform: fussy, bars })).toThrow(
      expect.objectContaining({ code: 'leak-check-stopped', received: expect.stringContaining('too short for me') as string }) as Error,
    )
  })
})
