import type { FitOptions, FitProblem, FoldFit } from './fit-options.js'
import { fitProblems } from './fit-problems.js'

/** One problem, its models, and how to fit them. */
export type FitFoldsOptions = FitOptions & Omit<FitProblem, 'symbol'>

/** Problems of many symbols, their models, and how to fit them. */
export interface FitSymbolsOptions extends FitOptions {
  readonly symbols: readonly (FitProblem & { readonly symbol: string })[]
}

/**
 * Fits every model in every fold, each in a child process, and predicts the fold's test rows. Results come fold by fold, models in their order.
 *
 * A fit is stored under the hash of all that decides it (inputs, rows, parameters with defaults, seed, threads, libraries, code); a whole folder with
 * the same hash is reused, a damaged one removed and fitted again. Results do not depend on `workers`, order or reuse.
 * @throws LabError `fit-failed` naming model, fold and cause (fits finished before are kept), `interrupted`, `unknown-model`, `unknown-parameter`,
 * `bad-parameter`, `bad-workers`, `duplicate-model`, `bad-weight`, `memory-limit` (resumable)
 */
export const fitFolds = ({ X, y, sampleWeight, labelEndTime, folds, ...options }: FitFoldsOptions): Promise<FoldFit[]> => {
  const given = { ...(sampleWeight !== undefined && { sampleWeight }), ...(labelEndTime !== undefined && { labelEndTime }) }
  return fitProblems([{ X, y, folds, ...given }], options)
}

/**
 * Models of their own for many symbols: like {@link fitFolds} for each, with one pool of workers for the fits of all. Results come symbol by symbol.
 * To train many LSTMs side by side in this process: `trainMany`.
 * @throws LabError those of {@link fitFolds}; `duplicate-symbol`
 */
export const fitSymbols = ({ symbols, ...options }: FitSymbolsOptions): Promise<FoldFit[]> => fitProblems(symbols, options)
