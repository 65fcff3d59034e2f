import { readFileSync } from 'node:fs'
import { EXIT, LabError, displayPath } from '../core/index.js'
import { checkNotebookPath } from './notebook-path.js'

/** A cell of an nbformat 4 file. */
export interface Cell {
  readonly cell_type: string
  readonly id?: string
  readonly source: string | readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly outputs?: readonly unknown[]
  readonly execution_count?: number | null
}

/** An nbformat 4 file; keys that are not named here are kept as they are. */
export interface Notebook {
  readonly nbformat: number
  readonly nbformat_minor: number
  readonly metadata: Readonly<Record<string, unknown>>
  readonly cells: readonly Cell[]
}

/** Source of a cell as one text; a notebook may keep it as a list of lines. */
export const cellSource = ({ source }: Cell): string => (typeof source === 'string' ? source : source.join(''))
/** True for a code cell. */
export const isCode = ({ cell_type }: Cell): boolean => cell_type === 'code'

/** Tags of a cell; none where its metadata has none or something else there. */
export function cellTags({ metadata }: Cell): readonly string[] {
  return Array.isArray(metadata.tags) ? metadata.tags.filter((tag): tag is string => typeof tag === 'string') : []
}

/** Reads a notebook. @throws LabError `notebook-missing`, `notebook-not-json`, `notebook-not-nbformat4`, `notebook-empty`; all with the exit code of bad arguments */
export function readNotebook(path: string): Notebook {
  const bad = (code: string, message: string, received: string, expected: string): LabError =>
    new LabError(code, message, { received, expected, help: 'npm run pipeline -- notebooks/direction.ipynb', exitCode: EXIT.usage })
  checkNotebookPath(path)
  let value: Partial<Notebook> | null
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Notebook> | null
  } catch (error) {
    throw bad(
      'notebook-not-json',
      'The notebook is not a JSON file.',
      `${displayPath(path)}: ${(error as Error).message}`,
      'a whole .ipynb file',
    )
  }
  if (value?.nbformat !== 4 || !Array.isArray(value.cells))
    throw bad(
      'notebook-not-nbformat4',
      'The file is not a notebook of format 4.',
      `${displayPath(path)}: nbformat ${String(value?.nbformat)}`,
      'nbformat 4 with cells',
    )
  const notebook = {
    ...value,
    metadata: value.metadata ?? {},
    cells: value.cells.map((cell: Cell) => ({ ...cell, metadata: cell.metadata ?? {} })),
  } as Notebook
  if (!notebook.cells.some((cell) => isCode(cell) && cellSource(cell).trim() !== ''))
    throw bad('notebook-empty', 'The notebook has no code to run.', displayPath(path), 'at least one code cell')
  return notebook
}
