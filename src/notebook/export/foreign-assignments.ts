import type ts from 'typescript'
import { LabError } from '../../core/index.js'
import { compiler } from '../compiler.js'

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
      compiler().isBlock(node) || compiler().isFunctionLike(node) || compiler().isForStatement(node) || compiler().isForOfStatement(node)
        ? new Set([...local, ...declaredIn(node)])
        : local
    compiler().forEachChild(node, (child) => visit(child, inner))
  }
  compiler().forEachChild(source, (child) => visit(child, new Set()))
}

function assignedIdentifier(node: ts.Node): string | undefined {
  if (
    compiler().isBinaryExpression(node) &&
    node.operatorToken.kind >= compiler().SyntaxKind.FirstAssignment &&
    node.operatorToken.kind <= compiler().SyntaxKind.LastAssignment
  )
    return compiler().isIdentifier(node.left) ? node.left.text : undefined
  if (
    (compiler().isPrefixUnaryExpression(node) || compiler().isPostfixUnaryExpression(node)) &&
    [compiler().SyntaxKind.PlusPlusToken, compiler().SyntaxKind.MinusMinusToken].includes(node.operator)
  )
    return compiler().isIdentifier(node.operand) ? node.operand.text : undefined
  return undefined
}

/** Names declared directly in a block, loop head or parameter list. */
function declaredIn(node: ts.Node): string[] {
  const names: string[] = []
  const collect = (child: ts.Node): void => {
    if (compiler().isVariableDeclaration(child) || compiler().isParameter(child)) {
      const add = (name: ts.BindingName): void => {
        if (compiler().isIdentifier(name)) names.push(name.text)
        else for (const element of name.elements) if (compiler().isBindingElement(element)) add(element.name)
      }
      add(child.name)
    } else if (compiler().isVariableStatement(child) || compiler().isVariableDeclarationList(child)) compiler().forEachChild(child, collect)
  }
  compiler().forEachChild(node, collect)
  return names
}
