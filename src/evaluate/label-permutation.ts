import { createRng, DISPLAY, LabError, showTextTable, type Displayable } from '../core/index.js'
import { blockPermutation } from '../metrics/index.js'
import { scoringOf, type ScoreName, type Task } from '../models/index.js'

export interface LabelPermutationOptions {
  /** Targets and predictions of the same rows, in order of time. */
  readonly y: Float64Array
  /** Probabilities, or values of a regression. */
  readonly predicted: Float64Array
  readonly task?: Task
  /** Default auc, of a regression rmse. */
  readonly metric?: ScoreName
  /** Default 1000: the smallest p value is then 1 / 1001. */
  readonly permutations?: number
  /**
   * Labels that are moved together. Where labels overlap or predictions are smooth, single rows are not exchangeable: give at least the horizon in bars, better a few of them.
   * Default 1.
   */
  readonly blockRows?: number
  readonly seed: number
}

/** How many permutations of the labels scored as well as the truth did. */
export interface PermutationTest extends Displayable {
  readonly metric: ScoreName
  /** The metric of the labels as they are. */
  readonly value: number
  /** Chance of a score as good where labels have nothing to do with the predictions: (1 + as good) / (1 + permutations) (Phipson & Smyth 2010). */
  readonly pValue: number
  readonly permutations: number
  /** Permutations that scored at least as well. */
  readonly asGood: number
  readonly blockRows: number
  /** The metric of each permutation. */
  readonly nullValues: Float64Array
}

/**
 * Could this score be luck? The predictions stay, the labels are put out of order, in blocks. Says nothing about luck in choosing the model: for that fit again on permuted
 * labels, `permutationTestByFits`, and count the trials, `overfittingReport`.
 * @throws LabError `bad-permutation-test`, `bad-score-name`, `undefined-score`
 */
export function labelPermutationTest(options: LabelPermutationOptions): PermutationTest {
  const { y, predicted, task = 'classification', metric, permutations = 1000, blockRows = 1, seed } = options
  check(options)
  const scoring = scoringOf(task, metric)
  const score = scoring.score(y, predicted)
  if (Number.isNaN(score))
    throw new LabError('undefined-score', `The metric ${scoring.name} is not defined for these rows.`, {
      received: `${y.length} rows`,
      expected: 'rows of both classes, or targets and predictions that vary',
      help: 'test more rows, or choose another metric',
    })
  const rng = createRng(seed, 'label-permutation')
  const scores = Float64Array.from({ length: permutations }, () => {
    const order = blockPermutation(y.length, blockRows, rng)
    return scoring.score(
      Float64Array.from(order, (i) => y[i]!),
      predicted,
    )
  })
  return permutationTest({ metric: scoring.name, score, scores, blockRows, value: scoring.value })
}

/** Makes the record of a test from scores that are better where larger. */
export function permutationTest({
  metric,
  score,
  scores,
  blockRows,
  value,
}: {
  readonly metric: ScoreName
  readonly score: number
  readonly scores: Float64Array
  readonly blockRows: number
  readonly value: (score: number) => number
}): PermutationTest {
  // Sums in another order differ in their last digits: that is as good, not worse.
  const margin = 1e-12 * Math.max(1, Math.abs(score))
  const asGood = scores.reduce((count, other) => count + (other >= score - margin ? 1 : 0), 0)
  const found = {
    ...{ metric, value: value(score), permutations: scores.length, asGood, blockRows },
    pValue: (1 + asGood) / (1 + scores.length),
    nullValues: scores.map(value),
  }
  return { ...found, [DISPLAY]: () => show(found) }
}

function show({ metric, value, pValue, permutations, asGood, blockRows, nullValues }: Omit<PermutationTest, typeof DISPLAY>) {
  const sorted = nullValues.slice().sort()
  const at = (share: number): string => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(4)
  return showTextTable({
    headings: ['metric', 'measured', 'by chance, 5 %', 'median', '95 %', 'p value'],
    rows: [[metric, value.toFixed(4), at(0.05), at(0.5), at(0.95), pValue.toFixed(4)]],
    notes: [
      `${asGood} of ${permutations} permutations of the labels${blockRows > 1 ? ` in blocks of ${blockRows} rows` : ''} scored as well or better.`,
    ],
  })
}

function check({ y, predicted, permutations = 1000, blockRows = 1 }: LabelPermutationOptions): void {
  const problem =
    y.length !== predicted.length
      ? `${y.length} targets beside ${predicted.length} predictions`
      : !Number.isInteger(permutations) || permutations < 1
        ? `${permutations} permutations`
        : !Number.isInteger(blockRows) || blockRows < 1
          ? `blocks of ${blockRows} rows`
          : y.length < 4 * blockRows
            ? `${y.length} rows in blocks of ${blockRows}`
            : undefined
  if (problem === undefined) return
  throw new LabError('bad-permutation-test', 'The labels cannot be permuted like this.', {
    received: problem,
    expected: 'as many targets as predictions, one permutation or more, four blocks or more',
    help: 'use more rows or shorter blocks',
  })
}
