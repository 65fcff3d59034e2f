import { backtestLongFlat, type LongFlatResult } from '../../backtest/index.js'
import type { TrainingConfig } from '../../config/index.js'
import type { Bars } from '../../data/index.js'
import {
  checkGates,
  evaluateModels,
  poolPredictions,
  verdict,
  type Evaluation,
  type GateReport,
  type PooledPrediction,
  type Verdict,
} from '../../evaluate/index.js'
import type { Labels } from '../../labels/index.js'
import type { DirectionSplit } from './direction-split.js'
import type { FoldFit } from '../fits/fit-options.js'

/** Evaluation, pooled predictions, backtests, gates and verdict. */
export interface DirectionScores {
  readonly evaluation: Evaluation
  /** Test predictions of all folds in time order, one entry a model. */
  readonly pooled: readonly PooledPrediction[]
  readonly backtests: readonly { readonly model: string; readonly result: LongFlatResult }[]
  readonly gates: readonly GateReport[]
  readonly verdict: Verdict
}

export interface ScoreDirectionInput {
  readonly bars: Bars
  readonly labels: Labels
  readonly split: Pick<DirectionSplit, 'folds'>
  readonly fits: readonly FoldFit[]
  /** Long above this probability. Scores that need a call (accuracy, F1, ...) use 0.5. */
  readonly threshold: number
  readonly config: TrainingConfig
}

/** Scores, backtests, gates and verdict of the test predictions: everything that is said about the models comes from here. */
export function scoreDirection({ bars, labels, split, fits, threshold, config }: ScoreDirectionInput): DirectionScores {
  const evaluation = evaluateModels({ predictions: fits, labels, close: bars.close, folds: split.folds })
  const names = [...new Set(fits.map(({ model }) => model))]
  const pooled = names.map((name) => poolPredictions(name, fits))
  const backtests = pooled.map(({ model, rows, proba }) => ({
    model,
    result: backtestLongFlat({ bars, signalRows: rows, proba, threshold, feeRate: config.backtest.fee_rate }),
  }))
  const gates = evaluation.models
    .filter(({ role }) => role === 'model')
    .map((entry) => checkGates(entry, config.models.direction.promotion_thresholds))
  const returns = backtests.map(({ model, result }) => ({
    model,
    gross: result.gross.totalReturn,
    net: result.net.totalReturn,
    buyAndHold: result.hold.totalReturn,
    fills: result.fills,
  }))
  return { evaluation, pooled, backtests, gates, verdict: verdict(evaluation, returns, gates) }
}
