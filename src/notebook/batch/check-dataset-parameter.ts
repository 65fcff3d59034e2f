import { resolve } from 'node:path'
import { existsSync } from 'node:fs'
import { checkDataset } from '../../data/index.js'
import type { Notebook } from '../notebook-file.js'
import { declaredParameters, type ParameterValues } from '../parameters.js'

/**
 * Finds a misspelt dataset before the kernel starts, where the notebook has a parameter `dataset` that is a plain text. A default that is worked out is left to the notebook.
 * @param userFolder what a relative path begins at
 * @throws LabError `unknown-dataset`, `file-not-found` (exit code 2)
 */
export function checkDatasetParameter(notebook: Notebook, values: ParameterValues, userFolder: string): void {
  const declared = declaredParameters(notebook).find(({ name }) => name === 'dataset')
  if (declared === undefined) return
  const value = values.dataset ?? plainText(declared.defaultText)
  if (typeof value !== 'string') return
  const path = resolve(userFolder, value)
  // A resumed run has the folder of its first call, which need not be today's.
  checkDataset(value !== '' && existsSync(path) ? path : value)
}

const plainText = (source: string): string | undefined => /^(['"`])([^'"`\\$]*)\1$/.exec(source)?.[2]
