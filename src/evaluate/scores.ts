import { classificationMetrics, type ClassificationMetricName } from '../metrics/index.js'

/** Scores by metric name; null where a metric is not defined for these rows. */
export type Scores = Readonly<Record<ClassificationMetricName, number | null>>

/** Scores of one fold's test rows. */
export interface FoldScores {
  readonly fold: number
  readonly rows: number
  readonly scores: Scores
}

/** How one metric moves over the folds, from those where it is defined; null where in none. `std` (ddof 1) is null below two folds. */
export interface Stability {
  readonly mean: number | null
  readonly std: number | null
  readonly worst: number | null
  readonly best: number | null
  readonly folds: number
}

/** Every classification metric of probabilities. @param threshold called up where the probability is above it */
export function scoreProbabilities(y: Float64Array, p: Float64Array, threshold = 0.5): Scores {
  const computed = new Map(classificationMetrics.map(({ name, compute }) => [name, compute({ y, p, threshold })]))
  return byMetric((name) => {
    const value = computed.get(name)!
    return Number.isFinite(value) ? value : null
  })
}

/** Mean, deviation, worst and best of every metric over folds. */
export const foldStability = (folds: readonly FoldScores[]): Readonly<Record<ClassificationMetricName, Stability>> =>
  byMetric((name, better) =>
    stabilityOf(
      folds.map(({ scores }) => scores[name]),
      better,
    ),
  )

function byMetric<T>(of: (name: ClassificationMetricName, better: 'higher' | 'lower') => T): Readonly<Record<ClassificationMetricName, T>> {
  return Object.fromEntries(classificationMetrics.map(({ name, better }) => [name, of(name, better)])) as Record<
    ClassificationMetricName,
    T
  >
}

function stabilityOf(values: readonly (number | null)[], better: 'higher' | 'lower'): Stability {
  const known = values.filter((value): value is number => value !== null)
  if (known.length === 0) return { mean: null, std: null, worst: null, best: null, folds: 0 }
  const mean = known.reduce((a, b) => a + b, 0) / known.length
  const std = known.length < 2 ? null : Math.sqrt(known.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (known.length - 1))
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return { mean, std, worst: better === 'higher' ? low : high, best: better === 'higher' ? high : low, folds: known.length }
}
