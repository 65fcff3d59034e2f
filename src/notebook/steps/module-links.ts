import type ts from 'typescript'
import { boundNames } from '../cell-syntax.js'
import { compiler } from '../compiler.js'

/** One module that a file names, with what it takes of it. */
export interface ModuleLink {
  readonly module: string
  /** Name in the module -> name in this file; `*` for all of it. */
  readonly names: ReadonlyMap<string, string> | '*'
}

/** What a file of src/ takes from others and gives on, types aside. */
export interface ModuleLinks {
  readonly imports: readonly ModuleLink[]
  readonly reExports: readonly ModuleLink[]
  /** Names that it declares and exports itself. */
  readonly own: ReadonlySet<string>
  /** Strings that look like paths below src/: entries of child processes, scripts, folders. */
  readonly paths: readonly string[]
}

const PROJECT_PATH = /^(\.\/)?src\//

/** Reads the links of a file from its syntax alone; nothing is resolved. */
export function moduleLinks(fileName: string, text: string): ModuleLinks {
  const imports: ModuleLink[] = []
  const reExports: ModuleLink[] = []
  const own = new Set<string>()
  const paths: string[] = []
  const file = compiler().createSourceFile(fileName, text, compiler().ScriptTarget.ES2022)
  const deeper = (node: ts.Node): void => {
    if (compiler().isStringLiteralLike(node) && PROJECT_PATH.test(node.text)) paths.push(node.text.replace(/^\.\//, ''))
    const [argument] =
      compiler().isCallExpression(node) && node.expression.kind === compiler().SyntaxKind.ImportKeyword ? node.arguments : []
    if (argument !== undefined && compiler().isStringLiteralLike(argument)) imports.push({ module: argument.text, names: '*' })
    compiler().forEachChild(node, deeper)
  }
  for (const statement of file.statements) {
    if (compiler().isImportDeclaration(statement)) imports.push(...importLink(statement))
    else if (compiler().isExportDeclaration(statement)) {
      const link = exportLink(statement)
      if (link === 'namespace') {
        own.add((statement.exportClause as ts.NamespaceExport).name.text)
        imports.push({ module: (statement.moduleSpecifier as ts.StringLiteral).text, names: '*' })
      } else if (link === undefined) for (const name of exportedNames(statement)) own.add(name)
      else if (link !== 'types') reExports.push(link)
    } else {
      for (const name of declaredExports(statement)) own.add(name)
      deeper(statement)
    }
  }
  return { imports, reExports, own, paths }
}

function importLink(statement: ts.ImportDeclaration): ModuleLink[] {
  const module = (statement.moduleSpecifier as ts.StringLiteral).text
  const clause = statement.importClause
  if (clause === undefined) return [{ module, names: '*' }]
  if (clause.phaseModifier === compiler().SyntaxKind.TypeKeyword) return []
  const bindings = clause.namedBindings
  if (bindings !== undefined && compiler().isNamespaceImport(bindings)) return [{ module, names: '*' }]
  const names = new Map<string, string>()
  if (clause.name !== undefined) names.set('default', clause.name.text)
  for (const { name, propertyName, isTypeOnly } of bindings?.elements ?? [])
    if (!isTypeOnly) names.set((propertyName ?? name).text, name.text)
  return names.size === 0 ? [] : [{ module, names }]
}

/** undefined for names of the file itself (`export { a }`). */
function exportLink(statement: ts.ExportDeclaration): ModuleLink | 'types' | 'namespace' | undefined {
  if (statement.isTypeOnly) return 'types'
  if (statement.moduleSpecifier === undefined) return undefined
  const module = (statement.moduleSpecifier as ts.StringLiteral).text
  const clause = statement.exportClause
  if (clause === undefined) return { module, names: '*' }
  if (compiler().isNamespaceExport(clause)) return 'namespace'
  const values = clause.elements.filter(({ isTypeOnly }) => !isTypeOnly)
  return { module, names: new Map(values.map(({ name, propertyName }) => [(propertyName ?? name).text, name.text])) }
}

const exportedNames = ({ exportClause }: ts.ExportDeclaration): string[] =>
  exportClause !== undefined && compiler().isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : []

function declaredExports(statement: ts.Statement): string[] {
  if (compiler().isExportAssignment(statement)) return ['default']
  const exported =
    compiler().canHaveModifiers(statement) &&
    compiler()
      .getModifiers(statement)
      ?.some(({ kind }) => kind === compiler().SyntaxKind.ExportKeyword) === true
  if (!exported) return []
  if (compiler().isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
  const { name } = statement as Partial<ts.FunctionDeclaration>
  return name === undefined ? ['default'] : [name.text]
}
