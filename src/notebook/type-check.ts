import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EXIT, LabError, displayPath, projectPath, sha256, systemClock, writeJsonAtomicSync } from '../core/index.js'
import { cacheFolder } from '../native/installed.js'
import { runChild } from '../runtime/index.js'
import type { Notebook } from './notebook-file.js'
import { notebookCheckModule, type CellLine } from './check-module.js'
import type { ParameterValues } from './parameters.js'
import { checkOptionsPath } from './check-options.js'
import type { ProgramCheck } from './type-check-program.js'

/** A type error, in a cell of the notebook or in a file of src/. Lines and columns from 1. */
export interface TypeDiagnostic {
  readonly cell?: CellLine
  /** Relative to the project; undefined in a cell. */
  readonly file?: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface TypeCheck {
  readonly diagnostics: readonly TypeDiagnostic[]
  readonly ms: number
  /** True where an earlier check of the same code and files was taken. */
  readonly cached: boolean
}

interface CachedCheck {
  readonly files: Readonly<Record<string, string>>
}

/**
 * Checks the whole notebook, injected parameters included, and the project files it imports, with the kernel's own options; in a child process. A check that found nothing is
 * kept by content and found again in milliseconds.
 */
export async function typeCheckNotebook(notebook: Notebook, notebookPath: string): Promise<TypeCheck> {
  const started = systemClock.monotonic()
  const modulePath = join(dirname(notebookPath), `.${basename(notebookPath, '.ipynb')}.check.ts`)
  const { text, origins } = notebookCheckModule(notebook)
  const compiler = sha256(...compilerFiles().map((file) => readFileSync(file, 'utf8')))
  const cacheFile = (key: string): string => join(cacheFolder(), 'notebook-check', `${key}.json`)
  const cache = cacheFile(sha256(modulePath, text, compiler).slice(0, 32))
  const elapsed = (): number => systemClock.monotonic() - started
  if (freshFiles(cache) !== undefined) return { diagnostics: [], ms: elapsed(), cached: true }
  // With other parameters only the notebook is new: src/ as it stands was already found clean.
  const project = cacheFile(`project-${compiler.slice(0, 32)}`)
  const input = { modulePath, text, clean: freshFiles(project) ?? [] }
  const { diagnostics, files } = (await runChild({ entry: 'src/notebook/type-check-entry.ts', input })) as ProgramCheck
  if (diagnostics.length === 0) {
    const hashes = { files: Object.fromEntries(files.map((file) => [file, contentHash(file)])) } satisfies CachedCheck
    writeJsonAtomicSync(cache, hashes)
    if (files.length >= input.clean.length) writeJsonAtomicSync(project, hashes)
  }
  return {
    diagnostics: diagnostics.map(({ file, line, column, message }): TypeDiagnostic => {
      const cell = file === modulePath ? origins[line] : undefined
      return cell === undefined
        ? { file: displayPath(file), line: line + 1, column: column + 1, message }
        : { cell, line: cell.line, column: column + 1, message }
    }),
    ms: elapsed(),
    cached: false,
  }
}

/** What decides about the check beside the code: options, compiler and packages. */
const compilerFiles = (): string[] => [checkOptionsPath(), projectPath('package-lock.json')]

/** The files of an earlier check if every one of them is still the same. Together they are all that any of them depends on. */
function freshFiles(cache: string): string[] | undefined {
  if (!existsSync(cache)) return undefined
  const { files } = JSON.parse(readFileSync(cache, 'utf8')) as CachedCheck
  return Object.entries(files).every(([file, hash]) => existsSync(file) && contentHash(file) === hash) ? Object.keys(files) : undefined
}

const contentHash = (file: string): string => sha256(readFileSync(file, 'utf8')).slice(0, 32)

/** The error for a parameter whose value does not fit its declared type; undefined where all fit. */
export function parameterTypeError(diagnostics: readonly TypeDiagnostic[], values: ParameterValues): LabError | undefined {
  const wrong = diagnostics.find(({ cell }) => cell?.injected === true)
  if (wrong === undefined) return undefined
  // Line 1 of the injected cell is a comment; the assignments follow in order.
  const [name, value] = Object.entries(values)[wrong.line - 2] ?? ['?', undefined]
  const expected = /is not assignable to type '([^']+)'/.exec(wrong.message)?.[1]
  return new LabError('parameter-type', `The parameter ${name} cannot have this value.`, {
    received: `${name} = ${JSON.stringify(value)}`,
    expected: expected ?? wrong.message.split('\n')[0]!,
    help: 'npm run pipeline -- NOTEBOOK --dry-run shows each parameter with type and default',
    exitCode: EXIT.usage,
  })
}

const MAX_LISTED = 10

/** The error for everything else that TypeScript complains about; undefined where nothing. */
export function notebookTypeError(diagnostics: readonly TypeDiagnostic[], notebookPath: string): LabError | undefined {
  if (diagnostics.length === 0) return undefined
  const lines = diagnostics.slice(0, MAX_LISTED).map(({ cell, file, line, column, message }) => {
    const where =
      cell === undefined ? `${file ?? ''}:${line}:${column}` : `${displayPath(notebookPath)}, cell ${cell.cell}, line ${line}:${column}`
    return `${where} - ${message.split('\n')[0]!}`
  })
  if (diagnostics.length > MAX_LISTED) lines.push(`... and ${diagnostics.length - MAX_LISTED} more`)
  return new LabError('notebook-type-error', 'The notebook does not pass the type check; nothing was run.', {
    received: lines.join('\n            '),
    expected: 'no type errors',
    help: 'correct the cell; in JupyterLab the same error appears when it is run',
  })
}
