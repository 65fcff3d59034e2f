import { setImmediate as nextTurn } from 'node:timers/promises'
import { interruptedError } from '../../runtime/index.js'
import type { FitInput, FitProgress } from '../model.js'

/** What a library does in a round; the loop decides how many there are. */
export interface BoostedEnsemble {
  /** 'XGBoost', for messages. */
  readonly library: string
  readonly rounds: number
  /** Rounds without a lower validation loss before growing stops; without validation losses all rounds are grown. */
  readonly patience: number
  /** Grows round `step`, from 1. @returns false where nothing was left to split. May throw what the library says. */
  growSync(step: number): boolean
  /** Losses after that round, as far as they say something there. */
  lossesSync(step: number): { readonly trainLoss?: number; readonly validationLoss?: number }
}

export interface BoostingOptions extends Pick<FitInput, 'signal' | 'onProgress'> {
  /** Rounds that were grown before an interruption. Default none. */
  readonly history?: readonly FitProgress[]
  /** After every round, and before an interruption is told. */
  readonly afterRound?: (history: readonly FitProgress[], interrupted: boolean) => void
}

export interface BoostingResult {
  readonly history: readonly FitProgress[]
  /** The round of the lowest validation loss, else the last. */
  readonly bestStep: number
  /** True where not even the first round found a split. */
  readonly stuck: boolean
}

/**
 * Grows rounds until there are enough, validation has not improved for `patience` rounds, or nothing is left to split.
 * A round is one blocking call: between rounds the process hears an abort and the end of its parent.
 * @throws LabError `interrupted`, and what the library says
 */
export async function growRounds(ensemble: BoostedEnsemble, options: BoostingOptions): Promise<BoostingResult> {
  const { library, rounds, patience } = ensemble
  const { signal, onProgress, afterRound } = options
  const history = [...(options.history ?? [])]
  let { bestStep, lowest } = bestOf(history)
  for (let step = history.length + 1; step <= rounds && !(step - 1 - bestStep >= patience); step++) {
    await nextTurn()
    if (signal?.aborted === true) {
      afterRound?.(history, true)
      throw interruptedError(`${library} before round ${step}`)
    }
    const grew = ensemble.growSync(step)
    if (!grew && step > 1) break
    const progress = { step, totalSteps: rounds, ...ensemble.lossesSync(step) }
    history.push(progress)
    onProgress?.(progress)
    const loss = lossToLower(progress)
    if (loss < lowest) [lowest, bestStep] = [loss, step]
    if (!grew) return { history, bestStep, stuck: true }
    afterRound?.(history, false)
  }
  return { history, bestStep, stuck: false }
}

/** The first of the lowest losses; 0 for no rounds. */
function bestOf(history: readonly FitProgress[]): { bestStep: number; lowest: number } {
  const losses = history.map(lossToLower)
  const lowest = losses.reduce((a, b) => Math.min(a, b), Infinity)
  return { bestStep: losses.indexOf(lowest) + 1, lowest }
}

/** Without validation losses every round is better than the one before. */
const lossToLower = ({ step, validationLoss }: FitProgress): number => validationLoss ?? -step
