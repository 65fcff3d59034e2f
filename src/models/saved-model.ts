import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, writeJsonAtomicSync } from '../core/index.js'
import type { PreprocessorJson } from '../preprocess/index.js'
import type { ModelKind } from './model.js'

/** Of saved models; 1 had a scaler where there is a preprocessor now, 2 no task and no means for SHAP values. */
const FORMAT = 3

/** What every saved model says about itself, in `lab-model.json`, written last. */
export interface SavedModelHead {
  readonly format: typeof FORMAT
  readonly kind: ModelKind
  /** Columns of the feature matrix it was fitted on. */
  readonly names: readonly string[]
}

/** Of a model with preprocessing of its own; a stack's bases have theirs. */
export interface SavedModel extends SavedModelHead {
  /** What it does to its columns first. */
  readonly preprocessor: PreprocessorJson
}

const fileOf = (folder: string): string => join(folder, 'lab-model.json')

export function writeSavedModel<T extends SavedModelHead>(folder: string, saved: Omit<T, 'format'>): void {
  mkdirSync(folder, { recursive: true })
  writeJsonAtomicSync(fileOf(folder), { format: FORMAT, ...saved })
}

/** What the folder of a saved model says about itself. @throws LabError `no-model` where the folder holds none or one of another format */
export function readSavedModel<T extends SavedModelHead = SavedModel>(folder: string): T {
  const path = fileOf(folder)
  if (!existsSync(path)) throw noModel(path, 'the file is not there')
  try {
    const saved = JSON.parse(readFileSync(path, 'utf8')) as Omit<T, 'format'> & { readonly format: unknown }
    if (saved.format === FORMAT) return saved as unknown as T
    throw new LabError('no-model', 'The saved model is of another format.', {
      received: `${path}: format ${String(saved.format)}`,
      expected: `format ${FORMAT}`,
      help: 'train the model again with this version, or load it with the version that saved it',
    })
  } catch (error) {
    throw error instanceof SyntaxError ? noModel(path, 'not JSON: cut short or changed') : error
  }
}

const noModel = (path: string, received: string): LabError =>
  new LabError('no-model', 'The folder does not hold a saved model.', {
    received: `${path}: ${received}`,
    expected: 'a folder that a model was saved in',
  })
