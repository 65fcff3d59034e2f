import { errorToJson, isLabError, LabError, systemClock, type Clock } from '../../core/index.js'
import { runChild } from '../child.js'
import type { BatchTrial } from './batch-trial.js'
import { searchLargestBatch, type BatchRange } from './batch-search.js'
import { describeOutOfMemory, oomKillCount, type OutOfMemory } from './out-of-memory.js'

export interface ProbeBatchSizeOptions extends BatchRange {
  /**
   * What is tried: an exported function `(batchSize, input, signal) => unknown`, which does one training step as the training would. It runs in a child process of
   * its own for each size; coming back means that the batch fits.
   */
  readonly tryBatch: { readonly module: string; readonly name: string }
  /** Second argument of the function; goes to the child as it is (typed arrays too). */
  readonly input?: unknown
  /** A trial that takes longer counts as not fitting: a machine out of memory can crawl in place of failing. Default 5 minutes. */
  readonly timeoutMs?: number
  /** Between asking a trial to stop and killing it. Default 5 s. */
  readonly graceMs?: number
  /** Variables on top of this process's own. */
  readonly env?: Record<string, string | undefined>
  readonly signal?: AbortSignal
  /** Called after each trial. */
  readonly onTrial?: (trial: BatchTrialResult) => void
  readonly clock?: Clock
}

export interface BatchTrialResult {
  readonly batchSize: number
  readonly outcome: 'fits' | 'out-of-memory' | 'crashed' | 'timeout'
  readonly elapsedMs: number
  /** Largest resident memory of the child; only where it came back. */
  readonly maxResidentBytes?: number
  /** What the child said, or how it ended; only where it did not fit. */
  readonly detail?: string
  readonly outOfMemory?: OutOfMemory
}

export interface BatchSizeFound {
  /** Undefined where not even the smallest fits; the trials say why. */
  readonly batchSize: number | undefined
  /** In the order tried. */
  readonly trials: readonly BatchTrialResult[]
}

const TIMEOUT_MS = 300_000

/**
 * The largest batch that fits into memory here and now, by trying. A child that runs out of memory, crashes, is killed or takes too long is an answer; an ordinary
 * error of the function is not, and is thrown.
 * @throws LabError `bad-batch-range`, `trial-failed` (its cause is the function's error), `interrupted`
 */
export async function probeBatchSize(options: ProbeBatchSizeOptions): Promise<BatchSizeFound> {
  const trials: BatchTrialResult[] = []
  const batchSize = await searchLargestBatch(options, async (size) => {
    const trial = await runTrial(options, size)
    trials.push(trial)
    options.onTrial?.(trial)
    return trial.outcome === 'fits'
  })
  return { batchSize, trials }
}

async function runTrial(options: ProbeBatchSizeOptions, batchSize: number): Promise<BatchTrialResult> {
  const { tryBatch, clock = systemClock, timeoutMs = TIMEOUT_MS, graceMs, env, signal } = options
  const started = clock.monotonic()
  const before = oomKillCount()
  const elapsed = (): number => clock.monotonic() - started
  try {
    const result = await runChild({
      entry: 'src/runtime/memory/batch-trial.ts',
      input: { ...tryBatch, batchSize, input: options.input } satisfies BatchTrial,
      timeoutMs,
      ...(graceMs !== undefined && { graceMs }),
      ...(env !== undefined && { env }),
      ...(signal !== undefined && { signal }),
    })
    return { batchSize, outcome: 'fits', elapsedMs: elapsed(), ...(result as { maxResidentBytes: number }) }
  } catch (error) {
    return { batchSize, ...judge(error, before, options), elapsedMs: elapsed() }
  }
}

function judge(
  error: unknown,
  before: number | undefined,
  { tryBatch, signal }: ProbeBatchSizeOptions,
): Pick<BatchTrialResult, 'outcome' | 'detail' | 'outOfMemory'> {
  if (signal?.aborted === true) throw error
  const outOfMemory = describeOutOfMemory(error, { before })
  if (outOfMemory !== undefined) return { outcome: 'out-of-memory', detail: outOfMemory.message, outOfMemory }
  const code = isLabError(error) ? error.code : ''
  const detail = isLabError(error) ? (error.received ?? error.message) : String(error)
  if (code === 'child-timeout') return { outcome: 'timeout', detail }
  if (code === 'child-crashed') return { outcome: 'crashed', detail }
  throw new LabError('trial-failed', 'Trying a batch size failed for another reason than memory.', {
    received: `${tryBatch.module}: ${tryBatch.name}: ${errorToJson(error).message}`,
    expected: 'a function that comes back, or runs out of memory',
    help: 'call it in this process with the smallest batch, and see',
    cause: error,
  })
}
