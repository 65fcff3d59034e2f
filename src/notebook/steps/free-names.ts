import type ts from 'typescript'
import { boundNames, declaredNames } from '../cell-syntax.js'
import { compiler } from '../compiler.js'

/** Names that a cell mentions and that no function, class or block around the mention binds; names of types and of the cell's own variables are among them. */
export function freeNames(file: ts.SourceFile): Set<string> {
  const free = new Set<string>()
  const visit = (node: ts.Node, bound: ReadonlySet<string>): void => {
    if (compiler().isIdentifier(node) && !isKey(node) && !bound.has(node.text)) free.add(node.text)
    const own = node === file ? [] : namesBoundIn(node)
    const inside = own.length === 0 ? bound : new Set([...bound, ...own])
    compiler().forEachChild(node, (child) => visit(child, inside))
  }
  visit(file, new Set())
  return free
}

/** Names that mean something only inside of this node. */
function namesBoundIn(node: ts.Node): string[] {
  if (compiler().isFunctionLike(node)) {
    const { name } = node
    const own = compiler().isFunctionExpression(node) && name !== undefined && compiler().isIdentifier(name) ? [name.text] : []
    return [...own, ...(node.typeParameters ?? []).map((one) => one.name.text), ...node.parameters.flatMap((one) => boundNames(one.name))]
  }
  if (compiler().isBlock(node)) return node.statements.flatMap(declaredNames)
  if (compiler().isForStatement(node) || compiler().isForOfStatement(node) || compiler().isForInStatement(node)) {
    const { initializer } = node
    if (initializer === undefined || !compiler().isVariableDeclarationList(initializer)) return []
    // `for (const row of row.children)` is the same name: inside, as everywhere else in the loop, it is not yet there.
    return initializer.declarations.flatMap(({ name }) => boundNames(name))
  }
  if (compiler().isCatchClause(node)) return node.variableDeclaration === undefined ? [] : boundNames(node.variableDeclaration.name)
  return []
}

/** The name of a property: in `a.name`, `{ name: 1 }`, `{ name: local } = ...`, a type, a class. */
function isKey(node: ts.Identifier): boolean {
  const { parent } = node
  if (compiler().isQualifiedName(parent)) return parent.right === node
  if (compiler().isBindingElement(parent)) return parent.propertyName === node
  const named =
    compiler().isPropertyAccessExpression(parent) ||
    compiler().isPropertyAssignment(parent) ||
    compiler().isPropertySignature(parent) ||
    compiler().isPropertyDeclaration(parent) ||
    compiler().isMethodSignature(parent) ||
    compiler().isClassElement(parent) ||
    compiler().isEnumMember(parent) ||
    compiler().isNamedTupleMember(parent)
  return named && parent.name === node
}
