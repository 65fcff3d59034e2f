import type ts from 'typescript'
import { compiler } from '../compiler.js'

/** The words that a type allows where it is a union of words, or a list of such; undefined for any other. `undefined` and `null` beside them do not count. */
function wordsOf(type: ts.Type, checker: ts.TypeChecker): string[] | undefined {
  const plain = checker.getNonNullableType(type)
  const element = checker.isArrayType(plain) ? checker.getIndexTypeOfType(plain, compiler().IndexKind.Number) : plain
  if (element === undefined || !element.isUnion()) return undefined
  const words = element.types.flatMap((each) => (each.isStringLiteral() ? [each.value] : []))
  // TypeScript's own order is that in which it met the words.
  return words.length === element.types.length ? words.sort() : undefined
}

/** By name, the words that each `let` of the module's cells may take. The first of a name counts: parameters stand at the top. */
export function choicesOfVariables(file: ts.SourceFile, checker: ts.TypeChecker): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  const visit = (node: ts.Node): void => {
    if (compiler().isVariableDeclaration(node) && compiler().isIdentifier(node.name) && node.type !== undefined) {
      const words = wordsOf(checker.getTypeFromTypeNode(node.type), checker)
      if (words !== undefined) found[node.name.text] ??= words
    }
    // Cells are functions inside each other; deeper down no parameter is declared.
    if (compiler().isFunctionDeclaration(node) || compiler().isSourceFile(node) || compiler().isBlock(node)) node.forEachChild(visit)
    else if (compiler().isVariableStatement(node)) node.declarationList.declarations.forEach(visit)
  }
  visit(file)
  return found
}
