import { createRng } from '../core/index.js'
import type { Bars } from '../data/index.js'
import type { Figure } from './figure.js'
import * as report from './index.js'

const HOUR = 3_600_000
const MODELS = ['logistic', 'lightgbm', 'lstm']

/** One of every plot, from synthetic data of about the size of a real run; the same each time. For tests only. */
export function sampleFigures(rows = 6000): Figure[] {
  const rng = createRng(7, 'sample-figures')
  const bars = sampleBars(rows)
  const up = Float64Array.from(bars.close, (close, i) => (i + 12 < rows ? Number(bars.close[i + 12]! > close) : NaN))
  const labels = { name: 'direction-12', y: up, endTime: bars.time, horizonBars: 12 }
  const folds = Array.from({ length: 5 }, (_, index) => {
    const test = Math.floor(rows * (0.5 + 0.1 * index))
    const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, k) => from + k)
    return {
      index,
      train: range(0, test - 700),
      validation: range(test - 600, test - 100),
      test: range(test, Math.min(rows, test + rows / 10)),
      embargoMs: 12 * HOUR,
      purged: 24,
      embargoed: 176,
    }
  })
  const aucs = [0.513, 0.537, 0.528]
  const names = Array.from(
    { length: 25 },
    (_, j) => ['return', 'volatility', 'rsi', 'macd_histogram', 'volume_z'][j % 5]! + `_${[3, 7, 14, 28, 56][Math.floor(j / 5)]}`,
  )
  const steps = Array.from({ length: 501 }, (_, i) => i / 500)
  const curveFor = (model: string, drift: number): report.EquityCurve => {
    let value = 1
    return {
      name: model,
      time: bars.time.subarray(rows / 2),
      equity: Array.from({ length: rows / 2 }, () => (value *= 1 + drift + 0.006 * rng.normal())),
    }
  }
  const X = { names, time: bars.time.subarray(0, 800), rows: 800, values: Float64Array.from({ length: 800 * 25 }, () => rng.normal()) }
  for (let row = 0; row < 800; row++) for (let j = 1; j < 25; j++) X.values[row * 25 + j]! += (j % 3) * 0.6 * X.values[row * 25 + j - 1]!
  return [
    report.candles(bars),
    report.priceOverview(bars),
    report.labelBalance(labels, bars.time),
    report.foldTimeline(folds, bars.time),
    report.rocCurves(
      MODELS.map((model, i) => ({
        model,
        fpr: steps,
        tpr: steps.map((x) => x ** (1 / aucs[i]! - 1)),
        auc: aucs[i]!,
        low: aucs[i]! - 0.018,
        high: aucs[i]! + 0.018,
      })),
    ),
    report.calibrationCurves(
      MODELS.map((model, i) => {
        const predicted = Array.from({ length: 10 }, (_, bin) => 0.36 + 0.03 * bin + 0.005 * i)
        return {
          model,
          predicted,
          observed: predicted.map((p) => 0.5 + (p - 0.5) * 0.6 + 0.02 * rng.normal()),
          count: predicted.map((p) => Math.round(600 * Math.exp(-(((p - 0.5) / 0.07) ** 2)))),
        }
      }),
    ),
    report.probabilityHistogram(
      MODELS.map((model, i) => ({
        model,
        proba: Float64Array.from({ length: 3000 }, () => 1 / (1 + Math.exp(-(0.15 + 0.1 * i) * rng.normal()))),
      })),
      { threshold: 0.55 },
    ),
    report.equityCurves({
      strategies: MODELS.map((model, i) => curveFor(model, 0.00002 * i)),
      benchmark: curveFor('buy and hold', 0.0001),
    }),
    report.featureImportance({
      model: 'lightgbm',
      names,
      series: 1,
      perFold: Array.from({ length: 5 }, () => names.map((_, j) => Math.exp(-j / 6) * (0.7 + 0.6 * rng.next()))),
    }),
    report.learningCurves(
      ['lightgbm', 'lstm'].flatMap((model, m) =>
        folds.map(({ index }) => {
          const history = Array.from({ length: m === 0 ? 120 : 14 }, (_, k) => {
            const share = (k + 1) / (m === 0 ? 120 : 14)
            return {
              step: k + 1,
              totalSteps: 200,
              trainLoss: 0.694 - 0.02 * share - 0.001 * index,
              validationLoss: 0.694 - 0.012 * share + 0.014 * share ** 2 + 0.0006 * rng.normal(),
            }
          })
          return { model, fold: index, report: { history, bestStep: Math.round(history.length * 0.45) } }
        }),
      ),
    ),
    report.foldScores(
      MODELS.map((model, i) => ({
        model,
        folds: folds.map(() => aucs[i]! + 0.015 * rng.normal()).map((value) => ({ value, low: value - 0.035, high: value + 0.035 })),
        overall: { value: aucs[i]!, low: aucs[i]! - 0.018, high: aucs[i]! + 0.018 },
      })),
    ),
    ...MODELS.map((model, i) =>
      report.confusionMatrix({ model, trueNegative: 820 + 20 * i, falsePositive: 640, falseNegative: 790, truePositive: 750 + 9 * i }),
    ),
    report.featureCorrelation(names, report.pearsonCorrelation(X)),
  ]
}

export function sampleBars(rows: number): Bars {
  const rng = createRng(7, 'sample-bars')
  const time = Float64Array.from({ length: rows }, (_, i) => Date.UTC(2018, 0, 1) + i * HOUR)
  let price = 8000
  const open = new Float64Array(rows)
  const [high, low, close, volume] = [open.slice(), open.slice(), open.slice(), open.slice()]
  for (let i = 0; i < rows; i++) {
    open[i] = price
    price *= Math.exp(0.007 * rng.normal())
    close[i] = price
    high[i] = Math.max(open[i]!, price) * (1 + 0.004 * rng.next())
    low[i] = Math.min(open[i]!, price) * (1 - 0.004 * rng.next())
    volume[i] = 100 * Math.exp(0.6 * rng.normal())
  }
  return { symbol: 'BTCUSD', timeframeMs: HOUR, time, open, high, low, close, volume }
}
