import { correlationMatrix, correlationMethods, type CorrelationMethod } from './correlation-matrix.js'
import { badSelectionOption } from './drop-constant.js'
import type { FeatureMatrix } from './feature-matrix.js'
import { makeSelection, type CorrelatedColumn, type Selection } from './selection.js'

/** When two columns say the same, and which of them stays. */
export interface DropCorrelatedOptions {
  /** Above 0, below 1: a column is dropped when its absolute correlation with a kept one is above this. */
  readonly threshold: number
  /** Default pearson. */
  readonly method?: CorrelationMethod
  /** Who comes first stays: columns as they stand in X (default), or the most important first, ties as they stand in X. */
  readonly order?: 'given' | 'importance'
  /** For order `importance`: one number a column of X, larger is more important. It must come from the training rows alone, as `rows` do. */
  readonly importance?: ArrayLike<number>
}

/**
 * Drops near-duplicates: columns are looked at one after the other, and one is dropped when it is too much correlated with a column kept before it. Each
 * dropped column names the kept one it duplicates (the most correlated, the earlier of equal ones). Pairs without a correlation (one is constant) are not
 * duplicates. See {@link correlationMatrix} for missing values and ranks; the same for any order of `rows`.
 * @throws LabError `bad-selection-option`, `no-rows`, `bad-row`
 */
export function dropCorrelated(X: FeatureMatrix, rows: Int32Array, options: DropCorrelatedOptions): Selection<CorrelatedColumn> {
  const { threshold, method = 'pearson' } = options
  if (!(threshold > 0 && threshold < 1)) throw badSelectionOption('threshold', threshold, 'a correlation above 0, below 1')
  if (!correlationMethods.includes(method)) throw badSelectionOption('method', method, correlationMethods.join(' or '))
  const order = columnOrder(X, options)
  const correlation = correlationMatrix(X, rows, method)
  const width = X.names.length
  const kept: number[] = []
  const dropped = new Map<number, CorrelatedColumn>()
  for (const j of order) {
    let nearest = -1
    for (const other of kept) {
      const r = Math.abs(correlation[j * width + other]!)
      if (r > threshold && (nearest < 0 || r > Math.abs(correlation[j * width + nearest]!))) nearest = other
    }
    if (nearest < 0) kept.push(j)
    else
      dropped.set(j, {
        name: X.names[j]!,
        reason: 'correlated',
        duplicates: X.names[nearest]!,
        correlation: correlation[j * width + nearest]!,
      })
  }
  return makeSelection(X, dropped)
}

function columnOrder(X: FeatureMatrix, { order = 'given', importance }: DropCorrelatedOptions): readonly number[] {
  const given = X.names.map((_, j) => j)
  if (order === 'given') return given
  if (order !== 'importance') throw badSelectionOption('order', order, 'given or importance')
  if (importance === undefined || importance.length !== given.length || !Array.from(importance).every(Number.isFinite))
    throw badSelectionOption(
      'importance',
      importance === undefined ? 'nothing' : `[${Array.from(importance).join(', ')}]`,
      `${given.length} finite numbers, one a column`,
    )
  return given.sort((a, b) => importance[b]! - importance[a]! || a - b)
}
