import { LabError } from '../core/index.js'
import type { CombinatorialSplit } from './combinatorial-purged.js'
import type { Fold } from './fold.js'

/** One way through the whole history: for every group the fold whose models are tested on it. */
export interface BacktestPath {
  readonly index: number
  /** By group number: the index of the fold that supplies it. */
  readonly foldOfGroup: readonly number[]
}

/**
 * Joins combinatorial folds to backtest paths: C(N, k) k / N = C(N-1, k-1) of them. Each path covers every group once, and every test group of every fold stands in
 * exactly one path: path j takes group g from the j-th fold that tests g. Which of them go together is a convention, the paths are not independent of each other.
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 12.4
 */
export function recombinePaths({ nGroups, combinations }: Pick<CombinatorialSplit, 'nGroups' | 'combinations'>): BacktestPath[] {
  const foldsOfGroup = Array.from({ length: nGroups }, (): number[] => [])
  for (const [fold, groups] of combinations.entries()) for (const group of groups) foldsOfGroup[group]!.push(fold)
  return foldsOfGroup[0]!.map((_, index) => ({ index, foldOfGroup: foldsOfGroup.map((folds) => folds[index]!) }))
}

/**
 * A path as folds that follow one another in time, one a group: fold `g` tests group g alone and is trained as the fold that supplies it. What scores folds
 * takes it, together with {@link pathPredictions}. Counts of purged and embargoed rows are the supplying fold's.
 */
export function pathFolds(split: CombinatorialSplit, { foldOfGroup }: BacktestPath): Fold[] {
  const computed = new Map<number, Fold>()
  return foldOfGroup.map((index, group) => {
    const fold = computed.get(index) ?? split.fold(index)
    computed.set(index, fold)
    return { ...fold, index: group, test: split.groups[group]!.slice(), testGroups: [group] }
  })
}

/** What a model said about the test rows of a combinatorial fold. */
interface FoldPrediction {
  readonly model: string
  readonly fold: number
  readonly rows: Int32Array
  readonly proba: Float64Array
}

/**
 * Cuts the predictions of combinatorial folds to one path: for each model and group the rows of that group, as the fold that supplies it predicted them. `fold` is
 * then the group's number, as in {@link pathFolds}.
 * @param predictions at least those of the path's folds, each on its fold's test rows; fits will do
 * @throws LabError `bad-predictions` where a model lacks a fold of the path, has it twice, or was not scored on its test rows
 */
export function pathPredictions(
  split: CombinatorialSplit,
  { foldOfGroup }: BacktestPath,
  predictions: readonly FoldPrediction[],
): FoldPrediction[] {
  const models = [...new Set(predictions.map(({ model }) => model))]
  const byFold = new Map<string, FoldPrediction[]>()
  for (const prediction of predictions) {
    const key = `${prediction.fold}/${prediction.model}`
    byFold.set(key, [...(byFold.get(key) ?? []), prediction])
  }
  return models.flatMap((model) =>
    foldOfGroup.map((index, group) => {
      const own = byFold.get(`${index}/${model}`) ?? []
      if (own.length !== 1) throw badPredictions(model, `${own.length} predictions for fold ${index}`, 'one')
      const { rows, proba } = own[0]!
      const tested = split.combinations[index]!
      const lengths = tested.map((g) => split.groups[g]!.length)
      const whole = lengths.reduce((sum, length) => sum + length, 0)
      const from = lengths.slice(0, tested.indexOf(group)).reduce((sum, length) => sum + length, 0)
      const part = rows.slice(from, from + split.groups[group]!.length)
      if (rows.length !== whole || proba.length !== whole || part.some((row, k) => row !== split.groups[group]![k]))
        throw badPredictions(model, `other rows in fold ${index}`, `its ${whole} test rows in order, a probability each`)
      return { model, fold: group, rows: part, proba: proba.slice(from, from + part.length) }
    }),
  )
}

const badPredictions = (model: string, received: string, expected: string): LabError =>
  new LabError('bad-predictions', `Model ${model} was not scored on the rows of the folds.`, {
    received,
    expected,
    help: 'predict the test rows of every fold, each once',
  })
