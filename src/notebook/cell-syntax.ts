import type ts from 'typescript'
import { LabError } from '../core/index.js'
import { compiler } from './compiler.js'

/** Refuses what cannot be read, and what only looks right in a wrapper: the messages name cell and line. @throws LabError `notebook-syntax-error`, `cell-not-exportable` */
export function parseCell(text: string, cell: number): ts.SourceFile {
  const source = compiler().createSourceFile(`cell${cell}.ts`, text, compiler().ScriptTarget.ES2022, true)
  const { parseDiagnostics } = source as ts.SourceFile & { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] }
  const [first] = parseDiagnostics
  if (first !== undefined) throw syntaxError(source, cell, first.start, compiler().flattenDiagnosticMessageText(first.messageText, '\n'))
  const returned = topLevelReturn(source)
  if (returned !== undefined) throw syntaxError(source, cell, returned.getStart(), 'A cell cannot return: there is no function around it.')
  for (const statement of source.statements)
    if (
      compiler().isModuleDeclaration(statement) ||
      compiler().isExportDeclaration(statement) ||
      compiler().isExportAssignment(statement) ||
      isExported(statement)
    )
      throw new LabError('cell-not-exportable', `Cell ${cell} has a statement that a notebook cannot have.`, {
        received: statement.getText().split('\n')[0]!,
        expected: 'no export and no namespace',
        help: 'move it into a file of src/',
      })
  return source
}

function syntaxError(source: ts.SourceFile, cell: number, position: number, message: string): LabError {
  const { line, character } = source.getLineAndCharacterOfPosition(position)
  return new LabError('notebook-syntax-error', 'A cell cannot be read as TypeScript; nothing was run.', {
    received: `cell ${cell}, line ${line + 1}:${character + 1} - ${message}\n            ${source.text.split(/\r?\n/)[line] ?? ''}`,
    expected: 'TypeScript',
    help: 'correct the cell',
  })
}

const isExported = (statement: ts.Statement): boolean =>
  compiler().canHaveModifiers(statement) &&
  compiler()
    .getModifiers(statement)
    ?.some(({ kind }) => kind === compiler().SyntaxKind.ExportKeyword) === true

function topLevelReturn(node: ts.Node): ts.Node | undefined {
  if (compiler().isReturnStatement(node)) return node
  if (compiler().isFunctionLike(node) || compiler().isClassLike(node)) return undefined
  return compiler().forEachChild(node, topLevelReturn)
}

const isNamedDeclaration = (
  node: ts.Statement,
): node is ts.FunctionDeclaration | ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.EnumDeclaration =>
  compiler().isFunctionDeclaration(node) ||
  compiler().isClassDeclaration(node) ||
  compiler().isInterfaceDeclaration(node) ||
  compiler().isTypeAliasDeclaration(node) ||
  compiler().isEnumDeclaration(node)

export function boundNames(name: ts.BindingName): string[] {
  if (compiler().isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (compiler().isBindingElement(element) ? boundNames(element.name) : []))
}

/** Names that a statement gives to the cells after it, imports aside. */
export function declaredNames(statement: ts.Statement): string[] {
  if (compiler().isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
  return isNamedDeclaration(statement) && statement.name !== undefined ? [statement.name.text] : []
}

/** One name that an import statement brings. */
export interface ImportedName {
  readonly local: string
  /** The import of this name alone, for the given module specifier. */
  readonly code: string
  readonly node: ts.Node
}

/** @param specifier the module's name as the code is to hold it; an import for its effect alone has its own code as name */
export function importedNames(statement: ts.ImportDeclaration, specifier: string): ImportedName[] {
  const from = JSON.stringify(specifier)
  const clause = statement.importClause
  if (clause === undefined) return [{ local: from, code: `import ${from}`, node: statement }]
  const type = clause.phaseModifier === compiler().SyntaxKind.TypeKeyword ? 'type ' : ''
  const names: ImportedName[] = []
  if (clause.name !== undefined)
    names.push({ local: clause.name.text, code: `import ${type}${clause.name.text} from ${from}`, node: clause.name })
  const bindings = clause.namedBindings
  if (bindings === undefined) return names
  if (compiler().isNamespaceImport(bindings))
    names.push({ local: bindings.name.text, code: `import ${type}* as ${bindings.name.text} from ${from}`, node: bindings })
  else
    for (const element of bindings.elements)
      names.push({ local: element.name.text, code: `import ${type}{ ${element.getText()} } from ${from}`, node: element })
  return names
}

/** Imports of a notebook stand at the top of the module that is made of it, so a name must mean one thing from the first cell on. */
export class NotebookImports {
  private readonly known = new Map<string, { readonly code: string; readonly cell: number }>()
  private readonly earlier: { readonly cell: number; readonly free: ReadonlySet<string>; readonly declared: ReadonlySet<string> }[] = []

  has(local: string): boolean {
    return this.known.has(local)
  }

  /** @returns false for a name that an earlier cell imported alike @throws LabError `import-conflict`, `import-too-late` */
  add({ local, code }: ImportedName, cell: number): boolean {
    const before = this.known.get(local)
    if (before?.code === code) return false
    if (before !== undefined)
      throw new LabError('import-conflict', `Cell ${cell} imports "${local}" from another place than cell ${before.cell}.`, {
        received: code,
        expected: before.code,
        help: 'give one of them another name: import { a as b }',
      })
    const declaring = this.earlier.find(({ declared }) => declared.has(local))
    if (declaring !== undefined)
      throw new LabError('import-conflict', `Cell ${cell} imports "${local}", which cell ${declaring.cell} declares.`, {
        received: code,
        expected: 'one meaning for a name',
        help: `give one of them another name: import { ${local} as other }`,
      })
    const using = this.earlier.find(({ free }) => free.has(local))
    if (using !== undefined)
      throw new LabError('import-too-late', `Cell ${using.cell} uses "${local}", which only cell ${cell} imports.`, {
        received: code,
        expected: `the import in cell ${using.cell} or before`,
        help: 'move the import up',
      })
    this.known.set(local, { code, cell })
    return true
  }

  /** Remembers a cell that is complete. */
  pass(source: ts.SourceFile, declared: ReadonlySet<string>, cell: number): void {
    this.earlier.push({ cell, free: freeNames(source), declared })
  }
}

/** Names that a cell uses without declaring them anywhere in it. */
function freeNames(source: ts.SourceFile): Set<string> {
  const used = new Set<string>()
  const bound = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (compiler().isIdentifier(node)) {
      const { parent } = node
      const isDeclaration =
        (parent as Partial<ts.NamedDeclaration>).name === node &&
        !compiler().isPropertyAccessExpression(parent) &&
        !compiler().isShorthandPropertyAssignment(parent)
      const isMember =
        (compiler().isPropertyAccessExpression(parent) && parent.name === node) ||
        (compiler().isQualifiedName(parent) && parent.right === node)
      if (isDeclaration) bound.add(node.text)
      else if (!isMember && !compiler().isPropertyAssignment(parent) && !compiler().isImportSpecifier(parent)) used.add(node.text)
      else if (compiler().isPropertyAssignment(parent) && parent.initializer === node) used.add(node.text)
    }
    compiler().forEachChild(node, visit)
  }
  visit(source)
  return new Set([...used].filter((name) => !bound.has(name)))
}
