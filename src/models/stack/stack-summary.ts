import { DISPLAY, showTextTable, type Displayable } from '../../core/index.js'
import { logLoss, rootMeanSquaredError } from '../../metrics/index.js'
import type { Fold } from '../../split/index.js'
import type { FittedOn, OutOfFold } from './out-of-fold.js'
import type { StackParams } from './stack-params.js'

/** How a stack came about: plain data, saved with it. */
export interface StackFacts {
  readonly combine: StackParams['combine']
  /** By base: its name, what it counts in the combination (null where the meta-model does not say), its loss on the out-of-fold rows (null where there are none). */
  readonly bases: readonly { readonly name: string; readonly weight: number | null; readonly loss: number | null }[]
  /** Log-loss, of a regression root mean squared error, of the combination on the out-of-fold rows, before calibration; it was fitted on these, so it flatters. */
  readonly loss: number | null
  /** Out-of-fold rows in all, those that the combination and those that the calibration was fitted on. */
  readonly rows: { readonly outOfFold: number; readonly combiner: number; readonly calibrator: number }
  /** By inner fold: rows that trained and rows that were predicted, ms of the first and last of these. */
  readonly folds: readonly { readonly train: number; readonly test: number; readonly from: number; readonly to: number }[]
}

export type StackSummary = StackFacts & Displayable

interface SummaryInput {
  readonly params: StackParams
  readonly names: readonly string[]
  readonly predicted: OutOfFold
  readonly combined: Float64Array
  readonly target: Float64Array
  readonly at: FittedOn
  readonly shares: Float64Array | undefined
  readonly folds: readonly Fold[]
}

export function summarise({ params, names, predicted, combined, target, at, shares, folds }: SummaryInput): StackSummary {
  const { rows, fold, time, values, models } = predicted
  const lossOf = (proba: Float64Array): number | null =>
    rows.length === 0 ? null : params.task === 'regression' ? rootMeanSquaredError(target, proba) : logLoss(target, proba)
  return showSummary({
    combine: params.combine,
    bases: names.map((name, j) => ({
      name,
      weight: shares?.[j] ?? null,
      loss: lossOf(Float64Array.from(rows, (_, i) => values[i * models + j]!)),
    })),
    loss: lossOf(combined),
    rows: { outOfFold: rows.length, combiner: at.combiner.length, calibrator: at.calibrator.length },
    folds: folds.map(({ train, test }, f) => {
      const first = fold.indexOf(f)
      return { train: train.length, test: test.length, from: time[first]!, to: time[first + test.length - 1]! }
    }),
  })
}

/** Gives the facts a display; serialising is as of plain data. */
export function showSummary(facts: StackFacts): StackSummary {
  const number = (value: number | null): string => (value === null ? '' : value.toFixed(4))
  const { outOfFold, combiner, calibrator } = facts.rows
  const show = () =>
    showTextTable({
      headings: ['base', 'weight', 'loss out of fold'],
      rows: [...facts.bases.map(({ name, weight, loss }) => [name, number(weight), number(loss)]), [facts.combine, '', number(facts.loss)]],
      notes: [
        `${outOfFold} out-of-fold rows in ${facts.folds.length} inner folds; combined by ${combiner}, calibrated by ${calibrator} of them.`,
      ],
    })
  return Object.defineProperty(facts, DISPLAY, { value: show, enumerable: false }) as StackSummary
}
