import { systemClock, type Clock } from '../core/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import { CheckpointTriggers, type CheckpointOptions } from './checkpoint/checkpoint-triggers.js'
import { lossWeights, withMeanOne, type ClassWeights } from './loss-weights.js'
import type { Network } from './network.js'
import type { LabelledSequences } from './sequence-data.js'
import { trainingIdentity } from './checkpoint/training-identity.js'
import { TrainingLoop, type EpochEvent, type LoopOptions } from './training-loop.js'
import type { EpochResult } from './training-state.js'

/** Settings of a training, its checkpoints and its hooks. */
export interface TrainOptions extends LoopOptions {
  /** What a class counts in the training loss (not in the validation loss). Default: alike. */
  readonly classWeights?: ClassWeights
  /** Write checkpoints, and go on from the newest one of the same training. */
  readonly checkpoint?: CheckpointOptions
  readonly signal?: AbortSignal
  /** Called for the epochs that this call trains, not for those of a checkpoint. */
  readonly onEpoch?: (epoch: EpochEvent) => void
  /** Of checkpoint times and figures of pace; results do not depend on it. */
  readonly clock?: Clock
}

/** Every epoch, and the one whose weights the network now has. */
export interface TrainResult {
  /** All epochs, those before a resume included. */
  readonly epochs: readonly EpochResult[]
  /** The epoch whose weights the network now has. */
  readonly bestEpoch: number
}

/**
 * Trains a binary classifier: cross entropy on log-odds, Adam unless told otherwise, clipping by the global norm, early stopping on the validation loss with the
 * best weights put back. The order of samples is a function of seed and epoch. Equal inputs give equal bytes of weights on one machine and path, whatever the
 * threads, and whether or not the training was stopped and resumed from a checkpoint, at whatever batch.
 * Between batches it looks at the signal and lets the event loop run, so that an interrupt or a message arrives within one batch.
 * Allocates nothing that outlives it; the network stays its owner's.
 * @param network new from its seed: its weights as they come are part of what a checkpoint is recognised by
 * @throws LabError `interrupted`; `memory-limit` where `memory` says 'stop' (a checkpoint is written first); `training-diverged` when a loss or gradient stops being a number, before it reaches the weights; `bad-training-option`,
 * `bad-optimizer`, `bad-schedule`, `bad-weight`, `one-class`, `no-samples`; with checkpoints `bad-checkpoint-option`, `lock-timeout`, `disk-full`, `not-writable`
 */
export async function train(
  tf: Tfjs,
  network: Network,
  data: LabelledSequences,
  validation: LabelledSequences,
  options: TrainOptions,
): Promise<TrainResult> {
  const { clock = systemClock, classWeights } = options
  const weighted = withWeight(data, lossWeights(data.target, data.weight, classWeights))
  const evaluated = withWeight(validation, withMeanOne(validation.weight, validation.target.length))
  const loop = new TrainingLoop(tf, network, options, clock)
  try {
    await runToEnd(loop, network, weighted, evaluated, options, clock)
    loop.restoreBest()
    return { epochs: loop.history, bestEpoch: loop.bestEpoch }
  } finally {
    loop.close()
  }
}

async function runToEnd(
  loop: TrainingLoop,
  network: Network,
  data: LabelledSequences,
  validation: LabelledSequences,
  options: TrainOptions,
  clock: Clock,
): Promise<void> {
  const { checkpoint } = options
  const run = async (triggers?: CheckpointTriggers): Promise<void> => {
    const hooks = { ...options, ...(triggers !== undefined && { afterBatch: () => triggers.afterBatch(loop) }) }
    while (!loop.finished) {
      await loop.runEpoch(data, validation, hooks)
      await triggers?.afterEpoch(loop)
    }
  }
  if (checkpoint === undefined) return run()
  const identity = trainingIdentity(network, data, validation, options, checkpoint.environment ?? {})
  await CheckpointTriggers.around(loop, identity, checkpoint, clock, run)
}

function withWeight({ weight: _, ...data }: LabelledSequences, weight: Float32Array | undefined): LabelledSequences {
  return weight === undefined ? data : { ...data, weight }
}
