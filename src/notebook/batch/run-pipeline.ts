import { EXIT, displayPath } from '../../core/index.js'
import { planJobs, type PipelineOptions } from './plan-jobs.js'
import { report, runJob, type Job, type NotebookResult } from './run-job.js'
import { StopRequest } from './stop-request.js'

export interface PipelineResult {
  /** The worst of the notebooks: failed, then bad arguments, interrupted, skipped, ok. */
  readonly exitCode: number
  readonly notebooks: readonly NotebookResult[]
}

const WORST_FIRST: readonly number[] = [EXIT.failed, EXIT.usage, EXIT.interrupted, EXIT.skipped, EXIT.ok]

/**
 * Runs notebooks as batch jobs. What goes wrong in a notebook is a result with an exit code, not an exception; nothing of it is thrown.
 */
export async function runPipeline(options: PipelineOptions): Promise<PipelineResult> {
  const results: NotebookResult[] = []
  let plan: Job[]
  try {
    plan = planJobs(options)
  } catch (error) {
    const refused = report(error)
    return { exitCode: refused.exitCode, notebooks: [{ notebook: options.notebooks.join(' '), ...refused }] }
  }
  const { timeoutMs, ...each } = options
  const stop = new StopRequest(timeoutMs, options.signal)
  try {
    for (const job of plan) {
      const result = await runJob(job, { ...each, signal: stop.signal }).catch((error: unknown): NotebookResult => ({
        notebook: displayPath(job.path),
        ...report(error),
      }))
      results.push(result)
      if (result.exitCode === EXIT.interrupted) break
    }
  } finally {
    stop.close()
  }
  return { exitCode: worstOf(results.map(({ exitCode }) => exitCode)), notebooks: results }
}

/** The exit code of several runs together. */
export const worstOf = (codes: readonly number[]): number => WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.failed
