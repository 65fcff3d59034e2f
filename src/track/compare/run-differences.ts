import { recordedSource } from '../run-bars.js'
import type { LoadedRun } from '../load-run.js'
import { flatten } from './flatten.js'

export const DIFFERENCE_AREAS = ['parameters', 'config', 'data', 'code', 'environment'] as const
export type DifferenceArea = (typeof DIFFERENCE_AREAS)[number]

/** One fact in which the runs differ. */
export interface RunDifference {
  readonly area: DifferenceArea
  /** Dotted path: `validation.n_splits`. */
  readonly key: string
  /** By run; null where the run has no such fact. */
  readonly values: readonly (string | null)[]
}

export interface AreaDifferences {
  readonly area: DifferenceArea
  readonly differences: readonly RunDifference[]
  /** Facts that are equal in all runs. */
  readonly equal: number
}

/** In which facts the runs differ, area by area, each sorted by key; facts that are equal are only counted. */
export function runDifferences(runs: readonly LoadedRun[]): AreaDifferences[] {
  return DIFFERENCE_AREAS.map((area) => {
    const facts = runs.map((run) => flatten(factsOf(run, area, runs)))
    const keys = [...new Set(facts.flatMap((of) => [...of.keys()]))].sort()
    const differences = keys
      .map((key): RunDifference => ({ area, key, values: facts.map((of) => of.get(key) ?? null) }))
      .filter(({ values }) => values.some((value) => value !== values[0]))
    return { area, differences, equal: keys.length - differences.length }
  })
}

function factsOf(run: LoadedRun, area: DifferenceArea, all: readonly LoadedRun[]): unknown {
  const { record } = run
  switch (area) {
    case 'parameters':
      return { ...record.parameters, seed: record.seed }
    case 'config':
      return record.config
    case 'data':
      return dataFacts(run, all)
    case 'code':
      return { commit: record.git?.commit, 'uncommitted changes': record.git?.dirty, notebook: record.notebook }
    case 'environment': {
      const { memoryBytes: _memory, ...environment } = record.environment
      return { ...environment, device: record.device }
    }
  }
}

function dataFacts(run: LoadedRun, all: readonly LoadedRun[]): object {
  const { name, sha256, symbol, timeframe, rows, from, to } = recordedSource(run.record) ?? {}
  const label = run.metrics?.label as { name?: unknown; horizonBars?: unknown } | undefined
  return {
    ...{ name, sha256, symbol, timeframe, rows, from, to },
    label: label?.name,
    'label horizon (bars)': label?.horizonBars,
    features: featureFact(run, all),
  }
}

function featuresOf({ metrics }: LoadedRun): readonly string[] | undefined {
  const features = metrics?.features
  return Array.isArray(features) ? (features as string[]) : undefined
}

/** How many features, and a few of those that another run lacks. */
function featureFact(run: LoadedRun, all: readonly LoadedRun[]): string | undefined {
  const own = featuresOf(run)
  if (own === undefined) return undefined
  const others = all.filter((other) => other !== run).flatMap((other) => featuresOf(other) ?? own)
  const common = (name: string): boolean => all.every((other) => (featuresOf(other) ?? own).includes(name))
  const alone = own.filter((name) => others.length > 0 && !common(name))
  if (alone.length === 0) return String(own.length)
  return `${own.length}; not in every run: ${alone.slice(0, 5).join(', ')}${alone.length > 5 ? `, ${alone.length - 5} more` : ''}`
}
