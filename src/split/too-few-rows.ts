import { LabError } from '../core/index.js'
import type { SplitData } from './split-data.js'

/** There are not even as many rows as there are to be blocks. */
export const tooFewRows = ({ time }: SplitData, rows: number, blocks: string): LabError =>
  new LabError('too-few-bars', 'There are too few bars for these folds.', {
    received: `${time.length} bars, ${rows} of them usable and labelled`,
    expected: `at least one for each of ${blocks}, and training rows beside`,
    help: 'use more history, or cut it into fewer parts',
  })
