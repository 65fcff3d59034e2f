import { LabError } from '../../core/index.js'

export interface BatchRange {
  /** At least 1. */
  readonly smallest: number
  readonly largest: number
  /** Bisection ends when what is still open is at most this share of the largest size that fits. Default 0: to the row. */
  readonly tolerance?: number
}

/**
 * The largest size that fits, by doubling from the smallest until one does not fit, then bisection: about 2 log2(largest / smallest) trials, each size at most once.
 * Undefined where not even the smallest fits. Takes for granted that what is smaller than a size that fits also fits.
 * @throws LabError `bad-batch-range`; what `fits` throws
 */
export async function searchLargestBatch(range: BatchRange, fits: (size: number) => Promise<boolean>): Promise<number | undefined> {
  const { smallest, largest, tolerance = 0 } = range
  if (!Number.isSafeInteger(smallest) || !Number.isSafeInteger(largest) || smallest < 1 || largest < smallest || !(tolerance >= 0))
    throw new LabError('bad-batch-range', 'There is no batch size to be tried.', {
      received: `smallest ${smallest}, largest ${largest}, tolerance ${tolerance}`,
      expected: 'whole numbers, 1 <= smallest <= largest, and a tolerance from 0',
    })
  let good: number | undefined
  let bad = largest + 1
  for (let size = smallest; ; size = Math.min(2 * size, largest)) {
    if (!(await fits(size))) {
      bad = size
      break
    }
    good = size
    if (size === largest) return size
  }
  while (good !== undefined && bad - good > 1 && bad - good > tolerance * good) {
    const size: number = good + Math.floor((bad - good) / 2)
    if (await fits(size)) good = size
    else bad = size
  }
  return good
}
