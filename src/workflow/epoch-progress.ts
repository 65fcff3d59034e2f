import { startProgress } from '../core/index.js'
import type { EpochEvent } from '../train/index.js'
import { describeStep } from './direction/fit-progress.js'

/** A progress line for a training: give `onEpoch` to `train()`, and `close()` it at the end, also of a failure. */
export function epochProgress(
  label: string,
  epochs: number,
): { readonly onEpoch: (event: EpochEvent) => void; readonly close: (detail?: string) => void } {
  const progress = startProgress(label, epochs)
  return {
    onEpoch: ({ epoch, ...event }) => progress.update(epoch, describeStep({ step: epoch, totalSteps: epochs, ...event })),
    close: (detail) => progress.close(detail),
  }
}
