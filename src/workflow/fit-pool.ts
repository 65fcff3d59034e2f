import { Child, interruptedError } from '../runtime/index.js'
import type { FitProgress } from '../models/index.js'
import type { FitJob } from './fit-job.js'

export interface FitPoolOptions {
  readonly workers: number
  readonly signal?: AbortSignal
  /** A worker process was started; it has no job yet. */
  readonly onWorker: (pid: number) => void
  readonly onStart: (job: FitJob) => void
  readonly onProgress: (job: FitJob, progress: FitProgress) => void
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
  if (options.signal?.aborted === true) stopNow()
  options.signal?.addEventListener('abort', stopNow, { once: true })
  const queue = [...jobs]
  const startedKinds = new Set<string>()
  let failure: { readonly error: unknown } | undefined

  const work = async (): Promise<void> => {
    let child: Child | undefined
    const kinds = new Set<string>()
    const next = (): FitJob | undefined => takeJob(queue, kinds, startedKinds)
    try {
      for (let job = next(); job !== undefined; job = next()) {
        const current = job
        try {
          if (stop.signal.aborted) throw interruptedError(`fit of ${current.model} in fold ${current.fold}`)
          if (child === undefined) {
            child = Child.start({ entry: 'src/workflow/fit-worker.ts' })
            if (child.pid !== undefined) options.onWorker(child.pid)
          }
          options.onStart(current)
          await child.call(current, { signal: stop.signal, onMessage: (data) => options.onProgress(current, data as FitProgress) })
          options.onDone(current)
        } catch (error) {
          failure ??= { error: options.describeFailure(current, error) }
          stop.abort()
          return
        }
      }
    } finally {
      await child?.close()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(options.workers, jobs.length) }, work))
  } finally {
    options.signal?.removeEventListener('abort', stopNow)
  }
  if (failure !== undefined) throw failure.error
}
