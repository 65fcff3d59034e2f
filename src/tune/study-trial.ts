import type { ParameterValue } from './search-space.js'

/** How a trial stands. */
export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'failed'

/** One set of parameters and what came of it. */
export interface StudyTrial {
  /** Name in the study, from 0. */
  readonly number: number
  /** How many were drawn before it; differs from the number where lost trials were repeated under a new one. Its draws belong to it. */
  readonly index: number
  readonly state: TrialState
  readonly params: Readonly<Record<string, ParameterValue>>
  /** Mean over the steps; of a pruned trial up to its last one. Null where there is none. */
  readonly value: number | null
  /** Step (from 1) and mean up to it. */
  readonly steps: readonly (readonly [step: number, mean: number])[]
  /** Number of the lost trial that this one repeats. */
  readonly retryOf: number | null
  /** Why it failed. */
  readonly error: string | null
  readonly seconds: number | null
}

/** Whether larger values are better. */
export type Direction = 'maximize' | 'minimize'

/** The complete trial with the best value, the earliest of equal ones; undefined where none is complete. */
export function bestTrial(trials: readonly StudyTrial[], direction: Direction): StudyTrial | undefined {
  const sign = direction === 'maximize' ? 1 : -1
  let best: StudyTrial | undefined
  for (const trial of trials)
    if (trial.state === 'complete' && trial.value !== null && (best === undefined || sign * trial.value > sign * best.value!)) best = trial
  return best
}
