import type { TrainingConfig } from '../../config/index.js'
import { interruptSignal, machineFacts } from '../../core/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import type { Labels } from '../../labels/index.js'
import type { AnnouncedDevice } from '../announce-device.js'
import type { Run } from '../../track/index.js'
import type { NamedModelSpec } from './direction-models.js'
import type { DirectionSplit } from './direction-split.js'
import { fitCheckpointPlan } from '../fits/fit-checkpoints.js'
import { fitFolds } from '../fits/fit-folds.js'
import type { FoldFit } from '../fits/fit-options.js'
import { FitMemory } from '../fits/fit-memory.js'
import { keepResources } from '../fits/keep-resources.js'
import { startFitProgress } from './fit-progress.js'
import { recordFitEvent } from './record-fit-event.js'

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

/**
 * Fits every model in every fold, with progress, memory watched, and checkpoints as `training.checkpoints` says; fits and epochs are events of the run, peaks of memory
 * its record `memory`, use over time a file in its `resources/`. Stops at the next batch when the notebook cell is interrupted or memory is almost used up; `--resume` goes on from there.
 */
export async function fitDirection(input: FitDirectionInput): Promise<FoldFit[]> {
  const { run, X, labels, split, models, seed, config, device } = input
  const memory = FitMemory.start({ config, gpu: device.inForce === 'cuda', onEvent: ({ time: _, ...event }) => run.event('memory', event) })
  const progress = startFitProgress(split.folds.length * models.length, () => [device.inForce, memory.inUse])
  const signal = input.signal ?? interruptSignal()
  const checkpoints = fitCheckpointPlan(config)
  try {
    const fits = await fitFolds({
      runFolder: run.folder,
      X,
      y: labels.y,
      labelEndTime: labels.endTime,
      folds: split.folds,
      models,
      seed,
      threadsPerFit: config.resources.threads_per_fit,
      workers: Math.max(1, Math.min(input.workers, config.resources.max_workers, machineFacts().cores)),
      device: device.requested,
      requireDevice: device.required,
      memory,
      ...(checkpoints !== undefined && { checkpoints }),
      ...(signal !== undefined && { signal }),
      onEvent: (event) => {
        recordFitEvent(run, event)
        progress.tell(event)
      },
    })
    const reused = fits.filter((fit) => fit.reused).length
    progress.close(reused === 0 ? undefined : `${reused} taken from before`)
    return fits
  } catch (error) {
    progress.close('stopped')
    throw error
  } finally {
    await keepResources(run, memory)
  }
}
