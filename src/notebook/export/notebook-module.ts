import { dirname, relative, resolve } from 'node:path'
import type ts from 'typescript'
import { displayPath, projectPath } from '../../core/index.js'
import { compiler } from '../compiler.js'
import { NotebookImports, declaredNames, importedNames, parseCell, type ImportedName } from '../cell-syntax.js'
import { notebookHash } from './script-stamp.js'
import { checkForeignAssignments } from './foreign-assignments.js'
import { cellSource, cellTags, isCode, type Notebook } from '../notebook-file.js'

export interface ModuleOptions {
  /** Path of the notebook: relative imports start there. */
  readonly notebookPath: string
  /** Path the module is meant for: relative imports are rewritten for it. */
  readonly modulePath: string
}

/** One cell while it is taken apart. */
interface CellParts {
  readonly source: ts.SourceFile
  readonly imports: ImportedName[]
  readonly edits: { readonly from: number; readonly to: number; readonly text: string }[]
  readonly declared: Set<string>
  readonly variables: string[]
}

/**
 * The notebook as one TypeScript script with the same meaning: Markdown as comments, values of parameters from the command line, injected and exploring cells left out. Imports go to the
 * top; a cell that declares a name again opens a block, since shadowing is what redeclaration means in a notebook; a last expression is shown; `var` becomes `let`.
 * @throws LabError `notebook-syntax-error`, `cell-not-exportable`, `import-conflict`, `import-too-late`, `foreign-assignment`
 */
export function notebookModule(notebook: Notebook, { notebookPath, modulePath }: ModuleOptions): string {
  const rewrite = (specifier: string): string => relativeSpecifier(specifier, notebookPath, modulePath)
  const imports = new NotebookImports()
  const head: string[] = []
  const body: string[] = []
  const owner = new Map<string, number>()
  let scope = new Set<string>()
  let depth = 0
  let cellNumber = 0
  const parameters: string[] = []
  for (const cell of notebook.cells) {
    const text = cellSource(cell)
    if (!isCode(cell)) {
      body.push(...text.split('\n').map((line) => `// ${line}`.trimEnd()))
      continue
    }
    if (text.trim() === '' || cellTags(cell).includes('injected-parameters')) continue
    cellNumber += 1
    if (cellTags(cell).includes('explore')) continue
    const parts = takeApart(text, cellNumber, rewrite)
    for (const name of parts.imports) if (imports.add(name, cellNumber)) head.push(name.code)
    imports.pass(parts.source, parts.declared, cellNumber)
    checkForeignAssignments(parts.source, owner, parts.declared, cellNumber)
    const again = [...parts.declared].filter((name) => scope.has(name) || imports.has(name))
    if (again.length > 0) {
      body.push(`{ // declares again: ${again.join(', ')}`)
      depth += 1
      scope = new Set()
    }
    for (const name of parts.declared) {
      scope.add(name)
      owner.set(name, cellNumber)
    }
    body.push(applyEdits(text, parts.edits))
    if (cellTags(cell).includes('parameters')) {
      parameters.push(...parts.variables)
      body.push(...parts.variables.map((name) => `${name} = __param(${JSON.stringify(name)}, ${name})`))
    }
  }
  const origin = JSON.stringify({ notebook: displayPath(notebookPath), hash: notebookHash(notebook) })
  const runtime = JSON.stringify(rewriteFrom(projectPath('src/notebook/export/script.js'), modulePath))
  return [
    `import { param as __param, runScript as __runScript, show as __show } from ${runtime}`,
    ...head,
    '',
    `await __runScript(${origin}, ${JSON.stringify(parameters)}, async () => {`,
    ...body,
    '}'.repeat(depth),
    '})',
    '',
  ].join('\n')
}

function takeApart(text: string, cell: number, rewrite: (specifier: string) => string): CellParts {
  const source = parseCell(text, cell)
  const parts: CellParts = { source, edits: [], imports: [], declared: new Set(source.statements.flatMap(declaredNames)), variables: [] }
  for (const statement of source.statements) {
    if (compiler().isImportDeclaration(statement)) {
      parts.imports.push(...importedNames(statement, rewrite((statement.moduleSpecifier as ts.StringLiteral).text)))
      parts.edits.push({ from: statement.getStart(), to: statement.end, text: '' })
    } else if (compiler().isVariableStatement(statement)) {
      const list = statement.declarationList
      if ((list.flags & compiler().NodeFlags.BlockScoped) === 0)
        parts.edits.push({ from: list.getStart(), to: list.getStart() + 3, text: 'let' })
      parts.variables.push(...declaredNames(statement))
    }
  }
  const last = source.statements.at(-1)
  if (last !== undefined && compiler().isExpressionStatement(last))
    parts.edits.push({ from: last.getStart(), to: last.end, text: `await __show(${last.expression.getText()})` })
  return parts
}

function applyEdits(text: string, edits: CellParts['edits']): string {
  return [...edits]
    .sort((a, b) => b.from - a.from)
    .reduce((code, { from, to, text: replacement }) => code.slice(0, from) + replacement + code.slice(to), text)
}

function relativeSpecifier(specifier: string, notebookPath: string, modulePath: string): string {
  return specifier.startsWith('.') ? rewriteFrom(resolve(dirname(notebookPath), specifier), modulePath) : specifier
}

function rewriteFrom(target: string, modulePath: string): string {
  const path = relative(dirname(modulePath), target)
  return path.startsWith('.') ? path : `./${path}`
}
