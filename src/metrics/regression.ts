import { checkSeries } from './check-series.js'
import { pearson, spearman } from './correlation.js'
import { defineMetric, type Metric } from './define-metric.js'

const meanOf = (n: number, of: (i: number) => number): number => {
  let sum = 0
  for (let i = 0; i < n; i++) sum += of(i)
  return sum / n
}

/** Root of the mean squared error, in units of y. NaN without rows. @throws LabError `bad-series` */
export function rootMeanSquaredError(y: ArrayLike<number>, prediction: ArrayLike<number>): number {
  checkSeries({ y, prediction })
  return Math.sqrt(meanOf(y.length, (i) => (y[i]! - prediction[i]!) ** 2))
}

/** Mean absolute error, in units of y. NaN without rows. @throws LabError `bad-series` */
export function meanAbsoluteError(y: ArrayLike<number>, prediction: ArrayLike<number>): number {
  checkSeries({ y, prediction })
  return meanOf(y.length, (i) => Math.abs(y[i]! - prediction[i]!))
}

/**
 * 1 - squared error / squared error of the mean of these very rows (as scikit-learn's r2_score): the mean of the test rows is not known beforehand, so on data to come a
 * constant is at or below 0. NaN where y does not vary. @throws LabError `bad-series`
 */
export function rSquared(y: ArrayLike<number>, prediction: ArrayLike<number>): number {
  return outOfSampleRSquared(y, prediction, new Float64Array(y.length).fill(meanOf(y.length, (i) => y[i]!)))
}

/**
 * 1 - squared error / squared error of a baseline that was known beforehand (Campbell & Thompson 2008): the constant, usually the mean of the training rows, or what another
 * model predicted. Above 0: better than the baseline. NaN where the baseline makes no error. @throws LabError `bad-series`
 */
export function outOfSampleRSquared(y: ArrayLike<number>, prediction: ArrayLike<number>, baseline: ArrayLike<number> | number): number {
  const constant = typeof baseline === 'number' ? new Float64Array(y.length).fill(baseline) : baseline
  checkSeries({ y, prediction, baseline: constant })
  const error = meanOf(y.length, (i) => (y[i]! - prediction[i]!) ** 2)
  const reference = meanOf(y.length, (i) => (y[i]! - constant[i]!) ** 2)
  return reference > 0 ? 1 - error / reference : NaN
}

/** Outcomes, predictions, and the constant that was known beforehand. */
export interface RegressionInput {
  readonly y: ArrayLike<number>
  readonly prediction: ArrayLike<number>
  /** What the constant baseline predicts: the mean of the training rows. */
  readonly baseline: number
}

/** What a regression is scored by, in the order of tables. */
export const regressionMetrics = [
  defineMetric({
    name: 'outOfSampleR2',
    title: 'R2 out of sample',
    unit: 'share',
    better: 'higher',
    definition: 'Share of the squared error of the training mean that the model takes away; 0 is the constant baseline, below 0 is worse.',
    compute: ({ y, prediction, baseline }) => outOfSampleRSquared(y, prediction, baseline),
  }),
  defineMetric({
    name: 'rmse',
    title: 'RMSE',
    unit: 'units of y',
    better: 'lower',
    definition: 'Root of the mean squared error.',
    compute: ({ y, prediction }) => rootMeanSquaredError(y, prediction),
  }),
  defineMetric({
    name: 'mae',
    title: 'MAE',
    unit: 'units of y',
    better: 'lower',
    definition: 'Mean absolute error.',
    compute: ({ y, prediction }) => meanAbsoluteError(y, prediction),
  }),
  defineMetric({
    name: 'r2',
    title: 'R2',
    unit: 'share',
    better: 'higher',
    definition: 'Share of the variance of these rows that is explained; it knows their mean, so use R2 out of sample for claims.',
    compute: ({ y, prediction }) => rSquared(y, prediction),
  }),
  defineMetric({
    name: 'ic',
    title: 'IC',
    unit: 'correlation',
    better: 'higher',
    definition: "Pearson's correlation of prediction and outcome; not defined for a constant.",
    compute: ({ y, prediction }) => pearson(prediction, y),
  }),
  defineMetric({
    name: 'rankIc',
    title: 'Rank IC',
    unit: 'correlation',
    better: 'higher',
    definition: "Spearman's correlation of prediction and outcome; not defined for a constant.",
    compute: ({ y, prediction }) => spearman(prediction, y),
  }),
] as const satisfies readonly Metric<RegressionInput>[]

/** Names of the metrics of regressions. */
export type RegressionMetricName = (typeof regressionMetrics)[number]['name']
