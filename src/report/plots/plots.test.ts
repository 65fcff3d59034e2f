import { describe, expect, it } from 'vitest'
import { sampleBars, sampleFigures } from '../../../test/fixtures/sample-figures.js'
import { calibrationCurves } from './calibration-curves.js'
import { candles } from './candles.js'
import { confusionMatrix } from './confusion-matrix.js'
import { drawdown, equityCurves } from './equity-curves.js'
import { featureCorrelation } from './feature-correlation.js'
import { featureImportance } from './feature-importance.js'
import { foldScores } from './fold-scores.js'
import { foldTimeline } from './fold-timeline.js'
import { labelBalance } from './label-balance.js'
import { learningCurves } from './learning-curves.js'
import { priceOverview } from './price-overview.js'
import { probabilityHistogram } from './probability-histogram.js'
import { rocCurves } from './roc-curves.js'
import { trainingCurves } from './training-curves.js'

const HOUR = 3_600_000

it('makes plain data with a title, a caption and a name of its own', () => {
  const figures = sampleFigures(3000)
  expect(new Set(figures.map((shown) => shown.name)).size).toBe(figures.length)
  for (const { data, layout, caption, name } of figures) {
    expect(JSON.parse(JSON.stringify({ data, layout })), name).toEqual({ data, layout })
    expect((layout.title as { text: string }).text, name).not.toBe('')
    expect(caption, name).toMatch(/\.$/)
  }
})

it('draws candles of the last bars, without a volume panel where there is no volume', () => {
  const bars = sampleBars(300)
  const shown = candles(bars, { last: 50 })
  expect(shown.data).toHaveLength(2)
  expect(shown.data[0]!.close).toEqual(Array.from(bars.close.subarray(250)))
  expect((shown.data[0]!.x as string[])[0]).toBe('2018-01-11 10:00')
  expect(candles({ ...bars, volume: new Float64Array(300).fill(NaN) }).data).toHaveLength(1)
})

it('uses a logarithmic price axis only for large moves of positive prices', () => {
  const bars = sampleBars(10)
  const axisOf = (close: number[]): unknown =>
    (
      priceOverview({ ...bars, close: Float64Array.from(close), time: bars.time.subarray(0, close.length) }).layout.yaxis as {
        type: string
      }
    ).type
  expect(axisOf([1, 4])).toBe('linear')
  expect(axisOf([1, 6])).toBe('log')
  expect(axisOf([-1, 6])).toBe('linear')
})

it('counts labels by span, unknown ones apart', () => {
  const y = Float64Array.from({ length: 48 }, (_, i) => (i >= 46 ? NaN : i % 2))
  const time = Float64Array.from({ length: 48 }, (_, i) => i * HOUR)
  const shown = labelBalance({ name: 'direction', y, endTime: time, horizonBars: 2 }, time)
  expect(shown.data[2]!.y).toEqual(Array.from({ length: 23 }, () => 0.5))
  expect(shown.caption).toContain('46 labels over 2 bars ahead, 50.0 % of them up; 2 bars have no label')
  const long = Float64Array.from({ length: 12_001 }, (_, i) => (i === 12_000 ? NaN : i % 2))
  const hours = long.map((_, i) => i * HOUR)
  const one = labelBalance({ name: 'direction', y: long, endTime: hours, horizonBars: 1 }, hours)
  expect(one.caption).toContain('12,000 labels over 1 bar ahead, 50.0 % of them up; 1 bar has no label')
})

