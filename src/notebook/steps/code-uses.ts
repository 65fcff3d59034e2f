import type ts from 'typescript'
import { boundNames } from '../cell-syntax.js'
import { compiler } from '../compiler.js'

/** What a cell does with code and names beside declaring and mentioning them. */
export interface CodeUses {
  /** Modules taken by `import('...')`. */
  readonly modules: ReadonlySet<string>
  /** Names that are assigned, in functions too. */
  readonly assigned: ReadonlySet<string>
  /** A way to load code that only running it would tell. */
  readonly uncertain: string | undefined
}

export function codeUses(file: ts.SourceFile): CodeUses {
  const modules = new Set<string>()
  const assigned = new Set<string>()
  let uncertain: string | undefined
  const visit = (node: ts.Node): void => {
    if (compiler().isCallExpression(node)) {
      const [argument] = node.arguments
      const loads = node.expression.kind === compiler().SyntaxKind.ImportKeyword || node.expression.getText(file) === 'require'
      if (loads && argument !== undefined && compiler().isStringLiteralLike(argument)) modules.add(argument.text)
      else if (loads || ['eval', 'Function'].includes(node.expression.getText(file))) uncertain ??= node.getText(file).split('\n')[0]!
    }
    for (const name of assignedNames(node)) assigned.add(name)
    compiler().forEachChild(node, visit)
  }
  visit(file)
  return { modules, assigned, uncertain }
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
