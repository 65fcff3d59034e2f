import { startProgress } from '../../core/index.js'
import type { FitProgress } from '../../models/index.js'
import type { FitEvent } from '../fits/fit-options.js'

export interface FitProgressDisplay {
  tell(event: FitEvent): void
  close(detail?: string): void
}

/** One line for all fits: how many are done, what each one in progress is at. @param footer what is known of the machine: device, memory in use */
export function startFitProgress(total: number, footer: () => readonly (string | undefined)[]): FitProgressDisplay {
  const progress = startProgress(`fitting ${total} models`, total)
  const running = new Map<string, string>()
  let done = 0
  return {
    tell(event) {
      const name = `${event.symbol === undefined ? '' : `${event.symbol} `}${event.model} fold ${event.fold + 1}`
      if (event.type === 'fit-started') running.set(name, name)
      else if (event.type === 'fit-progress') running.set(name, `${name} ${describeStep(event.progress)}`)
      else if (event.type === 'fit-finished' || event.type === 'fit-reused') {
        running.delete(name)
        done += 1
      }
      progress.update(done, [[...running.values()].join(', '), ...footer()].filter((part) => part !== undefined && part !== '').join(' | '))
    },
    close: (detail) => progress.close(detail),
  }
}

/** '3/6 loss 0.6920 val 0.6925 lr 0.001 12,300 samples/s 4 s left' */
export function describeStep({
  step,
  totalSteps,
  trainLoss,
  validationLoss,
  learningRate,
  samplesPerSecond,
  etaSeconds,
}: FitProgress): string {
  const parts = [
    `${step}/${totalSteps}`,
    learningRate !== undefined && trainLoss !== undefined && `loss ${trainLoss.toFixed(4)}`,
    validationLoss !== undefined && `val ${validationLoss.toFixed(4)}`,
    learningRate !== undefined && `lr ${Number(learningRate.toPrecision(3))}`,
    samplesPerSecond !== undefined && `${Math.round(samplesPerSecond).toLocaleString('en-US')} samples/s`,
    etaSeconds !== undefined && Number.isFinite(etaSeconds) && `${Math.round(etaSeconds)} s left`,
  ]
  return parts.filter((part) => part !== false).join(' ')
}
