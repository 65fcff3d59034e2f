import type { TrainingConfig } from '../../config/index.js'
import { DISPLAY, type Displayable } from '../../core/index.js'
import type { Bars } from '../../data/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Labels } from '../../labels/index.js'
import { embargoInForce, walkForward, type Embargo, type EmbargoInForce, type Fold } from '../../split/index.js'
import { rowsForModels } from '../../models/index.js'
import type { NamedModelSpec } from './direction-models.js'
import { foldTable } from './direction-tables.js'

export interface DirectionSplit extends Displayable {
  readonly folds: readonly Fold[]
  readonly embargo: EmbargoInForce
  /** Rows before a usable row that must be complete too, the row itself counted: the longest look-back of the models. */
  readonly historyRows: number
}

export interface DirectionSplitInput {
  readonly bars: Bars
  readonly X: FeatureMatrix
  readonly labels: Labels
  readonly models: readonly NamedModelSpec[]
  readonly folds: number
  readonly testSize: number
  /** Gap before a later part, or 'none'; a longer horizon of the label is in force instead. Not given: the horizon. */
  readonly embargoMinutes?: number | 'none'
  /** Taken in place of `embargoMinutes`; can count bars. */
  readonly embargo?: Embargo
  readonly config: TrainingConfig
}

/**
 * Walk-forward folds over the rows that every model can use, so that all are scored on the same rows: features complete over the longest look-back
 * (or filled, where the model's `preprocess` says so: see usableRows), label known.
 * The embargo is the larger of what is asked for and the label's horizon, none only for `'none'`. Shows one line a fold, with what is in force and why.
 * @throws LabError of walkForward
 */
export function directionSplit(input: DirectionSplitInput): DirectionSplit {
  const { bars, X, labels, models, folds, testSize, embargoMinutes, config } = input
  const inMinutes = typeof embargoMinutes === 'number' ? { minutes: embargoMinutes } : embargoMinutes
  const embargo = input.embargo ?? inMinutes
  const { usable, historyRows } = rowsForModels(
    X,
    models.map(({ spec }) => spec),
  )
  const { window, validation_share } = config.training.validation
  const horizon = { horizonMs: labels.horizonBars * bars.timeframeMs, horizonBars: labels.horizonBars }
  const result = walkForward({
    time: bars.time,
    labelEndTime: labels.endTime,
    usable,
    nSplits: folds,
    testSize,
    ...(embargo !== undefined && { embargo }),
    ...horizon,
    mode: window,
    validationShare: validation_share,
  })
  return {
    folds: result,
    embargo: embargoInForce(embargo, horizon),
    historyRows,
    [DISPLAY]: () => foldTable(result, bars.time)[DISPLAY](),
  }
}
