import { accuracy, confusion, f1, mcc, precision, recall, type Confusion } from './confusion.js'
import { expectedCalibrationError } from './calibration.js'
import { defineMetric, type Metric } from './define-metric.js'
import { brier, logLoss } from './probability.js'
import { rocAuc } from './roc.js'

/** Outcomes, probabilities, and from where a row is called up. */
export interface ClassificationInput {
  /** Targets, 0 or 1. */
  readonly y: ArrayLike<number>
  /** Probabilities of 1. */
  readonly p: ArrayLike<number>
  /** Called up where p is above it. */
  readonly threshold: number
}

const fromTable = (of: (table: Confusion) => number) => (input: ClassificationInput) => of(confusion(input.y, input.p, input.threshold))

/** What each model and baseline is scored by, in the order of tables. */
export const classificationMetrics = [
  defineMetric({
    name: 'auc',
    title: 'AUC',
    unit: 'share',
    better: 'higher',
    definition:
      'Chance that a random up row has a higher probability than a random other row, ties half; 0.5 is chance; not defined with one class.',
    compute: ({ y, p }) => rocAuc(y, p),
  }),
  defineMetric({
    name: 'logLoss',
    title: 'Log-loss',
    unit: 'nats',
    better: 'lower',
    definition: 'Mean of -ln(probability given to what happened), probabilities clipped to 1e-15; 0.6931 is a constant 0.5.',
    compute: ({ y, p }) => logLoss(y, p),
  }),
  defineMetric({
    name: 'brier',
    title: 'Brier score',
    unit: 'probability squared',
    better: 'lower',
    definition: 'Mean squared distance of probability and outcome; 0.25 is a constant 0.5.',
    compute: ({ y, p }) => brier(y, p),
  }),
  defineMetric({
    name: 'accuracy',
    title: 'Accuracy',
    unit: 'share',
    better: 'higher',
    definition: 'Share of rows called rightly, up where the probability is above the threshold.',
    compute: fromTable(accuracy),
  }),
  defineMetric({
    name: 'precision',
    title: 'Precision',
    unit: 'share',
    better: 'higher',
    definition: 'Of the rows called up, the share that were; not defined where none was called up.',
    compute: fromTable(precision),
  }),
  defineMetric({
    name: 'recall',
    title: 'Recall',
    unit: 'share',
    better: 'higher',
    definition: 'Of the rows that were up, the share called so; not defined where none was up.',
    compute: fromTable(recall),
  }),
  defineMetric({
    name: 'f1',
    title: 'F1',
    unit: 'share',
    better: 'higher',
    definition: 'Harmonic mean of precision and recall; not defined where nothing was up or called up.',
    compute: fromTable(f1),
  }),
  defineMetric({
    name: 'mcc',
    title: 'Matthews correlation',
    unit: 'correlation',
    better: 'higher',
    definition: 'Correlation of call and outcome, -1..1; 0 is chance; not defined where only one thing was called or happened.',
    compute: fromTable(mcc),
  }),
  defineMetric({
    name: 'calibrationError',
    title: 'Calibration error',
    unit: 'share',
    better: 'lower',
    definition: 'Mean |observed share - mean probability| over 10 bins of equal frequency, weighted by rows.',
    compute: ({ y, p }) => expectedCalibrationError(y, p),
  }),
] as const satisfies readonly Metric<ClassificationInput>[]

/** Names of the metrics of classifications. */
export type ClassificationMetricName = (typeof classificationMetrics)[number]['name']
