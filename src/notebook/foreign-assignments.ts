import ts from 'typescript'
import { LabError } from '../core/index.js'

/**
 * Refuses an assignment to a variable of another cell. In the kernel a function keeps the variable of its own cell, in a script both are one: the same notebook would
 * give two results.
 * @param owner variable -> number of the cell that declared it last
 * @throws LabError `foreign-assignment`
 */
export function checkForeignAssignments(
  source: ts.SourceFile,
  owner: ReadonlyMap<string, number>,
  own: ReadonlySet<string>,
  cell: number,
): void {
  const visit = (node: ts.Node, local: ReadonlySet<string>): void => {
    const target = assignedIdentifier(node)
    if (target !== undefined && !local.has(target) && !own.has(target) && owner.has(target))
      throw new LabError('foreign-assignment', `Cell ${cell} assigns a variable of cell ${owner.get(target)!}.`, {
        received: node.getText(source).split('\n')[0]!,
        expected: 'each variable assigned only in the cell that declares it',
        help: `declare it again: const ${target} = ...`,
      })
    const inner =
      ts.isBlock(node) || ts.isFunctionLike(node) || ts.isForStatement(node) || ts.isForOfStatement(node)
        ? new Set([...local, ...declaredIn(node)])
        : local
    ts.forEachChild(node, (child) => visit(child, inner))
  }
  ts.forEachChild(source, (child) => visit(child, new Set()))
}

function assignedIdentifier(node: ts.Node): string | undefined {
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  )
    return ts.isIdentifier(node.left) ? node.left.text : undefined
  if (
    (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
    [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator)
  )
    return ts.isIdentifier(node.operand) ? node.operand.text : undefined
  return undefined
}

/** Names declared directly in a block, loop head or parameter list. */
function declaredIn(node: ts.Node): string[] {
  const names: string[] = []
  const collect = (child: ts.Node): void => {
    if (ts.isVariableDeclaration(child) || ts.isParameter(child)) {
      const add = (name: ts.BindingName): void => {
        if (ts.isIdentifier(name)) names.push(name.text)
        else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name)
      }
      add(child.name)
    } else if (ts.isVariableStatement(child) || ts.isVariableDeclarationList(child)) ts.forEachChild(child, collect)
  }
  ts.forEachChild(node, collect)
  return names
}
