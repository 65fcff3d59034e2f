import { createRng, sha256, stableJson } from '../../core/index.js'
import type { FitCheckpoint, FitNotice, FitProgress, ModelContext, ModelSpec } from '../../models/index.js'
import type { Fold } from '../../split/index.js'

/** One fold x model fit and the folder that will hold it. */
export interface PlannedFit {
  /** Content hash of everything that decides the result: name of its folder. */
  readonly key: string
  /** Position among the problems of the call. */
  readonly problem: number
  readonly symbol?: string
  readonly fold: number
  readonly model: string
  readonly spec: ModelSpec
  readonly train: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
  readonly seed: number
  readonly threads: number
  readonly device: ModelContext['device']
  readonly requireDevice: boolean
  readonly folder: string
  readonly checkpoint?: FitCheckpoint
}

/** What a worker process gets. */
export interface FitJob extends PlannedFit {
  /** File of the shared inputs. */
  readonly inputs: string
  /** Where to write; renamed to `folder` when it is whole. */
  readonly workFolder: string
  /** True where it was killed for want of memory before: it starts with smaller parts of a batch. */
  readonly shortOfMemory?: boolean
}

/** What a worker sends while it fits. */
export type FitMessage = { readonly progress: FitProgress } | { readonly notice: FitNotice }

/** Seed of one fit: from the base seed, the model's name and the fold alone, so that order and workers do not matter. */
export function fitSeed(seed: number, model: string, fold: number): number {
  return createRng(seed, `fit/${model}/${fold}`).int(2 ** 31 - 1)
}

export interface FitKeyParts {
  readonly inputs: string
  readonly code: string
  readonly backend: Record<string, string>
  readonly spec: ModelSpec
  readonly fold: Fold
  readonly seed: number
  readonly threads: number
}

export function fitKey({ fold, ...rest }: FitKeyParts): string {
  const rows = sha256(fold.train, fold.validation, fold.test)
  return sha256('fit 1', stableJson({ ...rest, rows })).slice(0, 32)
}
