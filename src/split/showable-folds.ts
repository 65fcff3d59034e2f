import { DISPLAY, withDisplay } from '../core/index.js'
import { describeFolds } from './describe-folds.js'
import type { Fold } from './fold.js'

/** Folds that show themselves where a notebook's cell ends with the array: the table of {@link describeFolds}. What `map` or `filter` makes of it is a plain array. */
export const showableFolds = (folds: Fold[], time: Float64Array): Fold[] => withDisplay(folds, () => describeFolds(folds, time)[DISPLAY]())