it('draws the parts of a fold where they lie, and the gaps between them', () => {
  const time = Float64Array.from({ length: 100 }, (_, i) => Date.UTC(2020, 0, 1) + i * HOUR)
  const fold = {
    index: 0,
    train: Int32Array.of(0, 1, 2),
    validation: Int32Array.of(5, 6),
    test: Int32Array.of(8, 9),
    embargoMs: HOUR,
    purged: 2,
    embargoed: 1,
  }
  const byName = new Map(foldTimeline([fold], time).data.map((trace) => [trace.name, trace]))
  expect([...byName.keys()]).toEqual(['train', 'validation', 'embargo', 'purged', 'test'])
  expect(byName.get('train')).toMatchObject({ y: ['fold 1'], base: ['2020-01-01'], x: [2 * HOUR] })
  // Two were purged, one in each gap, beside the part that their labels reach into; the third row was dropped by the embargo.
  expect(byName.get('purged')).toMatchObject({
    ...{ y: ['fold 1', 'fold 1'], x: [HOUR, HOUR] },
    base: ['2020-01-01 04:00', '2020-01-01 07:00'],
  })
  expect(byName.get('embargo')).toMatchObject({ y: ['fold 1'], x: [2 * HOUR], base: ['2020-01-01 02:00'] })
  expect(foldTimeline([{ ...fold, validation: new Int32Array(0) }], time).data.map((trace) => trace.name)).toEqual([
    'train',
    'embargo',
    'purged',
    'test',
  ])
  // Training rows after a test block: its labels reach into the rows that follow it.
  const around = { ...fold, train: Int32Array.of(20, 21), validation: new Int32Array(0), embargoed: 8 }
  const after = new Map(foldTimeline([around], time).data.map((trace) => [trace.name, trace]))
  expect(after.get('purged')).toMatchObject({ base: ['2020-01-01 09:00'], x: [2 * HOUR] })
  expect(after.get('embargo')).toMatchObject({ base: ['2020-01-01 11:00'], x: [9 * HOUR] })
})

it('writes AUC and interval into the legend', () => {
  const names = rocCurves([
    { model: 'a', fpr: [0, 1], tpr: [0, 1], auc: 0.51234, low: 0.49, high: 0.53 },
    { model: 'b', fpr: [0, 1], tpr: [0, 1], auc: 0.6 },
  ]).data.map((trace) => trace.name)
  expect(names).toEqual(['guessing 0.5', 'a 0.512 (0.490–0.530)', 'b 0.600'])
})

it('shows the counts behind a calibration curve', () => {
  const shown = calibrationCurves([{ model: 'a', predicted: [0.4, 0.6], observed: [0.45, 0.55], count: [10, 20] }])
  expect(shown.data[2]).toMatchObject({ yaxis: 'y2', y: [10, 20] })
})

