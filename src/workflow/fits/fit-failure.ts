import { isLabError, LabError, type LabErrorDetails } from '../../core/index.js'
import { interruptedError } from '../../runtime/index.js'
import type { PlannedFit } from './fit-job.js'

/** A job's error with model, fold (counted from 1, as in tables) and cause in its words. */
export function describeFailure(job: PlannedFit, error: unknown): unknown {
  if (isLabError(error) && error.code === 'memory-limit') return error
  // Whether the worker or the pool noticed it first is chance; what was stopped is what a person wants to know.
  if (isLabError(error) && error.code === 'interrupted') return interruptedError(fitName(job), error)
  const cause = error instanceof Error ? error : new Error(String(error))
  const { received, expected, help } = cause as LabErrorDetails
  return new LabError(
    'fit-failed',
    `The model ${job.model} could not be fitted in fold ${job.fold + 1}${ofSymbol(job)}: ${cause.message}`,
    {
      ...(received !== undefined && { received }),
      ...(expected !== undefined && { expected }),
      help: help ?? 'correct the cause and run the same command with --resume: finished fits are kept',
      cause,
    },
  )
}

/** As it stands in an error: 'fit of lstm in fold 1'. */
export const fitName = (job: Pick<PlannedFit, 'model' | 'fold' | 'symbol'>): string =>
  `fit of ${job.model} in fold ${job.fold + 1}${ofSymbol(job)}`

const ofSymbol = ({ symbol }: Pick<PlannedFit, 'symbol'>): string => (symbol === undefined ? '' : ` of ${symbol}`)
