import { readFileSync } from 'node:fs'
import type ts from 'typescript'
import { projectPath } from '../../core/index.js'
import { compiler } from '../compiler.js'
import { checkOptionsPath } from './check-options.js'
import { choicesOfVariables } from './literal-choices.js'

/** A complaint of TypeScript, before it is brought back to a cell. */
export interface RawDiagnostic {
  readonly file: string
  /** From 0. */
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface ProgramCheck {
  readonly diagnostics: readonly RawDiagnostic[]
  /** Every file of the program outside node_modules, but for the module itself. */
  readonly files: readonly string[]
  /** By variable of the module, the words that it may take. */
  readonly choices: Readonly<Record<string, readonly string[]>>
}

/** `const rows = []` filled by a later cell: an any[] for the kernel, an error where cells are functions (check-module.ts). */
const GROWING: readonly number[] = [7005, 7034]

/**
 * Type-checks a module that exists in memory only, with all project files that it imports. Seconds of one core.
 * @param clean files already known to be without errors: parsed for their types, not checked again
 */
export function checkModule(modulePath: string, text: string, clean: readonly string[] = []): ProgramCheck {
  const json: unknown = JSON.parse(readFileSync(checkOptionsPath(), 'utf8'))
  const options: ts.CompilerOptions = {
    ...compiler().convertCompilerOptionsFromJson(json, projectPath()).options,
    noEmit: true,
    typeRoots: [projectPath('node_modules/@types')],
  }
  const base = compiler().createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...base,
    getCurrentDirectory: () => projectPath(),
    fileExists: (file) => file === modulePath || base.fileExists(file),
    readFile: (file) => (file === modulePath ? text : base.readFile(file)),
    getSourceFile: (file, version, ...rest) =>
      file === modulePath ? compiler().createSourceFile(file, text, version, true) : base.getSourceFile(file, version, ...rest),
  }
  const program = compiler().createProgram([modulePath], options, host)
  const own = program.getSourceFiles().filter(({ fileName }) => !fileName.includes('/node_modules/'))
  const known = new Set(clean)
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...own
      .filter(({ fileName }) => !known.has(fileName))
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ]
  return {
    diagnostics: diagnostics.filter((found) => !(found.file?.fileName === modulePath && GROWING.includes(found.code))).map(toRaw),
    choices: choicesOfVariables(program.getSourceFile(modulePath)!, program.getTypeChecker()),
    files: own.map(({ fileName }) => fileName).filter((file) => file !== modulePath),
  }
}

function toRaw({ file, start, messageText }: ts.Diagnostic): RawDiagnostic {
  const { line, character } =
    file === undefined || start === undefined ? { line: 0, character: 0 } : file.getLineAndCharacterOfPosition(start)
  return { file: file?.fileName ?? '', line, column: character, message: compiler().flattenDiagnosticMessageText(messageText, '\n') }
}
