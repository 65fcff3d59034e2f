import { delongDifference, overlapLags, type AucDifference } from '../../metrics/index.js'
import type { LoadedRun } from '../load-run.js'
import { bestModel, evaluationOf } from '../run-metrics.js'
import type { RunPredictions } from '../run-predictions.js'
import { recordedSource } from '../run-bars.js'

/** A model of one run beside a model of another, on the rows that both predicted. */
export interface PairedAuc {
  /** Positions of the runs in the comparison. */
  readonly runs: readonly [number, number]
  readonly models: readonly [string, string]
  /** Test rows of each, and those that both have. */
  readonly rows: readonly [number, number]
  readonly common: number
  /** B - A on the common rows; null where they cannot be paired. */
  readonly test: AucDifference | null
  /** Why not. */
  readonly reason?: string
}

/**
 * The first run against each other one: every model that both have, and the best of each where these are different models. Rows are paired by time; their labels and label
 * ends must be the same. Labels that overlap are counted in as in the evaluation of the runs.
 */
export function pairedAucs(runs: readonly LoadedRun[]): PairedAuc[] {
  const [first, ...others] = runs
  if (first === undefined) return []
  return others.flatMap((other, k) => {
    const common = first.predictions.map(({ model }) => model).filter((model) => other.predictions.some((own) => own.model === model))
    const pairs = common.map((model): [string, string] => [model, model])
    const best: [string?, string?] = [bestModel(first.metrics)?.model, bestModel(other.metrics)?.model]
    if (best[0] !== undefined && best[1] !== undefined && best[0] !== best[1]) pairs.push([best[0], best[1]])
    return pairs.map((models) => pairModels([first, other], [0, k + 1], models))
  })
}

function pairModels(
  runs: readonly [LoadedRun, LoadedRun],
  positions: readonly [number, number],
  models: readonly [string, string],
): PairedAuc {
  const of = (side: 0 | 1): RunPredictions | undefined => runs[side].predictions.find(({ model }) => model === models[side])
  const [a, b] = [of(0), of(1)]
  const facts = { runs: positions, models, rows: [a?.time.length ?? 0, b?.time.length ?? 0] as const }
  const refused = (reason: string, common = 0): PairedAuc => ({ ...facts, common, test: null, reason })
  if (a === undefined || b === undefined) return refused('predictions.parquet has no such model')
  const other = differentData(runs)
  if (other !== undefined) return refused(other)
  if ([a, b].some(({ time }) => new Set(time).size < time.length)) return refused('a bar was predicted more than once')
  const rowInB = new Map(Array.from(b.time, (time, row) => [time, row]))
  const common = Array.from(a.time.keys()).flatMap((row): [number, number][] => {
    const twin = rowInB.get(a.time[row]!)
    return twin === undefined || Number.isNaN(a.label[row]) ? [] : [[row, twin]]
  })
  if (common.length === 0) return refused('no bar was predicted by both')
  if (common.some(([i, j]) => a.label[i] !== b.label[j] || a.labelEnd[i] !== b.labelEnd[j]))
    return refused('their labels differ', common.length)
  const pick = (values: Float64Array, side: 0 | 1): Float64Array => Float64Array.from(common, (pair) => values[pair[side]]!)
  const lags = Math.max(...runs.map(({ metrics }) => overlapLags(evaluationOf(metrics)?.horizonBars ?? 1)))
  const test = delongDifference(pick(a.label, 0), pick(a.probability, 0), pick(b.probability, 1), { lags })
  return Number.isNaN(test.pValue)
    ? refused('fewer than two common rows of a class', common.length)
    : { ...facts, common: common.length, test }
}

function differentData([a, b]: readonly [LoadedRun, LoadedRun]): string | undefined {
  const [first, second] = [recordedSource(a.record), recordedSource(b.record)]
  if (first === undefined || second === undefined) return undefined
  const key = (['symbol', 'timeframe'] as const).find((name) => first[name] !== second[name])
  return key === undefined ? undefined : `another ${key}: ${first[key]}, ${second[key]}`
}
