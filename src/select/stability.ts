import { LabError } from '../core/index.js'
import { normalQuantile } from '../metrics/index.js'

/** How alike the selections of several folds are. */
export interface SelectionStability {
  /** By column: share of the selections that have it. */
  readonly frequency: Float64Array
  /**
   * 1: the same columns each time; about 0: no more in common than columns drawn at random; it can be below 0. Poor below 0.4, excellent above 0.75 (Nogueira, Sechidis &
   * Brown 2018). NaN where each selection has all columns or none, or there is one alone.
   */
  readonly index: number
  readonly standardError: number
  /** Normal interval at 95 %, cut at 1. */
  readonly lower: number
  readonly upper: number
  readonly meanSize: number
}

/**
 * Stability of feature selection, equations 4 and 5 of Nogueira, Sechidis & Brown 2018 (JMLR 18).
 * @param selections one a fold: positions of the selected columns
 * @throws LabError `bad-selection`
 */
export function selectionStability(selections: readonly Int32Array[], columns: number): SelectionStability {
  const folds = selections.length
  const wrong = selections.flatMap((selected) => [...selected]).find((j) => !(j >= 0 && j < columns))
  const repeated = selections.findIndex((selected) => new Set(selected).size !== selected.length)
  if (folds === 0 || wrong !== undefined || repeated >= 0)
    throw new LabError('bad-selection', 'The stability of these selections cannot be measured.', {
      received: folds === 0 ? 'no selections' : wrong !== undefined ? `column ${wrong}` : `a column twice in selection ${repeated}`,
      expected: `selections of columns 0 to ${columns - 1}, each once`,
      help: 'give the positions that each fold selected',
    })
  const frequency = new Float64Array(columns)
  for (const selected of selections) for (const j of selected) frequency[j]! += 1 / folds
  const meanSize = selections.reduce((sum, { length }) => sum + length, 0) / folds
  const share = meanSize / columns
  const chance = share * (1 - share)
  const spread = frequency.reduce((sum, p) => sum + p * (1 - p), 0) / columns
  const index = folds < 2 || chance < 1e-12 ? NaN : 1 - ((folds / (folds - 1)) * spread) / chance
  // What each selection adds to the index.
  const parts = selections.map((selected) => {
    const own = selected.length / columns
    const common = selected.reduce((sum, j) => sum + frequency[j]!, 0) / columns
    return (common - own * share + (index / 2) * (2 * own * share - own - share + 1)) / chance
  })
  const mean = parts.reduce((sum, part) => sum + part, 0) / folds
  const standardError = (2 / folds) * Math.sqrt(parts.reduce((sum, part) => sum + (part - mean) ** 2, 0))
  const reach = normalQuantile(0.975) * standardError
  return { frequency, index, standardError, lower: index - reach, upper: Math.min(1, index + reach), meanSize }
}
