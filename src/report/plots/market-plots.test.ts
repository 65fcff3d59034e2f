import { describe, expect, it } from 'vitest'
import { sampleBars } from '../../../test/fixtures/sample-figures.js'
import { distributionDistance, featureShift } from './feature-shift.js'
import { precisionRecallCurves } from './precision-recall-curves.js'
import { confusionByThreshold } from './confusion-by-threshold.js'
import { priceChart } from './price-chart.js'
import { regimeBands } from './regime-bands.js'
import { resourceUse } from './resource-use.js'
import { thresholdScores } from './threshold-scores.js'

const bars = sampleBars(300)
const named = (figure: { readonly data: readonly Record<string, unknown>[] }, name: string): Record<string, unknown> =>
  figure.data.find((trace) => trace.name === name)!

describe('priceChart', () => {
  it('draws lines, a panel, trades inside the range and labels on the bars they belong to', () => {
    const values = Float64Array.from(bars.close, (_, i) => (i < 250 ? NaN : i))
    const trades = [240, 260].map((i) => ({ time: bars.time[i]!, price: 7, side: 'buy' as const }))
    const labels = Float64Array.from(bars.close, (_, i) => (i === 255 ? 1 : i === 256 ? 0 : NaN))
    const shown = priceChart(bars, { from: 245, to: 270, lines: [{ name: 'a', values }], panel: [{ name: 'b', values }], trades, labels })
    expect(named(shown, 'a').y).toEqual([null, null, null, null, null, ...Array.from({ length: 20 }, (_, i) => 250 + i)])
    expect(named(shown, 'b').yaxis).toBe('y2')
    expect(named(shown, 'buy').y).toEqual([7])
    const x = shown.data[0]!.x as string[]
    expect([named(shown, 'label up').x, named(shown, 'label down').x]).toEqual([[x[10]], [x[11]]])
    expect((named(shown, 'label up').y as number[])[0]).toBeLessThan(bars.low[255]!)
    expect((named(shown, 'label down').y as number[])[0]).toBeGreaterThan(bars.high[256]!)
    expect(shown.caption).toContain('Bars 245 to 269 of BTCUSD; lines: a; 1 fill as triangles')
  })

  it('refuses what does not fit the bars', () => {
    expect(() => priceChart(bars, { from: 10, to: 5 })).toThrow(expect.objectContaining({ code: 'bad-range', received: 'from 10 to 5' }))
    expect(() => priceChart(bars, { labels: [1] })).toThrow(expect.objectContaining({ code: 'bad-line', received: 'labels: 1 values' }))
  })
})

describe('confusionByThreshold', () => {
  it('adds up to all rows at every threshold, and is the confusion matrix at each', () => {
    const y = [0, 1, 1, 0, 1]
    const proba = [0.1, 0.2, 0.6, 0.7, 0.9]
    const traces = confusionByThreshold({ model: 'm', y, proba }).data as { name: string; x: number[]; y: number[] }[]
    const at = traces[0]!.x.findIndex((threshold) => threshold > 0.5)
    expect(Object.fromEntries(traces.map((trace) => [trace.name, trace.y[at]! * 5]))).toEqual({
      'called up, was up': 2,
      'called up, was down': 1,
      'called down, was up': 1,
      'called down, was down': 1,
    })
    for (const k of traces[0]!.x.keys()) expect(traces.reduce((sum, trace) => sum + trace.y[k]!, 0)).toBeCloseTo(1, 12)
    // Nothing is called up above the highest probability.
    expect(traces.map((trace) => trace.y.at(-1)! * 5)).toEqual([0, 0, 3, 2])
  })

  it('refuses columns that do not fit', () =>
    expect(() => confusionByThreshold({ model: 'm', y: [1], proba: [] })).toThrow(expect.objectContaining({ code: 'bad-shape' })))
})

