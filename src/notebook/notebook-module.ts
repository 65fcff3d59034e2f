import { dirname, relative, resolve } from 'node:path'
import ts from 'typescript'
import { LabError, projectPath } from '../core/index.js'
import { checkForeignAssignments } from './foreign-assignments.js'
import { cellSource, cellTags, isCode, type Notebook } from './notebook-file.js'

/** Where a line of the module comes from: code cell counted from 1, line from 1. */
export interface CellLine {
  readonly cell: number
  readonly line: number
  /** True for the cell that the runner put in. */
  readonly injected: boolean
}

export interface NotebookModule {
  readonly text: string
  /** By line of `text`, from 0; undefined for lines that no cell has. */
  readonly origins: readonly (CellLine | undefined)[]
  readonly parameters: readonly string[]
}

export interface ModuleOptions {
  /** Path of the notebook: relative imports start there. */
  readonly notebookPath: string
  /** Path the module is meant for: relative imports are rewritten for it. */
  readonly modulePath: string
  /** script: Markdown as comments, values of parameters from the command line, injected cells left out. check: just the code. */
  readonly purpose: 'script' | 'check'
}

/** One cell while it is taken apart. */
interface CellParts {
  readonly source: ts.SourceFile
  readonly edits: { readonly from: number; readonly to: number; readonly text: string }[]
  readonly declared: Set<string>
  readonly variables: string[]
}

/**
 * The notebook as one TypeScript module with the same meaning. Imports go to the top; a cell that declares a name again opens a block, since shadowing is what
 * redeclaration means in a notebook; a last expression is shown; `var` becomes `let`.
 * @throws LabError `cell-not-exportable` (export, namespace), `import-conflict`, `foreign-assignment`
 */
export function notebookModule(notebook: Notebook, options: ModuleOptions): NotebookModule {
  const { notebookPath, modulePath, purpose } = options
  const rewrite = (specifier: string): string => relativeSpecifier(specifier, notebookPath, modulePath)
  const imports = new Map<string, { readonly code: string; readonly origin: CellLine }>()
  const body: { text: string; origin: CellLine | undefined }[] = []
  const owner = new Map<string, number>()
  let scope = new Set<string>()
  let depth = 0
  let cellNumber = 0
  const parameters: string[] = []
  for (const cell of notebook.cells) {
    if (!isCode(cell)) {
      if (purpose === 'script')
        body.push(
          ...cellSource(cell)
            .split('\n')
            .map((line) => ({ text: `// ${line}`.trimEnd(), origin: undefined })),
        )
      continue
    }
    const text = cellSource(cell)
    const injected = cellTags(cell).includes('injected-parameters')
    if (text.trim() === '' || (injected && purpose === 'script')) continue
    // Injected cells are not counted, so that a person finds the cell by its number in the notebook they wrote.
    if (!injected) cellNumber += 1
    const origin = (line: number): CellLine => ({ cell: cellNumber, line, injected })
    const parts = takeApart(text, cellNumber, rewrite, (local, code, line) => keepImport(imports, local, code, origin(line)))
    if (purpose === 'script') checkForeignAssignments(parts.source, owner, parts.declared, cellNumber)
    const again = [...parts.declared].filter((name) => scope.has(name) || imports.has(name))
    if (again.length > 0) {
      body.push({ text: `{ // declares again: ${again.join(', ')}`, origin: undefined })
      depth += 1
      scope = new Set()
    }
    for (const name of parts.declared) {
      scope.add(name)
      owner.set(name, cellNumber)
    }
    body.push(
      ...applyEdits(text, parts.edits)
        .split('\n')
        .map((line, i) => ({ text: line, origin: origin(i + 1) })),
    )
    if (cellTags(cell).includes('parameters')) {
      parameters.push(...parts.variables)
      if (purpose === 'script')
        body.push(...parts.variables.map((name) => ({ text: `${name} = __param(${JSON.stringify(name)}, ${name})`, origin: undefined })))
    }
  }
  body.push({ text: '}'.repeat(depth), origin: undefined })
  // The check knows the runtime by its shape alone: loading it would cost seconds.
  const runtime =
    purpose === 'script'
      ? `import { param as __param, runScript as __runScript, show as __show } from ${JSON.stringify(rewriteFrom(projectPath('src/notebook/script.js'), modulePath))}`
      : 'declare function __show(value: unknown): Promise<void>'
  const unique = new Map([...imports.values()].map((entry) => [entry.code, entry]))
  const head = [{ text: runtime, origin: undefined }, ...[...unique.values()].map(({ code, origin }) => ({ text: code, origin }))]
  const opening =
    purpose === 'script'
      ? [
          { text: '', origin: undefined },
          { text: `await __runScript(${JSON.stringify(parameters)}, async () => {`, origin: undefined },
        ]
      : []
  const closing = purpose === 'script' ? [{ text: '})', origin: undefined }] : [{ text: 'export {}', origin: undefined }]
  const lines = [...head, ...opening, ...body, ...closing]
  return { text: `${lines.map((line) => line.text).join('\n')}\n`, origins: lines.map((line) => line.origin), parameters }
}

