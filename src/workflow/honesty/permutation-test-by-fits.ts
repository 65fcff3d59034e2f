import { join } from 'node:path'
import { createRng, EXIT, LabError } from '../../core/index.js'
import { permutationTest, type PermutationTest } from '../../evaluate/index.js'
import { blockPermutation } from '../../metrics/index.js'
import { createModel, resolveModelSpec, scoringOf, type ScoreName } from '../../models/index.js'
import { fitSymbols } from '../fits/fit-folds.js'
import type { FitOptions, FitProblem, FoldFit } from '../fits/fit-options.js'

export interface PermutationTestByFitsOptions extends FitOptions, Omit<FitProblem, 'symbol'> {
  /** Default 20: the smallest p value is then 1 / 21. Each is one fit a fold. */
  readonly permutations?: number
  /** Labels that are moved together, at least the horizon in bars where labels overlap. Default 1. */
  readonly blockRows?: number
  /** Default auc, of a regression rmse. */
  readonly metric?: ScoreName
}

/** Permuted problems whose inputs lie on disk at once. */
const AT_ONCE = 8

/**
 * Could the whole training, not only its last predictions, have scored this by luck? The labels are put out of order in blocks and everything is fitted again, each permutation
 * in every fold, through the same store of fits: asked for again it goes on where it stopped. The score is that of all test rows pooled.
 * @throws LabError `bad-permutation-test`, `undefined-score`, `bad-score-name`, and those of `fitFolds`
 */
export async function permutationTestByFits(options: PermutationTestByFitsOptions): Promise<PermutationTest> {
  const { X, y, sampleWeight, labelEndTime, folds, permutations = 20, blockRows = 1, metric, ...fitting } = options
  check(options)
  const { device, requireDevice, models, seed } = fitting
  const scoring = scoringOf(createModel(resolveModelSpec(models[0]!.spec), { device, requireDevice }).task, metric)
  const labelled = Array.from(y.keys()).filter((row) => !Number.isNaN(y[row]))
  const rng = createRng(seed, 'permutation-test-by-fits')
  const problemOf = (symbol: string, targets: Float64Array): FitProblem & { readonly symbol: string } => ({
    ...{ symbol, X, y: targets, folds },
    ...(sampleWeight !== undefined && { sampleWeight }),
    ...(labelEndTime !== undefined && { labelEndTime }),
  })
  const problems = [problemOf('labels as they are', y)]
  for (let permutation = 0; permutation < permutations; permutation++) {
    const order = blockPermutation(labelled.length, blockRows, rng)
    const permuted = y.slice()
    for (const [k, row] of labelled.entries()) permuted[row] = y[labelled[order[k]!]!]!
    problems.push(problemOf(`permutation ${permutation + 1}`, permuted))
  }
  const scores: number[] = []
  for (let from = 0; from < problems.length; from += AT_ONCE) {
    const some = problems.slice(from, from + AT_ONCE)
    const fits = await fitSymbols({ ...fitting, runFolder: join(fitting.runFolder, 'checks', 'permutations'), symbols: some })
    for (const problem of some) scores.push(pooledScore(fits, problem, scoring.score))
  }
  return permutationTest({
    metric: scoring.name,
    score: scores[0]!,
    scores: Float64Array.from(scores.slice(1)),
    blockRows,
    value: scoring.value,
  })
}

function pooledScore(
  fits: readonly FoldFit[],
  { symbol, y }: FitProblem,
  score: (y: Float64Array, predicted: Float64Array) => number,
): number {
  const own = fits.filter((fit) => fit.symbol === symbol)
  const targets = Float64Array.from(own.flatMap(({ rows }) => Array.from(rows, (row) => y[row]!)))
  const value = score(targets, Float64Array.from(own.flatMap(({ proba }) => [...proba])))
  if (!Number.isNaN(value)) return value
  throw new LabError('undefined-score', 'The metric is not defined for the test rows.', {
    received: `${targets.length} rows of ${symbol}`,
    expected: 'test rows of both classes, or targets and predictions that vary',
    help: 'use longer test parts, or another metric',
  })
}

function check({ models, permutations = 20, blockRows = 1, y }: PermutationTestByFitsOptions): void {
  const problem =
    models.length !== 1
      ? `${models.length} models`
      : !Number.isInteger(permutations) || permutations < 1
        ? `${permutations} permutations`
        : !Number.isInteger(blockRows) || blockRows < 1 || y.length < 4 * blockRows
          ? `${y.length} rows in blocks of ${blockRows}`
          : undefined
  if (problem === undefined) return
  throw new LabError('bad-permutation-test', 'The labels cannot be permuted like this.', {
    received: problem,
    expected: 'one model, one permutation or more, four blocks or more',
    help: 'test one model at a time',
    exitCode: EXIT.usage,
  })
}
