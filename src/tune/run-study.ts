import { EXIT, isLabError, LabError, systemClock, type Clock } from '../core/index.js'
import { interruptedError } from '../runtime/index.js'
import { inParallel } from './in-parallel.js'
import type { Study } from './study.js'
import type { StudyTrial } from './study-trial.js'

export interface RunStudyOptions {
  readonly study: Study
  /** The study ends when it has so many, those of earlier calls and other processes counted in. */
  readonly trials: number
  /** Values of a trial: its own is their mean. */
  readonly steps: number
  /** Trials that are asked for before any of them is told. With the seed it decides the trials; default the number of workers. */
  readonly batch?: number
  /** Evaluations at a time: changes the time, never the result. */
  readonly workers: number
  /**
   * The value of one step, counted from 1. It must be the same whenever it is asked for the same parameters and step.
   * @throws LabError `trial-failed` where these parameters cannot be evaluated; anything else ends the study
   */
  readonly evaluate: (trial: StudyTrial, step: number, signal: AbortSignal) => Promise<number>
  /** Failed trials one after another that end the study. Default 5. */
  readonly maxFailuresInRow?: number
  /** No batch is begun after so long. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** A trial was told, or lost to another process (then its state is running). */
  readonly onTrial?: (trial: StudyTrial) => void
  /** A batch was told. */
  readonly onBatch?: () => Promise<void> | void
  readonly clock?: Clock
}

type Outcome = Parameters<Study['tell']>[1] | { readonly state: 'lost' }

interface Running {
  readonly trial: StudyTrial
  readonly values: number[]
  outcome?: Outcome
}

/**
 * Asks, evaluates and tells until the study has its trials. Trials go batch by batch and, within one, step by step: reports and answers of the pruner, and in the
 * end what is told, come in the order of the trials. So the study depends on seed and batch, and not on how many workers there are or which is faster.
 *
 * Trials that a dead process of this machine left are gone on with first, in the batch they belong to: a study that was killed ends as it would have.
 * @returns what ended it
 * @throws LabError `interrupted` (the running trials are let go of; exit code 75), `too-many-failures`, `bad-trials`, those of Study
 */
export async function runStudy(options: RunStudyOptions): Promise<'trials' | 'timeout'> {
  const { study, trials, workers, batch = workers, timeoutMs = Infinity, clock = systemClock, maxFailuresInRow = 5 } = options
  for (const [name, value] of Object.entries({ trials, workers, batch, steps: options.steps, maxFailuresInRow }))
    if (!Number.isInteger(value) || value < 1) throw badCount(name, value)
  const startedAt = clock.monotonic()
  let failures = 0
  try {
    for (;;) {
      if (options.signal?.aborted === true) throw interruptedError(`study ${study.name}`)
      if (clock.monotonic() - startedAt >= timeoutMs) return 'timeout'
      const running = await takeBatch(study, trials, batch)
      if (running.length === 0) return 'trials'
      await runSteps(running, options)
      for (const one of running) {
        const { trial, outcome } = one
        const told = outcome === undefined || outcome.state === 'lost' ? false : await study.tell(trial, outcome)
        failures = outcome?.state === 'failed' ? failures + 1 : 0
        options.onTrial?.(toldTrial(one, told))
        if (failures >= maxFailuresInRow) throw tooManyFailures(study.name, failures, outcome as { error: string })
      }
      await options.onBatch?.()
    }
  } finally {
    await study.release()
  }
}

/** Trials left behind by others come first; then new ones up to where a batch ends. */
async function takeBatch(study: Study, limit: number, batch: number): Promise<Running[]> {
  const taken: StudyTrial[] = []
  const takeFrom = async (source: () => Promise<StudyTrial | undefined>): Promise<void> => {
    while (taken.length < batch && !isBatchEnd(taken, batch)) {
      const trial = await source()
      if (trial === undefined) return
      taken.push(trial)
    }
  }
  await takeFrom(() => study.adopt())
  await takeFrom(() => study.ask(limit))
  return taken.sort((a, b) => a.number - b.number).map((trial) => ({ trial, values: [] }))
}

const isBatchEnd = (taken: readonly StudyTrial[], batch: number): boolean => taken.some(({ index }) => (index + 1) % batch === 0)

async function runSteps(running: readonly Running[], { study, steps, workers, evaluate, signal }: RunStudyOptions): Promise<void> {
  for (let step = 1; step <= steps; step++) {
    const open = running.filter(({ outcome }) => outcome === undefined)
    await inParallel(open, workers, signal, async (one, stop) => {
      try {
        const value = await evaluate(one.trial, step, stop)
        if (Number.isFinite(value)) one.values.push(value)
        else one.outcome = { state: 'failed', error: `the metric is not defined in step ${step}` }
      } catch (error) {
        if (!isLabError(error) || error.code !== 'trial-failed') throw error
        one.outcome = { state: 'failed', error: error.message }
      }
    })
    if (signal?.aborted === true) throw interruptedError(`study ${study.name}`)
    for (const one of open.filter(({ outcome }) => outcome === undefined)) {
      const mean = one.values.reduce((sum, value) => sum + value, 0) / one.values.length
      const answer = await study.report(one.trial, step, mean)
      if (answer === 'lost') one.outcome = { state: 'lost' }
      else if (answer === 'prune') one.outcome = { state: 'pruned' }
      else if (step === steps) one.outcome = { state: 'complete', value: mean }
    }
  }
}

function toldTrial({ trial, values, outcome }: Running, told: boolean): StudyTrial {
  const steps = values.map((_, k): [number, number] => [k + 1, values.slice(0, k + 1).reduce((sum, value) => sum + value, 0) / (k + 1)])
  const state = !told || outcome === undefined || outcome.state === 'lost' ? 'running' : outcome.state
  const value = state === 'complete' || state === 'pruned' ? (steps.at(-1)?.[1] ?? null) : null
  return { ...trial, state, value, steps, error: outcome?.state === 'failed' ? outcome.error : null }
}

const tooManyFailures = (name: string, count: number, { error }: { readonly error: string }): LabError =>
  new LabError('too-many-failures', `The last ${count} trials failed: something other than their parameters is wrong.`, {
    received: error,
    expected: 'trials that can be evaluated',
    help: `correct the cause and run the same command again: study ${name} and its trials are kept`,
  })

const badCount = (name: string, value: number): LabError =>
  new LabError('bad-trials', 'A study needs at least one of each.', {
    received: `${name} = ${value}`,
    expected: 'a whole number from 1',
    help: `set ${name} to 1 or more`,
    exitCode: EXIT.usage,
  })