type PutImport = (local: string, code: string, line: number) => void

function takeApart(text: string, cell: number, rewrite: (specifier: string) => string, put: PutImport): CellParts {
  const source = ts.createSourceFile(`cell${cell}.ts`, text, ts.ScriptTarget.ES2022, true)
  const parts: CellParts = { source, edits: [], declared: new Set(), variables: [] }
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const line = source.getLineAndCharacterOfPosition(statement.getStart()).line + 1
      splitImport(statement, rewrite, (local, code) => put(local, code, line))
      // As many lines as before, so that positions stay true.
      parts.edits.push({ from: statement.getStart(), to: statement.end, text: '\n'.repeat(statement.getText().split('\n').length - 1) })
    } else if (ts.isVariableStatement(statement)) {
      const list = statement.declarationList
      if ((list.flags & ts.NodeFlags.BlockScoped) === 0) parts.edits.push({ from: list.getStart(), to: list.getStart() + 3, text: 'let' })
      for (const declaration of list.declarations)
        for (const name of boundNames(declaration.name)) {
          parts.declared.add(name)
          parts.variables.push(name)
        }
    } else if (isNamedDeclaration(statement) && statement.name !== undefined) parts.declared.add(statement.name.text)
    else if (ts.isModuleDeclaration(statement) || ts.isExportDeclaration(statement) || ts.isExportAssignment(statement))
      throw new LabError('cell-not-exportable', `Cell ${cell} has a statement that a notebook cannot have.`, {
        received: statement.getText().split('\n')[0]!,
        expected: 'no export and no namespace',
        help: 'move it into a file of src/',
      })
  }
  const last = source.statements.at(-1)
  if (last !== undefined && ts.isExpressionStatement(last))
    parts.edits.push({ from: last.getStart(), to: last.end, text: `await __show(${last.expression.getText()})` })
  return parts
}

const isNamedDeclaration = (
  node: ts.Statement,
): node is ts.FunctionDeclaration | ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.EnumDeclaration =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isEnumDeclaration(node)

export function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []))
}

/** One import line for each local name, so that the same name from two cells is one import, and from two places an error. */
function splitImport(
  statement: ts.ImportDeclaration,
  rewrite: (specifier: string) => string,
  put: (local: string, code: string) => void,
): void {
  const from = JSON.stringify(rewrite((statement.moduleSpecifier as ts.StringLiteral).text))
  const clause = statement.importClause
  if (clause === undefined) return put(from, `import ${from}`)
  const type = clause.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : ''
  if (clause.name !== undefined) put(clause.name.text, `import ${type}${clause.name.text} from ${from}`)
  const bindings = clause.namedBindings
  if (bindings === undefined) return
  if (ts.isNamespaceImport(bindings)) return put(bindings.name.text, `import ${type}* as ${bindings.name.text} from ${from}`)
  for (const element of bindings.elements) put(element.name.text, `import ${type}{ ${element.getText()} } from ${from}`)
}

function keepImport(
  imports: Map<string, { readonly code: string; readonly origin: CellLine }>,
  local: string,
  code: string,
  origin: CellLine,
): void {
  const before = imports.get(local)
  if (before === undefined) imports.set(local, { code, origin })
  else if (before.code !== code)
    throw new LabError('import-conflict', `Cell ${origin.cell} imports "${local}" from another place than cell ${before.origin.cell}.`, {
      received: code,
      expected: before.code,
      help: 'give one of them another name: import { a as b }',
    })
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
