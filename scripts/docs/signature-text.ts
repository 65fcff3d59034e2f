import ts from 'typescript'

const FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope

/** A constant's type longer than this is of no use to a reader. */
const LONGEST_TYPE = 240

/** A derived type that comes to more than this is shown as it is written. */
const LONGEST_RESOLVED = 2000

/** TypeScript of a function, class, interface, constant or member, without body: `loadConfig(path?: string): TrainingConfig`. */
export function signatureOf(checker: ts.TypeChecker, name: string, symbol: ts.Symbol, member?: ts.Declaration): string {
  const declarations = member === undefined ? symbol.declarations! : [member]
  const [first] = declarations
  if (first === undefined) return name
  if (ts.isClassDeclaration(first) || ts.isInterfaceDeclaration(first)) return headOf(name, first)
  if (ts.isConstructorDeclaration(first)) return `new (${parameters(checker, first)})`
  const functions = declarations.flatMap((declaration) => functionsOf(declaration))
  const shown = functions.length > 1 ? functions.filter((each) => !('body' in each) || each.body === undefined) : functions
  if (shown.length > 0) return shown.map((each) => `${name}${questionOf(first)}${functionText(checker, each)}`).join('\n')
  if (ts.isGetAccessorDeclaration(first)) return `${name}: ${typeOf(checker, first, first.type)}`
  return `${name}${questionOf(first)}: ${typeOf(checker, first, (first as ts.PropertySignature).type)}`
}

/** `type Name = ...` as written; where it is derived from a value or schema, what it comes to. */
export function typeTextOf(checker: ts.TypeChecker, name: string, type: ts.Type, declaration: ts.TypeAliasDeclaration): string {
  const head = `type ${name}${generics(declaration)}`
  const written = dedent(declaration.type.getText())
  if (!/\btypeof\b|\bz\./.test(written)) return `${head} = ${written}`
  const resolved = checker.typeToString(type, declaration, FLAGS | ts.TypeFormatFlags.InTypeAlias)
  return `${head} = ${resolved.length > LONGEST_RESOLVED ? written : brokenLines(resolved)}`
}

/** An object type on one line, as a property a line. */
function brokenLines(type: string): string {
  let depth = 0
  const indent = (): string => `\n${'  '.repeat(depth)}`
  return type
    .replace(/\{ |;? \}|; /g, (mark) => {
      if (mark === '; ') return indent()
      depth += mark === '{ ' ? 1 : -1
      return mark === '{ ' ? `{${indent()}` : `${indent()}}`
    })
    .replace(/;(?=\n|$)/g, '')
}

function headOf(name: string, declaration: ts.ClassDeclaration | ts.InterfaceDeclaration): string {
  const word = ts.isClassDeclaration(declaration) ? 'class' : 'interface'
  const clauses = (declaration.heritageClauses ?? []).map((clause) => clause.getText()).join(' ')
  return `${word} ${name}${generics(declaration)}${clauses === '' ? '' : ` ${clauses}`}`
}

function functionsOf(declaration: ts.Declaration): ts.SignatureDeclaration[] {
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration))
    return [declaration]
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined && declaration.type === undefined) {
    const { initializer } = declaration
    if (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)) return [initializer]
  }
  return []
}

function functionText(checker: ts.TypeChecker, declaration: ts.SignatureDeclaration): string {
  const signature = checker.getSignatureFromDeclaration(declaration)!
  const returned =
    declaration.type === undefined
      ? checker.typeToString(signature.getReturnType(), declaration, FLAGS)
      : dedent(declaration.type.getText())
  return `${generics(declaration)}(${parameters(checker, declaration)}): ${returned}`
}

/** A parameter taken apart in the source is called `options` here; what it is where it is left out stands behind it. */
function parameters(checker: ts.TypeChecker, { parameters }: { readonly parameters: ts.NodeArray<ts.ParameterDeclaration> }): string {
  const patterns = parameters.filter(({ name }) => !ts.isIdentifier(name)).length
  const parts = parameters.map((parameter, i) => {
    const { name, initializer, questionToken, dotDotDotToken } = parameter
    const shown = ts.isIdentifier(name) ? name.text : patterns === 1 ? 'options' : `options${i + 1}`
    const optional = questionToken !== undefined || initializer !== undefined ? '?' : ''
    return `${dotDotDotToken ? '...' : ''}${shown}${optional}: ${typeOf(checker, parameter, parameter.type)}`
  })
  const line = parts.join(', ')
  return line.length > 120 ? `\n  ${parts.join(',\n  ')},\n` : line
}

/** Defaults that a function gives to its parameters and to the options that it takes apart: `deadZone = 0`. */
export function defaultsOf(declaration: ts.Node | undefined): string[] {
  if (declaration === undefined) return []
  const found = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration
  if (found === undefined || !('parameters' in found)) return []
  return (found as ts.SignatureDeclaration).parameters.flatMap(({ name, initializer }) => [
    ...(ts.isObjectBindingPattern(name)
      ? name.elements.flatMap((element) =>
          element.initializer === undefined
            ? []
            : [`${(element.propertyName ?? element.name).getText()} = ${dedent(element.initializer.getText())}`],
        )
      : []),
    ...(ts.isIdentifier(name) && initializer !== undefined ? [`${name.text} = ${dedent(initializer.getText())}`] : []),
  ])
}

function typeOf(checker: ts.TypeChecker, declaration: ts.Node, written: ts.TypeNode | undefined): string {
  if (written !== undefined) return dedent(written.getText())
  const text = checker.typeToString(checker.getTypeAtLocation(declaration), declaration, FLAGS)
  return text.length > LONGEST_TYPE ? `${text.slice(0, LONGEST_TYPE)}...` : text
}

const questionOf = (declaration: ts.Declaration): string =>
  'questionToken' in declaration && declaration.questionToken !== undefined ? '?' : ''

const generics = ({ typeParameters }: { readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined }): string =>
  typeParameters === undefined ? '' : `<${typeParameters.map((each) => each.getText()).join(', ')}>`

/** Source text whose later lines begin at the margin of its last one. */
function dedent(text: string): string {
  const lines = text.split('\n')
  const margin = /^ */.exec(lines.at(-1)!)![0].length
  return lines.map((line, i) => (i === 0 ? line : line.replace(new RegExp(`^ {0,${margin}}`), ''))).join('\n')
}
