import { sha256, stableJson } from '../core/index.js'
import { cellSource, type Cell, type Notebook } from './notebook-file.js'
import { KERNEL_NAME } from './lab-command.js'

/** A cell to be written: Markdown, or code with the tags it needs. */
export type NewCell =
  { readonly id: string; readonly markdown: string } | { readonly id: string; readonly code: string; readonly tags?: readonly string[] }

const METADATA = {
  kernelspec: { display_name: 'TypeScript (Barlab)', language: 'typescript', name: KERNEL_NAME },
  language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' },
}

/** Lines as nbformat keeps them: each with its end, so that versions can be compared line by line. */
const lines = (text: string): string[] => text.split(/(?<=\n)/)

const sourcesHash = (cells: readonly Cell[]): string => sha256(stableJson(cells.map(cellSource)))

/** A notebook of the project's kernel that knows the hash of its own sources, see {@link isUnedited}. */
export function makeNotebook(cells: readonly NewCell[]): Notebook {
  const made = cells.map((cell): Cell =>
    'markdown' in cell
      ? { cell_type: 'markdown', id: cell.id, metadata: {}, source: lines(cell.markdown) }
      : {
          cell_type: 'code',
          execution_count: null,
          id: cell.id,
          metadata: cell.tags === undefined ? {} : { tags: cell.tags },
          outputs: [],
          source: lines(cell.code),
        },
  )
  return { cells: made, metadata: { ...METADATA, barlab: { sources: sourcesHash(made) } }, nbformat: 4, nbformat_minor: 5 }
}

/** True for a notebook that {@link makeNotebook} made and nobody has changed since; running it is no change. */
export function isUnedited({ cells, metadata }: Notebook): boolean {
  const { barlab } = metadata as { barlab?: { sources?: unknown } }
  return barlab?.sources === sourcesHash(cells)
}

/** A text as code: in single quotes, as the project writes them. */
export const quoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`
