import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, writeJsonAtomicSync } from '../core/index.js'
import type { ModelKind } from './model.js'

/** What every saved model says about itself, in `lab-model.json`, written last. */
export interface SavedModel {
  readonly format: 1
  readonly kind: ModelKind
  readonly names: readonly string[]
}

const fileOf = (folder: string): string => join(folder, 'lab-model.json')

export function writeSavedModel<T extends SavedModel>(folder: string, saved: T): void {
  mkdirSync(folder, { recursive: true })
  writeJsonAtomicSync(fileOf(folder), saved)
}

/** @throws LabError `no-model` where the folder holds none or one of another format */
export function readSavedModel<T extends SavedModel = SavedModel>(folder: string): T {
  const path = fileOf(folder)
  if (!existsSync(path)) throw noModel(path, 'the file is not there')
  try {
    const saved = JSON.parse(readFileSync(path, 'utf8')) as T
    if (saved.format === 1) return saved
    throw noModel(path, `format ${String(saved.format)}`)
  } catch (error) {
    throw error instanceof SyntaxError ? noModel(path, 'not JSON: cut short or changed') : error
  }
}

const noModel = (path: string, received: string): LabError =>
  new LabError('no-model', 'The folder does not hold a saved model.', {
    received: `${path}: ${received}`,
    expected: 'a folder that a model was saved in',
  })
