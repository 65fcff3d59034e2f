import { badSplit } from './bad-split.js'
import { embargoInForce } from './embargo.js'
import type { Fold } from './fold.js'
import { foldAround } from './fold-around.js'
import { spanOf } from './purge.js'
import { showableFolds } from './showable-folds.js'
import { checkSplitData, equalBlocks, standingRows, type SplitData } from './split-data.js'
import { tooFewRows } from './too-few-rows.js'

/** How many blocks. */
export interface PurgedKFoldOptions extends SplitData {
  readonly nSplits: number
}

/**
 * K-fold cross-validation for overlapping labels: the usable, labelled rows are cut into `nSplits` consecutive test blocks of equal length (a row more or less), each
 * trained on the rows on both sides of it. Every such row is tested exactly once; nothing is shuffled.
 *
 * **It trains on later data too.** That is fine for choosing between models, features and settings when data is scarce; it is no claim about what
 * trading would have brought. Final claims are for {@link walkForward}.
 *
 * A test block's span runs from the open time of its first row to the latest end of its labels. A training row is *purged* where its label's span, open time to
 * end, meets that (a common instant is enough), and *embargoed* where it opens less than the embargo after that span's end: in ms, or in bars counted from the last
 * bar that opens by then. There is no embargo before a test block, as only labels reach forward. In force is the larger of what is asked for and the
 * label's horizon, and none only for `embargo: 'none'`.
 *
 * `validationShare` holds out the latest training rows, with purge and embargo before them, as {@link walkForward} does.
 * @throws LabError `bad-split` for settings that make no sense, `too-few-bars` where a part would be too small.
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 7.4
 */
export function purgedKFold(options: PurgedKFoldOptions): Fold[] {
  const { nSplits } = options
  if (!Number.isInteger(nSplits) || nSplits < 2)
    throw badSplit(`nSplits ${nSplits}`, 'a whole number of folds, 2 or more', 'for example nSplits: 5')
  checkSplitData(options)
  const embargo = embargoInForce(options.embargo, options)
  const standing = standingRows(options)
  if (standing.length < nSplits) throw tooFewRows(options, standing.length, `${nSplits} test blocks`)
  const blocks = equalBlocks(standing, nSplits)
  const folds = blocks.map((block, index): Fold => ({
    ...foldAround(index, { blocks, spans: [spanOf(block, options)], tested: [index] }, options, embargo),
    kind: 'purged-k-fold',
  }))
  return showableFolds(folds, options.time)
}
