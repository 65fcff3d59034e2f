import { dirname, relative, resolve, sep } from 'node:path'
import type ts from 'typescript'
import { isInFolder, projectRoot, writeFileAtomicSync } from '../../core/index.js'
import type { Run } from '../../track/index.js'
import { parseCell } from '../cell-syntax.js'
import { compiler } from '../compiler.js'
import { cellSource, isCode, type Cell, type Notebook } from '../notebook-file.js'
import type { NotebookOutput } from './cell-outputs.js'

/** The executed notebook in the run folder: that of the user with outputs, whole after each cell. Cells that are not run have none. */
export class ExecutedNotebook {
  readonly #cells = new Map<Cell, { readonly outputs: NotebookOutput[]; count: number | null }>()

  /** @param path where the notebook lies: relative imports are written for the run folder; without it they stay */
  constructor(
    private readonly notebook: Notebook,
    private readonly run: Run,
    private readonly path: string | undefined,
  ) {
    for (const cell of notebook.cells) if (isCode(cell)) this.#cells.set(cell, { outputs: [], count: null })
  }

  /** To be filled; `save` writes what is in it. */
  outputsOf(cell: Cell): NotebookOutput[] {
    return this.#cells.get(cell)!.outputs
  }

  /** Gives a cell its execution count and writes the file. */
  finish(cell: Cell, count: number): void {
    this.#cells.get(cell)!.count = count
    this.save()
  }

  /** @throws LabError `disk-full`, `not-writable` */
  save(): void {
    const cells = this.notebook.cells.map((cell) => {
      const made = this.#cells.get(cell)
      if (made === undefined) return cell
      const source = this.path === undefined ? cell.source : sourceForCopy(cellSource(cell), this.path, this.run.folder)
      return { ...cell, source, execution_count: made.count, outputs: made.outputs }
    })
    writeFileAtomicSync(this.run.path('notebook.ipynb'), `${JSON.stringify({ ...this.notebook, cells }, null, 1)}\n`)
  }
}

/**
 * A cell's source for a copy of its notebook in another folder: relative imports mean the same files there, so the copy opens and runs as it is. Outside the project, where no
 * notebook runs, the source stays.
 */
export function sourceForCopy(source: string, notebookPath: string, copyFolder: string): string {
  if (!isInFolder(copyFolder, projectRoot()) || !/['"]\.{1,2}\//.test(source)) return source
  const specifiers = parseCell(source, 0)
    .statements.filter(compiler().isImportDeclaration)
    .map(({ moduleSpecifier }) => moduleSpecifier as ts.StringLiteral)
    .filter(({ text }) => text.startsWith('.'))
  return specifiers.reduceRight((text, specifier) => {
    const target = relative(copyFolder, resolve(dirname(notebookPath), specifier.text))
      .split(sep)
      .join('/')
    // Between the quotes, whichever they are.
    return `${text.slice(0, specifier.getStart() + 1)}${target.startsWith('.') ? target : `./${target}`}${text.slice(specifier.end - 1)}`
  }, source)
}
