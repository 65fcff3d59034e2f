import { sha256, stableJson } from '../../core/index.js'
import { classificationMetrics } from '../../metrics/index.js'
import { resolveModelSpec, modelBackend } from '../../models/index.js'
import {
  bestTrial,
  checkSpaceForModel,
  runStudy,
  Study,
  studyFolder,
  studyStorage,
  writeStudyResult,
  type PrunerKind,
  type SamplerKind,
  type SearchSpace,
  type StudyResult,
  type StudyTrial,
} from '../../tune/index.js'
import { fitCodeHash } from '../fits/fit-code-hash.js'
import { hashFitInputs } from '../fits/fit-inputs.js'
import { FitReuse } from '../fits/fit-reuse.js'
import { foldObjective, type FoldObjectiveOptions } from './fold-objective.js'

/** What to search, on which folds, and how the study goes. */
export interface TuneModelOptions extends Omit<FoldObjectiveOptions, 'folder' | 'fixed' | 'reuse'> {
  readonly space: SearchSpace
  /** Parameters that all trials share. Default none. */
  readonly fixed?: Readonly<Record<string, unknown>>
  /** Default: model and a hash of all that decides its trials, so that the same call goes on with the same study. */
  readonly study?: string
  /** See `studyStorage`. */
  readonly storage?: string
  /** Default tpe. */
  readonly sampler?: SamplerKind
  /** Default median. */
  readonly pruner?: PrunerKind
  /** The study ends when it has so many. Default 50. */
  readonly trials?: number
  /** Trials at a time; default 1. It changes the time, never the result. */
  readonly workers?: number
  /** Trials that are drawn before any of them is told; default 1. With the seed it decides the trials. */
  readonly batch?: number
  readonly timeoutMs?: number
  readonly maxFailuresInRow?: number
  readonly maxRetries?: number
  readonly heartbeatSeconds?: number
  readonly signal?: AbortSignal
  readonly onTrial?: (trial: StudyTrial, best: StudyTrial | undefined) => void
  /** Kept in `best.json`, beside what is known here. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export interface TunedModel {
  readonly study: string
  readonly storage: string
  /** All trials by number, those of earlier calls and other processes counted in. */
  readonly trials: readonly StudyTrial[]
  /** Undefined where no trial is complete. */
  readonly result: StudyResult | undefined
  readonly importance: Readonly<Record<string, number>>
  readonly ended: 'trials' | 'timeout'
}

/**
 * Searches a model's parameters: each trial is fitted fold by fold in worker processes and scored on the test parts, bad ones end early. Nothing but the folds given is
 * seen, so keep later data back for the score of the best (`tuneDirection` does).
 *
 * The same call again goes on where it was, also after a kill. `best.json` of the study's folder is written after each batch; the fits of all trials lie beside it, and may be deleted
 * while nothing works on the study.
 * @throws LabError `empty-space`, `bad-sampler`, `unknown-parameter`, `bad-parameter`, those of Study and runStudy
 */
export async function tuneModel(options: TuneModelOptions): Promise<TunedModel> {
  const { model, space, fixed = {}, metric, folds, seed, sampler = 'tpe', pruner = 'median', trials = 50, workers = 1, batch = 1 } = options
  const { maxRetries, heartbeatSeconds, timeoutMs, maxFailuresInRow, signal, onTrial } = options
  checkSpaceForModel(model, space, fixed)
  const better = classificationMetrics.find(({ name }) => name === metric)!.better
  const direction = better === 'higher' ? 'maximize' : 'minimize'
  const facts = { model, metric, batch, fixed: resolveModelSpec({ kind: model, params: fixed }).params, data: dataHash(options) }
  const settings = { ...facts, space, sampler, pruner, seed, steps: folds.length }
  const name = options.study ?? `${model}-${sha256(stableJson(settings)).slice(0, 8)}`
  const folder = studyFolder(name)
  const storage = studyStorage(options.storage)
  const code = { code: fitCodeHash(model), backend: await modelBackend(model, options) }
  const study = await Study.open({
    ...{ storage, name, direction, space, sampler, pruner, seed, steps: folds.length, facts },
    ...(maxRetries !== undefined && { maxRetries }),
    ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
  })
  let reuse: FitReuse | undefined
  const save = async (): Promise<{ trials: StudyTrial[]; result: StudyResult | undefined }> => {
    const all = await study.trials()
    return {
      trials: all,
      result: writeStudyResult({ study: name, model, metric, direction, facts: { ...options.facts, ...settings, ...code } }, all),
    }
  }
  try {
    reuse = FitReuse.open(folder)
    const done = new Map((await study.trials()).map((trial) => [trial.number, trial]))
    const ended = await runStudy({
      ...{ study, trials, steps: folds.length, batch, workers },
      evaluate: foldObjective({ ...options, fixed, folder, reuse }),
      ...(signal !== undefined && { signal }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(maxFailuresInRow !== undefined && { maxFailuresInRow }),
      onTrial: (trial) => {
        done.set(trial.number, trial)
        onTrial?.(trial, bestTrial([...done.values()], direction))
      },
      onBatch: async () => void (await save()),
    })
    const saved = await save()
    return { study: name, storage, ...saved, importance: await study.importance(), ended }
  } finally {
    await reuse?.close()
    await study.close()
  }
}

function dataHash({ X, y, sampleWeight, labelEndTime, folds, threadsPerFit }: TuneModelOptions): string {
  const given = { ...(sampleWeight !== undefined && { sampleWeight }), ...(labelEndTime !== undefined && { labelEndTime }) }
  const rows = folds.flatMap(({ train, validation, test }) => [train, validation, test])
  return sha256(hashFitInputs({ X, y, ...given }), ...rows, String(threadsPerFit)).slice(0, 16)
}
