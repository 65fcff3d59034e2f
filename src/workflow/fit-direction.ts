import type { TrainingConfig } from '../config/index.js'
import { interruptSignal, machineFacts, startProgress } from '../core/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import type { Labels } from '../labels/index.js'
import type { AnnouncedDevice } from './announce-device.js'
import type { Run } from '../track/index.js'
import type { NamedModelSpec } from './direction-models.js'
import type { DirectionSplit } from './direction-split.js'
import { fitFolds, type FitEvent, type FoldFit } from './fit-folds.js'

export interface FitDirectionInput {
  readonly run: Run
  readonly X: FeatureMatrix
  readonly labels: Labels
  readonly split: DirectionSplit
  readonly models: readonly NamedModelSpec[]
  readonly seed: number
  /** Fits at the same time; never more than `resources.max_workers` or the machine's cores. Does not change the result. */
  readonly workers: number
  readonly config: TrainingConfig
  readonly device: AnnouncedDevice
  readonly signal?: AbortSignal
}

/** Fits every model in every fold with progress, each fit an event of the run; stops at the next batch when the notebook cell is interrupted. */
export async function fitDirection(input: FitDirectionInput): Promise<FoldFit[]> {
  const { run, X, labels, split, models, seed, config, device } = input
  const total = split.folds.length * models.length
  const progress = startProgress(`fitting ${total} models`, total)
  const running = new Map<string, string>()
  let done = 0
  const tell = (event: FitEvent): void => {
    const name = `${event.model} fold ${event.fold + 1}`
    if (event.type !== 'fit-progress') recordEvent(run, event)
    if (event.type === 'fit-started') running.set(name, name)
    else if (event.type === 'fit-progress') {
      const { step, totalSteps, validationLoss } = event.progress
      running.set(name, `${name} ${step}/${totalSteps}${validationLoss === undefined ? '' : ` loss ${validationLoss.toFixed(4)}`}`)
    } else if (event.type === 'fit-finished' || event.type === 'fit-reused') {
      running.delete(name)
      done += 1
    }
    progress.update(done, [...running.values()].join(', '))
  }
  const signal = input.signal ?? interruptSignal()
  const workers = Math.max(1, Math.min(input.workers, config.resources.max_workers, machineFacts().cores))
  try {
    const fits = await fitFolds({
      runFolder: run.folder,
      X,
      y: labels.y,
      folds: split.folds,
      models,
      seed,
      threadsPerFit: config.resources.threads_per_fit,
      workers,
      device: device.requested,
      requireDevice: device.required,
      ...(signal !== undefined && { signal }),
      onEvent: tell,
    })
    const reused = fits.filter((fit) => fit.reused).length
    progress.close(reused === 0 ? undefined : `${reused} taken from before`)
    return fits
  } catch (error) {
    progress.close('stopped')
    throw error
  }
}

/** Learning curves stay with the fit; the event says that it ended, where and how. */
function recordEvent(run: Run, { type, ...details }: FitEvent): void {
  if (!('report' in details)) return run.event(type, details)
  const { history: _history, ...report } = details.report
  run.event(type, { ...details, report })
}
