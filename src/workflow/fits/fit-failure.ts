import { isLabError, LabError, type LabErrorDetails } from '../../core/index.js'
import type { PlannedFit } from './fit-job.js'

/** A job's error with model, fold and cause in its words. */
export function describeFailure(job: PlannedFit, error: unknown): unknown {
  if (isLabError(error) && (error.code === 'interrupted' || error.code === 'memory-limit')) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const { received, expected, help } = cause as LabErrorDetails
  return new LabError(
    'fit-failed',
    `The model ${job.model} could not be fitted in fold ${job.fold}${job.symbol === undefined ? '' : ` of ${job.symbol}`}: ${cause.message}`,
    {
      ...(received !== undefined && { received }),
      ...(expected !== undefined && { expected }),
      help: help ?? 'correct the cause and run the same command with --resume: finished fits are kept',
      cause,
    },
  )
}
