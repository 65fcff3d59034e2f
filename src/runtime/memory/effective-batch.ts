import { LabError } from '../../core/index.js'

/** How one batch is cut for less memory. */
export interface BatchPlan {
  /** Rows whose gradients are taken together; this many at most. */
  readonly microBatch: number
  /** Micro-batches to one update of the weights; the last one can be smaller. */
  readonly steps: number
}

/**
 * Smaller micro-batches with the same effective batch: each level halves the micro-batch (rounded up, down to one row), and the gradients of `steps` of them make
 * one update. See {@link microBatches} for the rows and their weights.
 * @param level 0: the whole batch at once
 * @throws LabError `bad-batch-size`, `bad-shrink-level`
 */
export function effectiveBatch(batchSize: number, level: number): BatchPlan {
  checkCount('bad-batch-size', 'A batch has at least one row.', batchSize, 1)
  checkCount('bad-shrink-level', 'Batches are made smaller in whole steps.', level, 0)
  const microBatch = Math.ceil(batchSize / 2 ** level)
  return { microBatch, steps: Math.ceil(batchSize / microBatch) }
}

/** The level from which micro-batches are single rows and get no smaller. @throws LabError `bad-batch-size` */
export function smallestBatchLevel(batchSize: number): number {
  checkCount('bad-batch-size', 'A batch has at least one row.', batchSize, 1)
  let level = 0
  while (Math.ceil(batchSize / 2 ** level) > 1) level++
  return level
}

/** Rows `from` to `to` (without it) of a batch. */
export interface MicroBatch {
  readonly from: number
  readonly to: number
  /** Share of the batch: the factor of the mean loss of these rows, so that the sum of the gradients is that of the mean loss of the batch. */
  readonly weight: number
}

/**
 * Cuts a batch, also the short one at the end of an epoch, into micro-batches: every row once, in the order given.
 *
 * The sum of the weighted gradients is that of the whole batch up to rounding; not bit by bit, since sums are taken in another order. What looks at a batch as a
 * whole differs (batch normalisation), as does what draws random numbers per call (dropout). Where rows have weights of their own, use their sums in place of `weight`.
 * @throws LabError `bad-batch-size`
 */
export function microBatches(rows: number, microBatch: number): MicroBatch[] {
  checkCount('bad-batch-size', 'A batch has no negative number of rows.', rows, 0)
  checkCount('bad-batch-size', 'A micro-batch has at least one row.', microBatch, 1)
  return Array.from({ length: Math.ceil(rows / microBatch) }, (_, i) => {
    const from = i * microBatch
    const to = Math.min(rows, from + microBatch)
    return { from, to, weight: (to - from) / rows }
  })
}

function checkCount(code: string, message: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new LabError(code, message, { received: String(value), expected: `a whole number from ${least}` })
}
