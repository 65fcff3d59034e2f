import { errorToJson, isLabError, type Clock } from '../../core/index.js'
import { Child, describeOutOfMemory, interruptedError, oomKillCount } from '../../runtime/index.js'
import type { MemoryAdmission } from './memory-admission.js'
import type { StrategyJob, StrategyResult, StrategyStatus, StrategyTraining } from './strategy-training.js'

/** What happened to one strategy. */
export type StrategyEvent = { readonly strategy: string } & (
  | { readonly type: 'strategy-started'; readonly pid: number | undefined }
  /** What its `train` sent. */
  | { readonly type: 'strategy-progress'; readonly data: unknown }
  /** Its process was killed for want of memory: once more when nothing else runs. */
  | { readonly type: 'strategy-retried'; readonly reason: string }
  | { readonly type: 'strategy-ended'; readonly status: StrategyStatus; readonly seconds: number }
)

export interface RunStrategyOptions {
  readonly admission: MemoryAdmission
  readonly timeoutMinutes: number
  readonly clock: Clock
  readonly attempt: 1 | 2
  readonly signal?: AbortSignal
  readonly onEvent?: (event: StrategyEvent) => void
}

const MB = 2 ** 20

/** Trains one strategy in a child of its own, which is ended with it. Never throws. @returns 'retry' where it was killed for want of memory in its first attempt */
export async function runStrategy(job: StrategyTraining, options: RunStrategyOptions): Promise<StrategyResult | 'retry'> {
  const { admission, clock, attempt, signal, onEvent } = options
  const { name, module, input, timeoutMinutes = options.timeoutMinutes } = job
  const started = clock.monotonic()
  const kills = { before: oomKillCount() }
  let peak: number | undefined
  const ended = (status: StrategyStatus, result: unknown, error?: unknown): StrategyResult => {
    const seconds = Math.round(clock.monotonic() - started) / 1000
    onEvent?.({ strategy: name, type: 'strategy-ended', status, seconds })
    const peakMemoryMb = peak === undefined ? undefined : Math.round(peak / MB)
    return { name, status, result, error: error === undefined ? undefined : errorToJson(error), seconds, peakMemoryMb, attempts: attempt }
  }
  if (signal?.aborted === true) return { ...ended('interrupted', undefined, interruptedError(name)), seconds: 0 }
  const child = Child.start({ entry: 'src/workflow/parallel/strategy-worker.ts' })
  if (child.pid !== undefined) admission.started(child.pid, job)
  onEvent?.({ strategy: name, type: 'strategy-started', pid: child.pid })
  const close = async (): Promise<void> => {
    admission.sample()
    await child.close()
    if (child.pid !== undefined) peak = admission.ended(child.pid, job)
  }
  try {
    const result = await child.call({ module, input } satisfies StrategyJob, {
      timeoutMs: timeoutMinutes * 60_000,
      ...(signal !== undefined && { signal }),
      onMessage: (data) => onEvent?.({ strategy: name, type: 'strategy-progress', data }),
    })
    await close()
    return ended('trained', result)
  } catch (error) {
    await close()
    const shortage = attempt === 1 ? describeOutOfMemory(error, kills) : undefined
    if (shortage === undefined) return ended(statusOf(error), undefined, error)
    onEvent?.({ strategy: name, type: 'strategy-retried', reason: shortage.message })
    return 'retry'
  }
}

function statusOf(error: unknown): StrategyStatus {
  if (!isLabError(error)) return 'failed'
  return error.code === 'child-timeout' ? 'timed-out' : error.code === 'interrupted' ? 'interrupted' : 'failed'
}
