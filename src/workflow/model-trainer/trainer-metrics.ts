import { foldStability, scoreProbabilities, type FoldScores, type Scores, type Stability } from '../../evaluate/index.js'
import { delongInterval, overlapLags, type ClassificationMetricName } from '../../metrics/index.js'
import type { FoldFit } from '../fits/fit-options.js'

/** Scores on the hold-out and over the folds. */
export interface TrainerMetrics {
  /** What search and cross-validation were judged by. */
  readonly metric: ClassificationMetricName
  /** On the latest rows, which nothing but this score has seen. */
  readonly holdout: {
    readonly rows: number
    readonly scores: Scores
    /** 95 % interval of the AUC by DeLong, overlapping labels counted in; null where it is not defined. */
    readonly auc: { readonly lower: number; readonly upper: number; readonly standardError: number } | null
  }
  /** Walk-forward folds before it. Parameters and columns were chosen on these: the scores flatter. */
  readonly cv: {
    readonly rows: number
    readonly folds: readonly FoldScores[]
    readonly stability: Readonly<Record<ClassificationMetricName, Stability>>
  }
}

/** @param horizonBars most bars that a label looks ahead */
export function trainerMetrics(
  metric: ClassificationMetricName,
  y: Float64Array,
  horizonBars: number,
  cv: readonly FoldFit[],
  holdout: FoldFit,
): TrainerMetrics {
  const targets = ({ rows }: FoldFit): Float64Array => Float64Array.from(rows, (row) => y[row]!)
  const { lower, upper, standardError } = delongInterval(targets(holdout), holdout.proba, { lags: overlapLags(horizonBars) })
  const folds = cv.map((fit) => ({ fold: fit.fold, rows: fit.rows.length, scores: scoreProbabilities(targets(fit), fit.proba) }))
  return {
    metric,
    holdout: {
      rows: holdout.rows.length,
      scores: scoreProbabilities(targets(holdout), holdout.proba),
      auc: Number.isNaN(lower) ? null : { lower, upper, standardError },
    },
    cv: { rows: folds.reduce((sum, { rows }) => sum + rows, 0), folds, stability: foldStability(folds) },
  }
}