describe('probabilityHistogram', () => {
  it('shares sum to one, a constant model included', () => {
    for (const proba of [[0.5, 0.5, 0.5], [0, 1, 0.3, 0.7], Float64Array.of(0.49, 0.52)]) {
      const y = probabilityHistogram([{ model: 'a', proba }]).data[0]!.y as number[]
      expect(y.slice(0, -1).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
      expect(y.at(-1)).toBe(y.at(-2))
    }
  })

  it('refuses what is no probability', () =>
    expect(() => probabilityHistogram([{ model: 'a', proba: [0.5, NaN] }])).toThrow(
      expect.objectContaining({ code: 'bad-probability', received: 'NaN at row 1 of a' }),
    ))
})

it('measures drawdown from the peak so far', () => {
  expect(drawdown([1, 2, 1.5, 3, 0.75])).toEqual([0, 0, -0.25, 0, -0.75])
  const shown = equityCurves({ strategies: [{ name: 'a', time: [0, HOUR], equity: [1, 0.9] }] })
  expect(shown.data[1]).toMatchObject({ yaxis: 'y2', fill: 'tozeroy', showlegend: false })
})

describe('featureImportance', () => {
  it('ranks by the mean share over folds, whiskers from the lowest to the highest', () => {
    const shown = featureImportance(
      {
        model: 'LightGBM 4',
        names: ['a', 'b', 'c'],
        perFold: [
          [1, 3, 0],
          [6, 2, 0],
        ],
      },
      { top: 2 },
    )
    expect(shown.name).toBe('importance-lightgbm-4')
    expect(shown.data[0]).toMatchObject({ y: ['a', 'b'], x: [0.5, 0.5], error_x: { array: [0.25, 0.25], arrayminus: [0.25, 0.25] } })
  })

  it('refuses numbers that do not match the names', () =>
    expect(() => featureImportance({ model: 'm', names: ['a'], perFold: [[1, 2]] })).toThrow(
      expect.objectContaining({ code: 'bad-importance' }),
    ))
})

describe('learningCurves', () => {
  const step = (n: number, validation: boolean) => ({
    step: n,
    totalSteps: 2,
    trainLoss: 1 / n,
    ...(validation && { validationLoss: 2 / n }),
  })

  it('draws validation and training, and marks the step that was kept', () => {
    const shown = learningCurves([{ model: 'lstm', fold: 0, report: { history: [step(1, true), step(2, true)], bestStep: 2 } }])
    expect(shown.data.map((trace) => trace.y)).toEqual([[1, 0.5], [2, 1], [1]])
  })

  it('leaves out fits without a history and says when there is none', () => {
    const shown = learningCurves([{ model: 'logistic', fold: 0, report: { history: [], bestStep: 0 } }])
    expect(shown.data).toEqual([])
    expect(JSON.stringify(shown.layout.annotations)).toContain('No fit reported a loss')
  })
})

describe('trainingCurves', () => {
  const epochs = [1, 2, 3].map((epoch) => ({ epoch, trainLoss: 1 / epoch, validationLoss: 2 / epoch, learningRate: 0.1 / epoch }))

  it('draws both losses and the rate, and marks the epoch that was kept', () => {
    const shown = trainingCurves([{ name: 'a', epochs, bestEpoch: 2 }])
    expect(shown.data.map(({ y, yaxis }) => [y, yaxis])).toEqual([
      [[1, 1 / 2, 1 / 3], undefined],
      [[2, 1, 2 / 3], undefined],
      [[1], undefined],
      [[0.1, 0.05, 0.1 / 3], 'y2'],
    ])
    expect(shown.data.map(({ showlegend }) => showlegend)).toEqual([false, true, false, false])
  })

  it('draws training losses in full where nothing is validated', () => {
    const shown = trainingCurves([{ name: 'a', epochs: epochs.map(({ validationLoss: _, ...epoch }) => epoch) }])
    expect(shown.data).toHaveLength(2)
    expect(shown.data[0]).toMatchObject({ showlegend: true, line: { dash: 'solid' } })
  })
})

it('puts models side by side in each fold, the whole last', () => {
  const shown = foldScores([
    { model: 'a', folds: [{ value: 0.5, low: 0.4, high: 0.7 }], overall: { value: 0.51 } },
    { model: 'b', folds: [{ value: NaN }], overall: { value: 0.52 } },
  ])
  expect(shown.data[0]).toMatchObject({ x: [-0.2, 0.8], y: [0.5, 0.51] })
  expect((shown.data[0]!.error_y as { array: number[] }).array[0]).toBeCloseTo(0.2)
  expect((shown.layout.xaxis as { ticktext: string[] }).ticktext).toEqual(['1', 'all folds'])
})

it('shades a confusion matrix by the share of its row', () => {
  const shown = confusionMatrix({ model: 'a', trueNegative: 3, falsePositive: 1, falseNegative: 0, truePositive: 0 })
  expect(shown.data[0]).toMatchObject({
    z: [
      [0.75, 0.25],
      [null, null],
    ],
    text: [
      ['3<br>75.0 %', '1<br>25.0 %'],
      ['0<br>no rows', '0<br>no rows'],
    ],
  })
})

describe('correlation', () => {
  it('shows one row of cells a feature', () => {
    const shown = featureCorrelation(['a', 'b', 'c'], Float64Array.of(1, 0.5, NaN, 0.5, 1, NaN, NaN, NaN, NaN))
    expect(shown.data[0]).toMatchObject({
      x: ['a', 'b', 'c'],
      z: [
        [1, 0.5, NaN],
        [0.5, 1, NaN],
        [NaN, NaN, NaN],
      ],
    })
  })

  it('refuses a matrix of another size', () =>
    expect(() => featureCorrelation(['a'], Float64Array.of(1, 0))).toThrow(expect.objectContaining({ code: 'bad-correlation' })))
})
