import { sha256, stableJson } from '../../core/index.js'
import { readWeights, type Network } from '../network.js'
import type { LabelledSequences } from '../sequence-data.js'
import type { LoopOptions } from '../training-loop.js'

/** Versions, path in force, configuration of the network: what decides the bytes and cannot be seen by the loop. */
export type TrainingEnvironment = Readonly<Record<string, string | number | boolean>>

/** Hashes of all that decides a training's bytes, part by part, so that a difference can be named. */
export interface TrainingIdentity {
  readonly options: string
  readonly data: string
  /** Loss; names, shapes and initial values of the weights. */
  readonly network: string
  readonly environment: TrainingEnvironment
}

/** Changes when the loop computes something else from the same inputs. */
const LOOP_VERSION = 3

/** To be taken before the first update: the network's weights are part of it. */
export function trainingIdentity(
  network: Network,
  train: LabelledSequences,
  validation: LabelledSequences,
  { epochs, batchSize, learningRate, patience, minDelta, seed, gradientClip, gradientClipValue, optimizer, schedule }: LoopOptions,
  environment: TrainingEnvironment,
): TrainingIdentity {
  const options = { epochs, batchSize, learningRate, patience, minDelta, seed, gradientClip, gradientClipValue, optimizer, schedule }
  const layout = network.variables.map(({ name, variable }) => [name, variable.shape])
  return {
    options: sha256(stableJson({ LOOP_VERSION, ...options })),
    data: sha256(...dataParts(train), ...dataParts(validation)),
    network: sha256(stableJson({ layout, loss: network.loss ?? 'cross-entropy' }), ...readWeights(network).map(({ values }) => values)),
    environment,
  }
}

const dataParts = ({ features, featureCount, lookback, endRow, target, weight }: LabelledSequences): (string | ArrayBufferView)[] => [
  stableJson({ featureCount, lookback, weighted: weight !== undefined }),
  features,
  endRow,
  target,
  weight ?? new Float32Array(0),
]

export const identityHash = (identity: TrainingIdentity): string => sha256(stableJson(identity))

/** What differs, in words; undefined where nothing does. */
export function identityDifference(stored: TrainingIdentity, wanted: TrainingIdentity): string | undefined {
  const parts = (['options', 'data', 'network'] as const).filter((part) => stored[part] !== wanted[part])
  const names = [...new Set([...Object.keys(stored.environment), ...Object.keys(wanted.environment)])].sort()
  const environment = names
    .filter((name) => stored.environment[name] !== wanted.environment[name])
    .map((name) => `${name} ${String(stored.environment[name])} instead of ${String(wanted.environment[name])}`)
  const all = [...parts.map((part) => `other ${part === 'network' ? 'network or initial weights' : part}`), ...environment]
  return all.length === 0 ? undefined : all.join(', ')
}
