import { DISPLAY, LabError, type Displayable } from '../core/index.js'
import { badSplit } from './bad-split.js'
import { binomial, combinations, log10Binomial } from './combinations.js'
import { embargoInForce, embargoNote, type EmbargoInForce } from './embargo.js'
import type { Fold } from './fold.js'
import { foldAround } from './fold-around.js'
import { spanOf } from './purge.js'
import { checkSplitData, equalBlocks, standingRows, type SplitData } from './split-data.js'
import { tooFewRows } from './too-few-rows.js'

/** How many groups, and how many of them are tested at a time. */
export interface CombinatorialPurgedOptions extends SplitData {
  /** Consecutive groups that the rows are cut into. */
  readonly nGroups: number
  /** Groups that each fold tests, below `nGroups`. */
  readonly nTestGroups: number
  /** More folds than this are refused; default 1,000. */
  readonly maxFolds?: number
}

/** Combinatorial purged folds. Iterating gives them one after the other, each computed when its turn comes; `[...split]` keeps all. */
export interface CombinatorialSplit extends Iterable<Fold>, Displayable {
  readonly nGroups: number
  readonly nTestGroups: number
  /** Rows of each group; together every usable, labelled row once. Views of one memory: not to be written to. */
  readonly groups: readonly Int32Array[]
  /** Groups that each fold tests, in lexicographic order; their count is the number of folds. */
  readonly combinations: readonly (readonly number[])[]
  readonly embargo: EmbargoInForce
  /** Computes one fold. @throws RangeError for a number that is none of a fold. */
  fold(index: number): Fold
}

/**
 * Combinatorial purged cross-validation: the usable, labelled rows are cut into N = `nGroups` consecutive groups of equal length (a row more or less), and every choice
 * of k = `nTestGroups` of them is the test part of one fold, trained on the other groups. That is C(N, k) folds; every group is tested in
 * C(N-1, k-1) of them, which recombinePaths joins to as many backtest paths over the whole history.
 *
 * Around each tested group, purge and embargo are those of {@link purgedKFold}, and like it **it trains on later data too**: it shows how much a result depends on
 * the history that happened to come, and is no claim about what trading would have brought.
 *
 * Memory: kept are the rows (4 bytes a bar) and the list of choices. A fold has at most 4 bytes a bar while it is in use. Every fold is computed once at
 * the start, so that one that is too small shows before anything is fitted.
 * @throws LabError `bad-split`, `too-few-bars`, `too-many-combinations` (with their number) above `maxFolds`
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 12.3 and 12.4
 */
export function combinatorialPurged(options: CombinatorialPurgedOptions): CombinatorialSplit {
  const { nGroups, nTestGroups } = options
  checkOptions(options)
  const embargo = embargoInForce(options.embargo, options)
  const standing = standingRows(options)
  if (standing.length < nGroups) throw tooFewRows(options, standing.length, `${nGroups} groups`)
  checkCount(options)
  const choices = combinations(nGroups, nTestGroups)
  const groups = equalBlocks(standing, nGroups)
  const spans = groups.map((group) => spanOf(group, options))
  const fold = (index: number): Fold => {
    const testGroups = choices[index]
    if (testGroups === undefined) throw new RangeError(`fold ${index} of ${choices.length}`)
    const tested = { blocks: groups, tested: testGroups, spans: testGroups.map((group) => spans[group]!) }
    return { ...foldAround(index, tested, options, embargo), kind: 'combinatorial', testGroups }
  }
  for (const index of choices.keys()) fold(index)
  const paths = binomial(nGroups - 1, nTestGroups - 1)
  const text = `${choices.length} combinatorial folds: every ${nTestGroups} of ${nGroups} groups tested, ${paths} backtest path${paths === 1n ? '' : 's'}. After each tested group ${embargoNote(embargo)}. Trains on later data too: not for final claims.`
  return {
    ...{ nGroups, nTestGroups, groups, embargo, fold },
    combinations: choices,
    *[Symbol.iterator]() {
      for (const index of choices.keys()) yield fold(index)
    },
    [DISPLAY]: () => ({ 'text/plain': text }),
  }
}

function checkOptions(options: CombinatorialPurgedOptions): void {
  const { nGroups, nTestGroups, maxFolds = MAX_FOLDS } = options
  if (!Number.isInteger(nGroups) || nGroups < 2)
    throw badSplit(`nGroups ${nGroups}`, 'a whole number of groups, 2 or more', 'for example nGroups: 6, nTestGroups: 2')
  if (!Number.isInteger(nTestGroups) || nTestGroups < 1 || nTestGroups >= nGroups)
    throw badSplit(
      `nTestGroups ${nTestGroups} of nGroups ${nGroups}`,
      'a whole number of groups to test, from 1 to one below nGroups',
      'for example nGroups: 6, nTestGroups: 2',
    )
  if (!Number.isInteger(maxFolds) || maxFolds < 1)
    throw badSplit(`maxFolds ${maxFolds}`, 'a whole number of folds, 1 or more', `leave it out for ${MAX_FOLDS}`)
  checkSplitData(options)
}

const MAX_FOLDS = 1000

function checkCount({ nGroups, nTestGroups, maxFolds = MAX_FOLDS }: CombinatorialPurgedOptions): void {
  const digits = log10Binomial(nGroups, nTestGroups)
  const count = digits < 300 ? binomial(nGroups, nTestGroups) : undefined
  if (count !== undefined && count <= BigInt(maxFolds)) return
  const shown = count !== undefined && digits < 21 ? count.toLocaleString('en-US') : `about 10^${Math.round(digits)}`
  throw new LabError('too-many-combinations', 'There are more combinations of test groups than can be fitted.', {
    received: `${nTestGroups} of ${nGroups} groups: ${shown} folds`,
    expected: `at most ${maxFolds.toLocaleString('en-US')} folds`,
    help: 'use fewer groups or test fewer of them at a time; if you mean it, raise maxFolds',
  })
}
