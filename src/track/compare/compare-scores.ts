import type { LoadedRun } from '../load-run.js'
import { evaluationOf, type RunMetrics } from '../run-metrics.js'
import { flatten } from './flatten.js'

/** The scores of one model in one run; null where a score is not defined. */
export interface ComparedScores {
  readonly rows: number
  readonly auc: number | null
  /** Ends of the AUC's confidence interval. */
  readonly lower: number | null
  readonly upper: number | null
  readonly scores: Readonly<Record<string, number | null>>
  /** Of its backtest, where the run has one. */
  readonly trading: { readonly totalReturn: number; readonly sharpe: number; readonly maxDrawdown: number; readonly fills: number } | null
}

export interface ComparedModel {
  readonly model: string
  readonly role: 'model' | 'baseline'
  /** By run; null where the run has no such model. */
  readonly runs: readonly (ComparedScores | null)[]
}

/** A number of metrics.json outside the evaluation that is not the same in all runs. */
export interface OtherMetric {
  readonly key: string
  readonly values: readonly (string | null)[]
}

/** Every model of any run, in the order of their first mention, baselines last. */
export function compareScores(runs: readonly LoadedRun[]): ComparedModel[] {
  const evaluations = runs.map(({ metrics }) => evaluationOf(metrics))
  const roles = new Map<string, 'model' | 'baseline'>()
  for (const evaluation of evaluations)
    for (const { model, role } of evaluation?.models ?? []) if (!roles.has(model)) roles.set(model, role)
  const models = [...roles].map(([model, role]): ComparedModel => ({
    model,
    role,
    runs: runs.map(({ metrics }, i) => {
      const entry = evaluations[i]?.models.find((own) => own.model === model)
      if (entry === undefined) return null
      const { rows, pooled, aucInterval } = entry
      const ends = { lower: aucInterval?.lower ?? null, upper: aucInterval?.upper ?? null }
      return { rows, auc: pooled.auc, ...ends, scores: pooled, trading: tradingOf(metrics, model) }
    }),
  }))
  return [...models.filter(({ role }) => role === 'model'), ...models.filter(({ role }) => role === 'baseline')]
}

function tradingOf(metrics: RunMetrics | undefined, model: string): ComparedScores['trading'] {
  const all = metrics?.trading
  if (!Array.isArray(all)) return null
  const entry = (all as { model?: string; net?: Record<string, unknown>; fills?: unknown }[]).find((own) => own.model === model)
  if (entry?.net === undefined) return null
  const { totalReturn, sharpe, maxDrawdown } = entry.net
  // A figure that is not defined stands in metrics.json as the word NaN.
  return {
    ...{ totalReturn: Number(totalReturn), sharpe: Number(sharpe), maxDrawdown: Number(maxDrawdown) },
    fills: Number(entry.fills),
  }
}

/** Parts of metrics.json that are compared as scores, data or trading; the rest is what a notebook keeps of its own. */
const COMPARED_ELSEWHERE = ['evaluation', 'trading', 'dataset', 'features', 'leaks', 'label', 'folds', 'fits', 'gates', 'verdict']

export function compareOtherMetrics(runs: readonly LoadedRun[]): OtherMetric[] {
  const facts = runs.map(({ metrics = {} }) =>
    flatten(Object.fromEntries(Object.entries(metrics).filter(([key]) => !COMPARED_ELSEWHERE.includes(key)))),
  )
  return [...new Set(facts.flatMap((of) => [...of.keys()]))]
    .map((key) => ({ key, values: facts.map((of) => of.get(key) ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]) && values.every((value) => (value ?? '').length < 200))
}
