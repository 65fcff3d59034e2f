import { existsSync, readFileSync } from 'node:fs'
import { displayPath, LabError } from '../core/index.js'
import type { Evaluation, ModelEvaluation } from '../evaluate/index.js'
import { metricsFile } from './run-record.js'

/** Contents of metrics.json. What a notebook writes there is its own; the parts named here are those of a classification. */
export type RunMetrics = Readonly<Record<string, unknown>>

/** metrics.json of a run; undefined where there is none. @throws LabError `metrics-unreadable` */
export function readMetrics(folder: string): RunMetrics | undefined {
  const path = metricsFile(folder)
  if (!existsSync(path)) return undefined
  let cause: unknown
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (isObject(value)) return value
  } catch (error) {
    cause = error
  }
  throw new LabError('metrics-unreadable', 'The metrics of a run cannot be read.', {
    received: displayPath(path),
    expected: 'a whole metrics.json, as written by this project',
    help: 'npm run pipeline -- --resume ID writes it again; finished fits are reused',
    ...(cause !== undefined && { cause }),
  })
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

/** The scores of models and baselines; undefined where metrics.json has none of that form. */
export function evaluationOf(metrics: RunMetrics | undefined): Evaluation | undefined {
  const evaluation = metrics?.evaluation
  if (!isObject(evaluation) || !Array.isArray(evaluation.models)) return undefined
  const whole = evaluation.models.every(
    (entry: unknown) => isObject(entry) && typeof entry.model === 'string' && isObject(entry.pooled) && Array.isArray(entry.folds),
  )
  return whole ? (evaluation as unknown as Evaluation) : undefined
}

/** The model (no baseline) with the highest pooled AUC; undefined where none has one. */
export function bestModel(metrics: RunMetrics | undefined): ModelEvaluation | undefined {
  const models = (evaluationOf(metrics)?.models ?? []).filter(({ role, pooled }) => role === 'model' && typeof pooled.auc === 'number')
  return [...models].sort((a, b) => b.pooled.auc! - a.pooled.auc!)[0]
}

/** `edge`, `no-edge`, ...: what the verdict came to; undefined where there is none. */
export function verdictOf(metrics: RunMetrics | undefined): string | undefined {
  const verdict = metrics?.verdict
  return isObject(verdict) && typeof verdict.outcome === 'string' ? verdict.outcome : undefined
}