describe('regimeBands', () => {
  it('makes one band of neighbours, and none where there is no regime', () => {
    const regime = Float64Array.from(bars.close, (_, i) => (i < 100 ? 0 : i < 150 ? NaN : i < 200 ? -1 : 1))
    const shapes = regimeBands(bars, regime, ['calm', 'wild']).layout.shapes as { x0: string; x1: string; y1: number }[]
    // Each stands there twice: pale behind the price, and as a strip at the foot.
    expect(shapes.filter(({ y1 }) => y1 < 1).map(({ x0, x1 }) => [x0, x1])).toEqual(
      shapes.filter(({ y1 }) => y1 === 1).map(({ x0, x1 }) => [x0, x1]),
    )
    expect(shapes.filter(({ y1 }) => y1 === 1).map(({ x0, x1 }) => [x0, x1])).toEqual([
      ['2018-01-01', '2018-01-05 04:00'],
      ['2018-01-09 08:00', '2018-01-13 12:00'],
    ])
  })

  it('gives what is too thin to be seen to the band before it', () => {
    const many = sampleBars(6000)
    const regime = Float64Array.from(many.close, (_, i) => (i < 3000 ? (i % 100 === 50 ? 1 : 0) : 1))
    const shapes = regimeBands(many, regime, ['calm', 'wild']).layout.shapes as { x0: string; x1: string; y1: number }[]
    expect(shapes.filter(({ y1 }) => y1 === 1).map(({ x0, x1 }) => [x0, x1])).toEqual([
      ['2018-01-01', '2018-05-06'],
      ['2018-05-06', '2018-09-08'],
    ])
  })

  it('names a regime without a name', () =>
    expect(() => regimeBands(bars, new Float64Array(300).fill(2), ['calm', 'wild'])).toThrow(
      expect.objectContaining({ code: 'bad-regime', received: 'regime 2', expected: 'an index into calm, wild' }),
    ))
})

describe('featureShift', () => {
  it('measures the largest distance of two distribution functions', () => {
    expect(distributionDistance([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0)
    expect(distributionDistance([1, 2], [3, 4])).toBe(1)
    // scipy.stats.ks_2samp([1, 2, 2, 3, NaN removed], [2, 3, 4]).statistic
    expect(distributionDistance([1, 2, 2, 3, NaN], [2, 3, 4])).toBeCloseTo(0.75 - 1 / 3, 12)
    expect(distributionDistance([NaN], [1])).toBeNaN()
  })

  it('shows what moved most first', () => {
    const train = Float64Array.from({ length: 100 }, (_, i) => i)
    const shown = featureShift(
      [
        { name: 'still', train, test: train },
        { name: 'moved', train, test: train.map((value) => value + 50) },
      ],
      { top: 1 },
    )
    expect(JSON.stringify(shown.layout.annotations)).toContain('moved: 0.50')
    for (const { y } of shown.data) expect((y as number[]).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(() => featureShift([])).toThrow(expect.objectContaining({ code: 'no-features' }))
  })
})

describe('thresholdScores', () => {
  it('counts calls above each threshold, and leaves out the precision of few', () => {
    const y = Array.from({ length: 100 }, (_, i) => (i >= 50 ? 1 : 0))
    const proba = y.map((_, i) => i / 100)
    const shown = thresholdScores({ model: 'm', y, proba })
    const at = (name: string, k: number): unknown => (named(shown, name).y as unknown[])[k]
    expect([at('precision', 50), at('recall', 50), at('accuracy', 50)]).toEqual([1, 1, 1])
    expect(at('share of rows called', 0)).toBeCloseTo(0.99, 12)
    expect(at('precision', 100)).toBeNull()
    expect(() => thresholdScores({ model: 'm', y, proba: [0.5] })).toThrow(expect.objectContaining({ code: 'bad-shape' }))
  })
})

it('leaves the card out of the resources where there is none', () => {
  const one = (value: number): number[] => [value]
  const host = { time: one(0), hostUsed: one(2 ** 30), hostLimit: one(2 ** 31), cpuShare: one(0.5) }
  const without = resourceUse({ ...host, gpuUsed: one(NaN), gpuLimit: one(NaN) })
  expect(without.data.map(({ name, y }) => [name, y])).toEqual([
    ['host', [1]],
    ['limit of the host', [2]],
    ['processors', [0.5]],
  ])
  expect(resourceUse({ ...host, gpuUsed: one(2 ** 29), gpuLimit: one(2 ** 30) }).data).toHaveLength(5)
})

it('names models with their average precision beside that of guessing', () => {
  const shown = precisionRecallCurves([{ model: 'a', recall: [0, 1], precision: [1, 0.5], averagePrecision: 0.6123 }], 0.5)
  expect(shown.data.map(({ name }) => name)).toEqual(['guessing 0.500', 'a 0.612'])
})
