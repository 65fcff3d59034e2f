import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EXIT, LabError, displayPath, projectPath, sha256, nearestName, systemClock, writeJsonAtomicSync } from '../../core/index.js'
import { cacheFolder } from '../../native/installed.js'
import { runChild } from '../../runtime/index.js'
import type { Notebook } from '../notebook-file.js'
import { notebookCheckModule, type CellLine } from './check-module.js'
import type { ParameterValues } from '../parameters.js'
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
  /** Files of the project behind the notebook, those with types alone too. */
  readonly files: readonly string[]
  /** By variable, the words that it may take, where its type is a union of words or a list of such. */
  readonly choices: Choices
  /** True where an earlier check of the same code and files was taken. */
  readonly cached: boolean
}

type Choices = Readonly<Record<string, readonly string[]>>

interface CachedCheck {
  readonly files: Readonly<Record<string, string>>
  readonly choices?: Choices
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
  const known = freshFiles(cache)
  if (known !== undefined) return { diagnostics: [], files: known, choices: cachedChoices(cache), ms: elapsed(), cached: true }
  // With other parameters only the notebook is new: src/ as it stands was already found clean.
  const project = cacheFile(`project-${compiler.slice(0, 32)}`)
  const input = { modulePath, text, clean: freshFiles(project) ?? [] }
  const { diagnostics, files, choices } = (await runChild({ entry: 'src/notebook/check/type-check-entry.ts', input })) as ProgramCheck
  if (diagnostics.length === 0) {
    const hashes = { files: Object.fromEntries(files.map((file) => [file, contentHash(file)])) } satisfies CachedCheck
    writeJsonAtomicSync(cache, { ...hashes, choices } satisfies CachedCheck)
    if (files.length >= input.clean.length) writeJsonAtomicSync(project, hashes)
  }
  return {
    diagnostics: diagnostics.map(({ file, line, column, message }): TypeDiagnostic => {
      const cell = file === modulePath ? origins[line] : undefined
      return cell === undefined
        ? { file: displayPath(file), line: line + 1, column: column + 1, message }
        : { cell, line: cell.line, column: column + 1, message }
    }),
    files,
    choices,
    ms: elapsed(),
    cached: false,
  }
}

/** What decides about the check beside the code: options, compiler and packages. */
const compilerFiles = (): string[] => [checkOptionsPath(), projectPath('package-lock.json')]

const cachedChoices = (cache: string): Choices => (JSON.parse(readFileSync(cache, 'utf8')) as CachedCheck).choices ?? {}

/** The files of an earlier check if every one of them is still the same. Together they are all that any of them depends on. */
function freshFiles(cache: string): string[] | undefined {
  if (!existsSync(cache)) return undefined
  const { files } = JSON.parse(readFileSync(cache, 'utf8')) as CachedCheck
  return Object.entries(files).every(([file, hash]) => existsSync(file) && contentHash(file) === hash) ? Object.keys(files) : undefined
}

const contentHash = (file: string): string => sha256(readFileSync(file, 'utf8')).slice(0, 32)

/** The error for a parameter whose value does not fit its declared type; undefined where all fit. */
export function parameterTypeError({ diagnostics, choices }: TypeCheck, values: ParameterValues): LabError | undefined {
  const wrong = diagnostics.find(({ cell }) => cell?.injected === true)
  if (wrong === undefined) return undefined
  // Line 1 of the injected cell is a comment; the assignments follow in order.
  const [name, value] = Object.entries(values)[wrong.line - 2] ?? ['?', undefined]
  const expected = /is not assignable to type '([^']+)'/.exec(wrong.message)?.[1]
  const words = choices[name]
  const misspelt = [value].flat().find((each): each is string => typeof each === 'string' && words?.includes(each) === false)
  const near = misspelt === undefined ? undefined : nearestName(misspelt, words!)
  return new LabError('parameter-type', `The parameter ${name} cannot have this value.`, {
    received: `${name} = ${JSON.stringify(value)}`,
    expected: words === undefined ? (expected ?? wrong.message.split('\n')[0]!) : `one of ${words.join(', ')}`,
    help:
      near === undefined ? 'npm run pipeline -- NOTEBOOK --dry-run shows each parameter with type and default' : `did you mean ${near}?`,
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
