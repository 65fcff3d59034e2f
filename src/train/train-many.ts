import { isLabError } from '../core/index.js'
import type { Tfjs } from '../native/tensorflow/index.js'
import { JointTraining } from './joint-training.js'
import type { Network } from './network.js'
import type { LabelledSequences } from './sequence-data.js'
import { train, type TrainOptions, type TrainResult } from './train.js'

/** One of several trainings: what {@link train} takes. */
export interface Training {
  /** For the caller to know it by: a symbol. */
  readonly name: string
  readonly network: Network
  readonly data: LabelledSequences
  readonly validation: LabelledSequences
  readonly options: TrainOptions
}

/** What became of one training. */
export interface TrainedOne {
  readonly name: string
  /** undefined where it failed. */
  readonly result: TrainResult | undefined
  readonly error: unknown
}

/**
 * Trains several networks side by side, each on data of its own: {@link train} for each, to the same bytes, but the batches of networks of one make are computed in one call
 * with the threads spread over networks. For many small networks that is faster than one after the other (`npm run bench -- symbols`). Data, rows and batches may differ; one that
 * ends early leaves the rest. A failure is that network's alone.
 * @param trainings checkpoints need a folder each
 * @returns in the order given
 * @throws LabError `interrupted`, `memory-limit` when all have stopped: each goes on from its checkpoint
 */
export async function trainMany(tf: Tfjs, trainings: readonly Training[]): Promise<TrainedOne[]> {
  const joint = new JointTraining(tf)
  const settled = await Promise.allSettled(
    trainings.map(({ network, data, validation, options }) => train(tf, network, data, validation, { ...options, joint })),
  )
  const stopped = settled.find(
    (one) => one.status === 'rejected' && isLabError(one.reason) && ['interrupted', 'memory-limit'].includes(one.reason.code),
  )
  if (stopped?.status === 'rejected') throw stopped.reason
  return settled.map((one, i) => ({
    name: trainings[i]!.name,
    result: one.status === 'fulfilled' ? one.value : undefined,
    error: one.status === 'rejected' ? (one.reason as unknown) : undefined,
  }))
}
