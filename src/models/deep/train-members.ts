import { join } from 'node:path'
import type { LoadedTensorflow } from '../../native/tensorflow/index.js'
import { trainMany, type EpochEvent, type LabelledSequences, type TrainingEnvironment, type TrainResult } from '../../train/index.js'
import type { FitInput, FitProgress } from '../model.js'
import type { WeightedNetwork } from '../networks/weighted-network.js'
import { bootstrapWeights, memberSeed } from './create-member.js'
import type { DeepEnsembleParams } from './deep-ensemble-params.js'

export interface MembersInput {
  readonly loaded: LoadedTensorflow
  readonly networks: readonly WeightedNetwork[]
  readonly params: DeepEnsembleParams
  readonly train: LabelledSequences
  readonly validation: LabelledSequences
  readonly environment: TrainingEnvironment
  readonly fit: Pick<FitInput, 'seed' | 'signal' | 'checkpoint' | 'memory' | 'onProgress' | 'onNotice'>
}

/**
 * Trains all members side by side, batch by batch together. The first member that fails fails the ensemble: a mean over those that are left would be another model.
 * @returns results in the order of the members
 */
export async function trainMembers({
  loaded,
  networks,
  params,
  train,
  validation,
  environment,
  fit,
}: MembersInput): Promise<TrainResult[]> {
  const { seed, signal, checkpoint, memory, onProgress, onNotice } = fit
  const progress = meanOfMembers(params.epochs, onProgress)
  const done = await trainMany(
    loaded.tf,
    networks.map((network, k) => {
      const own = memberSeed(seed, k)
      const weight = params.bagging ? bootstrapWeights(train.endRow.length, own, train.weight) : train.weight
      return {
        name: `member ${k + 1}`,
        network,
        data: { ...train, ...(weight !== undefined && { weight }) },
        validation,
        options: {
          ...params,
          seed: own,
          ...(signal !== undefined && { signal }),
          ...(checkpoint !== undefined && {
            checkpoint: {
              ...checkpoint,
              folder: join(checkpoint.folder, `member-${k + 1}`),
              environment,
              onEvent: (event) => onNotice?.(event),
            },
          }),
          ...(memory !== undefined && { memory }),
          onMemory: (event) => onNotice?.({ type: 'memory-shrink', ...event }),
          onEpoch: (epoch) => progress.add(epoch),
        },
      }
    }),
  )
  progress.flush()
  const failed = done.find(({ result }) => result === undefined)
  if (failed !== undefined) throw failed.error
  return done.map(({ result }) => result!)
}

/** An epoch is told when the first member ends the next one, or all have ended: losses are means over the members that trained in it. */
function meanOfMembers(totalSteps: number, onProgress: FitInput['onProgress']) {
  let open: EpochEvent[] = []
  const flush = (): void => {
    if (open.length === 0) return
    const samplesPerSecond = sumOf(open, (event) => event.samplesPerSecond)
    onProgress?.({ ...meanProgress(open[0]!.epoch, totalSteps, open), samplesPerSecond })
    open = []
  }
  const add = (event: EpochEvent): void => {
    if (open.length > 0 && event.epoch > open[0]!.epoch) flush()
    if (open.length === 0 || event.epoch === open[0]!.epoch) open.push(event)
  }
  return { add, flush }
}

/** Learning curve of the ensemble: for each epoch the mean over the members that trained in it. */
export function meanHistory(results: readonly TrainResult[], totalSteps: number): FitProgress[] {
  const longest = Math.max(...results.map(({ epochs }) => epochs.length))
  return Array.from({ length: longest }, (_, i) =>
    meanProgress(
      i + 1,
      totalSteps,
      results.flatMap(({ epochs }) => epochs[i] ?? []),
    ),
  )
}

function meanProgress(step: number, totalSteps: number, epochs: readonly TrainResult['epochs'][number][]): FitProgress {
  const mean = (of: (epoch: TrainResult['epochs'][number]) => number): number => sumOf(epochs, of) / epochs.length
  return {
    ...{ step, totalSteps, trainLoss: mean(({ trainLoss }) => trainLoss), learningRate: epochs.at(-1)!.learningRate },
    ...(epochs[0]!.validationLoss !== undefined && { validationLoss: mean(({ validationLoss }) => validationLoss!) }),
  }
}

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((sum, item) => sum + of(item), 0)
