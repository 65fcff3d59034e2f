import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { displayPath, EXIT, LabError, studiesFolder, writeJsonAtomicSync } from '../core/index.js'
import { modelKinds, type ModelKind } from '../models/index.js'
import type { ParameterValue } from './search-space.js'
import { bestTrial, type Direction, type StudyTrial } from './study-trial.js'

/** `best.json` of a study's folder: what the next training needs to know, without the database. */
export interface StudyResult {
  readonly format: 1
  readonly study: string
  readonly model: ModelKind
  readonly metric: string
  readonly direction: Direction
  /** What was searched, at its best. */
  readonly params: Readonly<Record<string, ParameterValue>>
  readonly value: number
  /** The trial it comes from. */
  readonly trial: number
  readonly counts: TrialCounts
  /** Values of the complete trials in the order of their numbers. */
  readonly values: readonly number[]
  /** What the caller adds: data, folds, hold-out scores. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** Trials by how they stand. */
export interface TrialCounts {
  readonly complete: number
  readonly pruned: number
  readonly failed: number
  readonly running: number
}

/** Folder of a study: its best parameters, and the fits of its trials while it goes on. @throws LabError `bad-study-name` */
export function studyFolder(study: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(study))
    throw new LabError('bad-study-name', 'The name of a study is the name of a folder.', {
      received: JSON.stringify(study),
      expected: 'letters, digits, dots, hyphens and underscores, a letter or digit first',
      help: '--study lightgbm-btc-2',
      exitCode: EXIT.usage,
    })
  return join(studiesFolder(), study)
}

const bestFile = (study: string): string => join(studyFolder(study), 'best.json')

/** How many trials are complete, pruned, failed and running. */
export function countTrials(trials: readonly StudyTrial[]): TrialCounts {
  const count = (state: StudyTrial['state']): number => trials.filter((trial) => trial.state === state).length
  return { complete: count('complete'), pruned: count('pruned'), failed: count('failed'), running: count('running') }
}

/** Writes `best.json` whole. @returns what it holds; undefined, and nothing written, where no trial is complete */
export function writeStudyResult(
  about: Pick<StudyResult, 'study' | 'model' | 'metric' | 'direction' | 'facts'>,
  trials: readonly StudyTrial[],
): StudyResult | undefined {
  const best = bestTrial(trials, about.direction)
  if (best === undefined) return undefined
  const values = trials.flatMap(({ state, value }) => (state === 'complete' && value !== null ? [value] : []))
  const result: StudyResult = {
    ...{ format: 1, ...about, params: best.params, value: best.value!, trial: best.number },
    ...{ counts: countTrials(trials), values },
  }
  writeJsonAtomicSync(bestFile(about.study), result)
  return result
}

/** The best parameters of a study that `npm run tune` (or `tuneModel`) has run here. @throws LabError `no-study`, `study-unreadable` */
export function bestParameters(study: string): StudyResult {
  const file = bestFile(study)
  if (!existsSync(file))
    throw new LabError('no-study', 'There is no study of this name with a complete trial.', {
      received: displayPath(file),
      expected: 'the best.json that a study writes',
      help: `npm run tune -- --model lightgbm --study ${study}`,
      exitCode: EXIT.usage,
    })
  try {
    const result = JSON.parse(readFileSync(file, 'utf8')) as StudyResult
    if (result.format === 1 && modelKinds.includes(result.model)) return result
  } catch (cause) {
    throw unreadable(file, cause)
  }
  throw unreadable(file)
}

/**
 * How many sets of parameters a study has tried, pruned ones counted in, and the values of the complete ones: what the deflated Sharpe ratio asks for. A trial that
 * failed said nothing and is not counted.
 * @throws LabError `no-study`, `study-unreadable`
 */
export function studyTrials(study: string): { readonly count: number; readonly values: readonly number[] } {
  const { counts, values } = bestParameters(study)
  return { count: counts.complete + counts.pruned, values }
}

const unreadable = (file: string, cause?: unknown): LabError =>
  new LabError('study-unreadable', 'The best parameters of the study cannot be read.', {
    received: displayPath(file),
    expected: 'a whole best.json, as written by this project',
    help: 'run the same npm run tune again: its trials are in the database, and it writes the file anew',
    ...(cause !== undefined && { cause }),
  })
