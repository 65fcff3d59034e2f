import type ts from 'typescript'
import { boundNames } from '../cell-syntax.js'
import { compiler } from '../compiler.js'

/** What a cell does with code and names beside declaring and mentioning them. */
export interface CodeUses {
  /** Modules taken by `import('...')`. */
  readonly modules: ReadonlySet<string>
  /** Names that are assigned, in functions too. */
  readonly assigned: ReadonlySet<string>
  /** Names of the environment variables that it reads or sets. */
  readonly environment: ReadonlySet<string>
  /** A sentence on what only running it would tell. */
  readonly uncertain: string | undefined
}

export function codeUses(file: ts.SourceFile): CodeUses {
  const modules = new Set<string>()
  const assigned = new Set<string>()
  const environment = new Set<string>()
  let uncertain: string | undefined
  const firstLine = (node: ts.Node): string => node.getText(file).split('\n')[0]!
  const visit = (node: ts.Node): void => {
    if (compiler().isCallExpression(node)) {
      const [argument] = node.arguments
      const loads = node.expression.kind === compiler().SyntaxKind.ImportKeyword || node.expression.getText(file) === 'require'
      if (loads && argument !== undefined && compiler().isStringLiteralLike(argument)) modules.add(argument.text)
      else if (loads || ['eval', 'Function'].includes(node.expression.getText(file)))
        uncertain ??= `only running it tells what code this loads: ${firstLine(node)}`
    }
    for (const name of assignedNames(node)) assigned.add(name)
    if (compiler().isPropertyAccessExpression(node) && node.getText(file) === 'process.env') {
      const names = variablesOf(node)
      for (const name of names ?? []) environment.add(name)
      if (names === undefined) uncertain ??= `only running it tells which environment variables this uses: ${firstLine(node.parent)}`
    }
    compiler().forEachChild(node, visit)
  }
  visit(file)
  return { modules, assigned, environment, uncertain }
}

/** `A` for `process.env.A`, `process.env['A']` and `{ A } = process.env`; undefined where the names do not stand there. */
function variablesOf(env: ts.Node): string[] | undefined {
  const { parent } = env
  if (compiler().isPropertyAccessExpression(parent)) return [parent.name.text]
  if (compiler().isElementAccessExpression(parent) && compiler().isStringLiteralLike(parent.argumentExpression))
    return [parent.argumentExpression.text]
  if (!compiler().isVariableDeclaration(parent) || !compiler().isObjectBindingPattern(parent.name)) return undefined
  const elements = parent.name.elements.map(({ dotDotDotToken, propertyName, name }) =>
    dotDotDotToken === undefined ? (propertyName ?? name) : parent,
  )
  return elements.every(compiler().isIdentifier) ? elements.map(({ text }) => text) : undefined
}

function assignedNames(node: ts.Node): string[] {
  if (compiler().isPrefixUnaryExpression(node) || compiler().isPostfixUnaryExpression(node)) {
    const changes = [compiler().SyntaxKind.PlusPlusToken, compiler().SyntaxKind.MinusMinusToken].includes(node.operator)
    return changes && compiler().isIdentifier(node.operand) ? [node.operand.text] : []
  }
  if (!compiler().isBinaryExpression(node)) return []
  const { kind } = node.operatorToken
  if (kind < compiler().SyntaxKind.FirstAssignment || kind > compiler().SyntaxKind.LastAssignment) return []
  return identifiersOf(node.left)
}

/** `a`, and every name in `[a, { b: c }]`. */
function identifiersOf(target: ts.Node): string[] {
  if (compiler().isIdentifier(target)) return [target.text]
  if (compiler().isPropertyAccessExpression(target) || compiler().isElementAccessExpression(target)) return []
  const names: string[] = []
  compiler().forEachChild(target, (child) => void names.push(...identifiersOf(child)))
  return names
}

/** Names of a statement that stand for a function or class written there and then. */
export function literalFunctions(statement: ts.Statement): string[] {
  if ((compiler().isFunctionDeclaration(statement) || compiler().isClassDeclaration(statement)) && statement.name !== undefined)
    return [statement.name.text]
  if (!compiler().isVariableStatement(statement)) return []
  return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
    initializer !== undefined &&
    (compiler().isArrowFunction(initializer) || compiler().isFunctionExpression(initializer) || compiler().isClassExpression(initializer))
      ? boundNames(name)
      : [],
  )
}
