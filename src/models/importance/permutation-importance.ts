import { createRng, DISPLAY, LabError, showTextTable, type Displayable } from '../../core/index.js'
import { blockPermutation } from '../../metrics/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import { interruptedError } from '../../runtime/index.js'
import type { Model } from '../model.js'
import { scoreModel, scoringOf, type ScoreName } from './scoring.js'

export interface PermutationImportanceOptions {
  readonly X: FeatureMatrix
  readonly y: Float64Array
  /** Rows to score: ones the model was not fitted on say what matters for predicting, training rows what was learned by heart. */
  readonly rows: Int32Array
  /** Default auc, of a regression rmse. */
  readonly metric?: ScoreName
  /** Times each column is permuted; default 5. */
  readonly repeats?: number
  readonly seed: number
  /** Rows that are moved together, so that a smooth column stays smooth; default 1. */
  readonly blockRows?: number
  /**
   * Columns permuted together, by a name of the group; default each by itself. Of two columns that say the same, one alone looks unimportant, because the model reads the
   * other: group them. Columns of no group are left out.
   */
  readonly groups?: Readonly<Record<string, readonly string[]>>
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** How much worse the metric becomes when a column is put out of order, by column or group. */
export interface PermutationImportance extends Displayable {
  readonly metric: ScoreName
  /** The metric with nothing permuted. */
  readonly baseline: number
  readonly repeats: number
  /** Columns, or groups, in the order given. */
  readonly names: readonly string[]
  /** By name: how much worse the metric became, in its own unit; about 0, of either sign, where the column is not used. */
  readonly mean: Float64Array
  /** Over the repeats (ddof 1); NaN of one repeat. */
  readonly std: Float64Array
}

/**
 * How much worse a fitted model predicts when a column is put out of order (Breiman 2001; Fisher, Rudin & Dominici 2019): of any kind of model. Values move among `rows` only; a
 * model that reads earlier rows (LSTM) sees moved values in its window where these rows stand in it.
 * @throws LabError `bad-permutation`, `bad-score-name`, `undefined-score`, `interrupted`
 */
export async function permutationImportance(model: Model, options: PermutationImportanceOptions): Promise<PermutationImportance> {
  const { X, y, rows, repeats = 5, seed, blockRows = 1, signal, onProgress } = options
  const groups = checkGroups(options)
  const scoring = scoringOf(model.task, options.metric)
  const width = X.names.length
  const baseline = await scoreModel(model, X, y, rows, scoring)
  const moved = { ...X, values: X.values.slice() }
  const mean = new Float64Array(groups.length)
  const std = new Float64Array(groups.length)
  for (const [g, { name, columns }] of groups.entries()) {
    const rng = createRng(seed, `permutation/${name}`)
    const drops: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      if (signal?.aborted === true) throw interruptedError('permutation importance')
      const order = blockPermutation(rows.length, blockRows, rng)
      for (const j of columns)
        for (let i = 0; i < rows.length; i++) moved.values[rows[i]! * width + j] = X.values[rows[order[i]!]! * width + j]!
      drops.push(baseline - (await scoreModel(model, moved, y, rows, scoring)))
      onProgress?.(g * repeats + repeat + 1, groups.length * repeats)
    }
    for (const j of columns) for (const row of rows) moved.values[row * width + j] = X.values[row * width + j]!
    mean[g] = drops.reduce((sum, drop) => sum + drop, 0) / repeats
    std[g] = Math.sqrt(drops.reduce((sum, drop) => sum + (drop - mean[g]!) ** 2, 0) / (repeats - 1))
  }
  const names = groups.map(({ name }) => name)
  return {
    metric: scoring.name,
    baseline: scoring.value(baseline),
    repeats,
    names,
    mean,
    std,
    [DISPLAY]: () => show(scoring.name, scoring.value(baseline), repeats, names, mean, std),
  }
}

interface ColumnGroup {
  readonly name: string
  readonly columns: readonly number[]
}

function checkGroups({ X, rows, repeats = 5, blockRows = 1, groups }: PermutationImportanceOptions): ColumnGroup[] {
  const bad = (received: string, expected: string): LabError =>
    new LabError('bad-permutation', 'The importance of columns cannot be measured like this.', {
      received,
      expected,
      help: 'see permutationImportance() in docs/statistics.md',
    })
  if (!Number.isInteger(repeats) || repeats < 1) throw bad(`repeats ${repeats}`, 'a whole number, 1 or more')
  if (!Number.isInteger(blockRows) || blockRows < 1) throw bad(`blockRows ${blockRows}`, 'a whole number of rows, 1 or more')
  if (rows.length < 2 * blockRows) throw bad(`${rows.length} rows in blocks of ${blockRows}`, 'two blocks or more')
  if (groups === undefined) return X.names.map((name, j) => ({ name, columns: [j] }))
  return Object.entries(groups).map(([name, members]) => ({
    name,
    columns: members.map((member) => {
      const j = X.names.indexOf(member)
      if (j < 0) throw bad(`${member} in group ${name}`, `columns of the matrix: ${X.names.join(', ')}`)
      return j
    }),
  }))
}

function show(metric: string, baseline: number, repeats: number, names: readonly string[], mean: Float64Array, std: Float64Array) {
  const order = [...names.keys()].sort((a, b) => mean[b]! - mean[a]! || a - b)
  const four = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(4))
  return showTextTable({
    title: `Permutation importance by ${metric}, ${four(baseline)} with nothing permuted`,
    headings: ['column', 'worse by', 'standard deviation'],
    rows: order.map((k) => [names[k]!, four(mean[k]!), four(std[k]!)]),
    notes: [`Mean of ${repeats} ${repeats === 1 ? 'permutation' : 'permutations'} of each.`],
  })
}
