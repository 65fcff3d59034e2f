import { backtestLongFlat } from '../../backtest/index.js'
import { LabError } from '../../core/index.js'
import type { Bars } from '../../data/index.js'
import { overfittingReport, poolPredictions, type OverfittingReport, type Prediction } from '../../evaluate/index.js'
import { periodsPerYear, simpleReturns } from '../../metrics/index.js'

export interface StudyReturnsInput {
  readonly bars: Bars
  /** Of every finished trial its predictions of the same test rows, for example the fits of its folds. `model` of each prediction is not looked at. */
  readonly trials: readonly { readonly name: string; readonly predictions: readonly Prediction[] }[]
  /** Long above this probability; default 0.5. */
  readonly threshold?: number
  /** Share of the traded value; default 0.001. */
  readonly feeRate?: number
}

/** Per-bar returns of trials over one span. */
export interface StudyReturns {
  /** Open time of each bar of the span. */
  readonly time: Float64Array
  readonly trials: readonly { readonly name: string; readonly returns: Float64Array }[]
}

/**
 * Trades what every trial predicted, long or flat after fees, over the same bars. @throws LabError `bad-overfitting-input` where trials predicted other rows, and those of
 * `backtestLongFlat`
 */
export function studyReturns({ bars, trials, ...settings }: StudyReturnsInput): StudyReturns {
  const pooled = trials.map(({ name, predictions }) => {
    const { rows, proba } = poolPredictions(
      name,
      predictions.map((fold) => ({ ...fold, model: name })),
    )
    return { name, rows, proba }
  })
  const first = pooled[0]
  const other = pooled.find(({ rows }) => rows.length !== first!.rows.length || rows.some((row, k) => row !== first!.rows[k]))
  if (first === undefined || first.rows.length === 0 || other !== undefined)
    throw new LabError('bad-overfitting-input', 'The trials cannot be set side by side.', {
      received: other === undefined ? 'no trials, or no predictions' : `other rows in ${other.name} than in ${first!.name}`,
      expected: 'trials that all predicted the same test rows',
      help: 'take trials that finished all folds; those that were pruned count in trialCount',
    })
  const results = pooled.map(({ name, rows, proba }) => ({
    name,
    result: backtestLongFlat({ bars, signalRows: rows, proba, ...settings }),
  }))
  return {
    time: results[0]!.result.time,
    trials: results.map(({ name, result }) => ({ name, returns: simpleReturns(result.equity, 1) })),
  }
}

export interface StudyOverfittingInput extends StudyReturnsInput {
  /** Trials of the study in all, pruned and failed ones too. */
  readonly trialCount?: number
  /** The trial that would be used; default the one with the highest Sharpe ratio. */
  readonly chosen?: string
  readonly blocks?: number
  readonly confidence?: number
}

/** {@link overfittingReport} of what a study's trials would have earned on the test rows of their folds. */
export function studyOverfitting({ trialCount, chosen, blocks, confidence, ...input }: StudyOverfittingInput): OverfittingReport {
  const { time, trials } = studyReturns(input)
  return overfittingReport({
    trials,
    periodsAYear: periodsPerYear(time),
    ...(trialCount !== undefined && { trialCount }),
    ...(chosen !== undefined && { chosen }),
    ...(blocks !== undefined && { blocks }),
    ...(confidence !== undefined && { confidence }),
  })
}
