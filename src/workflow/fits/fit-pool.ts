import { Child, describeOutOfMemory, interruptedError, oomKillCount, type OutOfMemory } from '../../runtime/index.js'
import { fitName } from './fit-failure.js'
import type { FitJob, FitMessage } from './fit-job.js'
import type { FitMemory } from './fit-memory.js'
import type { FitReuse } from './fit-reuse.js'

export interface FitPoolOptions {
  readonly workers: number
  /** Entry of a worker process. Default: the one that fits. */
  readonly entry?: string
  readonly signal?: AbortSignal
  /** A worker process was started; it has no job yet. */
  readonly onWorker: (pid: number) => void
  readonly onStart: (job: FitJob) => void
  readonly onMessage: (job: FitJob, message: FitMessage) => void
  /** The worker was killed for want of memory. The fit is tried once more, with fewer workers beside it and in smaller parts. */
  readonly onRetry: (job: FitJob, reason: OutOfMemory) => void
  readonly memory?: FitMemory
  /** Where idle workers are taken from and left. */
  readonly reuse?: FitReuse
  /** The job's folder is whole. What it throws stops the pool, as a failed job does. */
  readonly onDone: (job: FitJob) => void
  readonly describeFailure: (job: FitJob, error: unknown) => unknown
}

/**
 * The job that a free worker takes: of a kind it has done before, else of a kind that no worker has done, else the next one. Loading TensorFlow or
 * starting Python costs more than many a fit.
 */
export function takeJob<T extends { readonly spec: { readonly kind: string } }>(
  queue: T[],
  mine: Set<string>,
  anyones: Set<string>,
): T | undefined {
  const known = queue.findIndex(({ spec }) => mine.has(spec.kind))
  const fresh = queue.findIndex(({ spec }) => !anyones.has(spec.kind))
  const [job] = queue.splice(known >= 0 ? known : Math.max(0, fresh), 1)
  if (job !== undefined) {
    mine.add(job.spec.kind)
    anyones.add(job.spec.kind)
  }
  return job
}

/**
 * Does the jobs in worker processes that take one after another, see {@link takeJob}. The first failure stops the others and is thrown; jobs finished before keep their folders.
 */
export async function runFitJobs(jobs: readonly FitJob[], options: FitPoolOptions): Promise<void> {
  const stop = new AbortController()
  const stopNow = (): void => stop.abort()
  const ends = [options.signal, options.memory?.signal].flatMap((signal) => signal ?? [])
  for (const signal of ends) signal.addEventListener('abort', stopNow, { once: true })
  if (ends.some((signal) => signal.aborted)) stopNow()
  const queue = [...jobs]
  const startedKinds = new Set<string>()
  let failure: { readonly error: unknown } | undefined
  let working = Math.min(options.workers, jobs.length)

  const work = async (): Promise<void> => {
    let child: Child | undefined
    const kinds = new Set<string>()
    const kills = { before: oomKillCount() }
    const next = (): FitJob | undefined => takeJob(queue, kinds, startedKinds)
    try {
      for (let job = next(); job !== undefined; job = next()) {
        const current = job
        try {
          if (stop.signal.aborted) throw interruptedError(fitName(current))
          if (child === undefined) {
            child = options.reuse?.takeWorker() ?? Child.start({ entry: options.entry ?? 'src/workflow/fits/fit-worker.ts' })
            if (child.pid !== undefined) options.onWorker(child.pid)
            options.memory?.add(child)
          }
          options.onStart(current)
          await child.call(current, { signal: stop.signal, onMessage: (data) => options.onMessage(current, data as FitMessage) })
          options.onDone(current)
        } catch (error) {
          const reason = current.shortOfMemory === true ? undefined : describeOutOfMemory(error, kills)
          if (reason !== undefined && child?.alive === false) {
            options.onRetry(current, reason)
            queue.push({ ...current, shortOfMemory: true })
            options.memory?.remove(child)
            child = undefined
            // Fewer at a time from here on; the last one goes on alone.
            if (working > 1) return
            continue
          }
          failure ??= { error: options.describeFailure(current, error) }
          stop.abort()
          return
        }
      }
    } finally {
      working--
      if (child !== undefined) options.memory?.remove(child)
      if (child !== undefined) await (options.reuse?.giveBack(child) ?? child.close())
    }
  }
  try {
    await Promise.all(Array.from({ length: working }, work))
  } finally {
    for (const signal of ends) signal.removeEventListener('abort', stopNow)
  }
  if (failure !== undefined) throw failure.error
}
