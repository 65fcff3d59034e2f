import { LabError } from '../../core/index.js'
import { classificationMetrics, regressionMetrics, type ClassificationMetricName, type RegressionMetricName } from '../../metrics/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Model, Task } from '../model.js'

/** Metrics that a model can be judged by. */
export type ScoreName = ClassificationMetricName | Exclude<RegressionMetricName, 'outOfSampleR2'>

/** How predictions are judged. */
export interface Scoring {
  readonly name: ScoreName
  /** Larger is always better: of a loss its negative. NaN where it is not defined. */
  readonly score: (y: Float64Array, predicted: Float64Array) => number
  /** What the metric itself is, of a score. */
  readonly value: (score: number) => number
}

/**
 * How predictions of a task are scored, as numbers of which the higher is the better.
 * @param name default auc of a classifier, rmse of a regression. Calls are made at 0.5.
 * @throws LabError `bad-score-name` for one that the task does not have
 */
export function scoringOf(task: Task, name: ScoreName = task === 'regression' ? 'rmse' : 'auc'): Scoring {
  const sign = (better: 'higher' | 'lower'): 1 | -1 => (better === 'higher' ? 1 : -1)
  if (task === 'regression') {
    // R2 out of sample needs what the training rows knew.
    const known = regressionMetrics.filter((metric) => metric.name !== 'outOfSampleR2')
    const metric = known.find((metric) => metric.name === name)
    if (metric === undefined)
      throw unknown(
        name,
        task,
        known.map((metric) => metric.name),
      )
    return scoring(name, sign(metric.better), (y, prediction) => metric.compute({ y, prediction, baseline: 0 }))
  }
  const metric = classificationMetrics.find((metric) => metric.name === name)
  if (metric === undefined)
    throw unknown(
      name,
      task,
      classificationMetrics.map((metric) => metric.name),
    )
  return scoring(name, sign(metric.better), (y, p) => metric.compute({ y, p, threshold: 0.5 }))
}

const scoring = (name: ScoreName, sign: 1 | -1, compute: (y: Float64Array, predicted: Float64Array) => number): Scoring => ({
  name,
  score: (y, predicted) => sign * compute(y, predicted),
  value: (score) => sign * score,
})

const unknown = (name: string, task: Task, known: readonly string[]): LabError =>
  new LabError('bad-score-name', `A ${task} is not scored by this.`, {
    received: name,
    expected: known.join(', '),
    help: 'leave it out for the default',
    exitCode: 2,
  })

/** Score of a fitted model on some rows. @throws LabError `undefined-score` where the metric is not defined for these rows */
export async function scoreModel(model: Model, X: FeatureMatrix, y: Float64Array, rows: Int32Array, scoring: Scoring): Promise<number> {
  const predicted = await (model.task === 'regression' ? model.predict(X, rows) : model.predictProba(X, rows))
  const score = scoring.score(
    Float64Array.from(rows, (row) => y[row]!),
    predicted,
  )
  if (!Number.isNaN(score)) return score
  throw new LabError('undefined-score', `The metric ${scoring.name} is not defined for these rows.`, {
    received: `${rows.length} rows`,
    expected: 'rows of both classes, or targets and predictions that vary',
    help: 'score more rows, or choose another metric, for example logLoss or rmse',
  })
}
