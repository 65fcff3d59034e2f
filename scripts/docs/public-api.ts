import { relative } from 'node:path'
import ts from 'typescript'
import { projectPath, projectRoot } from '../../src/core/index.js'
import { defaultsOf, signatureOf, typeTextOf } from './signature-text.js'

export type ApiKind = 'function' | 'class' | 'interface' | 'type' | 'constant'

/** A comment in its parts, with links resolved to names. */
export interface ApiDoc {
  readonly text: string
  readonly params: readonly (readonly [name: string, text: string])[]
  readonly returns: string
  readonly throws: readonly string[]
}

/** A property or method. */
export interface ApiMember {
  readonly signature: string
  readonly doc: ApiDoc
}

export interface ApiEntry {
  readonly name: string
  readonly kind: ApiKind
  readonly room: string
  /** Path from the project. */
  readonly file: string
  /** One line or more of TypeScript; several for overloads. */
  readonly signature: string
  readonly doc: ApiDoc
  readonly members: readonly ApiMember[]
  /** What parameters and options are where they are left out: `deadZone = 0`. */
  readonly defaults: readonly string[]
}

/** Everything that src/index.ts exports, ordered by name. Made of one program; about three seconds. */
export function publicApi(): ApiEntry[] {
  const root = projectRoot()
  const { config } = ts.readConfigFile(projectPath('tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object }
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ['src/index.ts'] }, ts.sys, root)
  const program = ts.createProgram([projectPath('src/index.ts')], options)
  const checker = program.getTypeChecker()
  const face = checker.getSymbolAtLocation(program.getSourceFile(projectPath('src/index.ts'))!)!
  return checker
    .getExportsOfModule(face)
    .map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      return entryOf(checker, exported.name, symbol, root)
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function entryOf(checker: ts.TypeChecker, name: string, symbol: ts.Symbol, root: string): ApiEntry {
  const declaration = symbol.declarations![0]!
  const file = relative(root, declaration.getSourceFile().fileName)
  const kind = kindOf(declaration, checker)
  const type = checker.getDeclaredTypeOfSymbol(symbol)
  const members = kind === 'interface' || kind === 'class' ? membersOf(checker, symbol) : []
  const signature =
    kind === 'type' ? typeTextOf(checker, name, type, declaration as ts.TypeAliasDeclaration) : signatureOf(checker, name, symbol)
  return { name, kind, room: file.split('/')[1]!, file, signature, doc: docOf(symbol, checker), members, defaults: defaultsOf(declaration) }
}

function kindOf(declaration: ts.Declaration, checker: ts.TypeChecker): ApiKind {
  if (ts.isFunctionDeclaration(declaration)) return 'function'
  if (ts.isClassDeclaration(declaration)) return 'class'
  if (ts.isInterfaceDeclaration(declaration)) return 'interface'
  if (ts.isTypeAliasDeclaration(declaration)) return 'type'
  return checker.getTypeAtLocation(declaration).getCallSignatures().length > 0 ? 'function' : 'constant'
}

/** What a user of the interface or class may touch, in the order of the source. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): ApiMember[] {
  const declarations = symbol.declarations!.filter(
    (each): each is ts.InterfaceDeclaration | ts.ClassDeclaration => ts.isInterfaceDeclaration(each) || ts.isClassDeclaration(each),
  )
  return declarations
    .flatMap((each): readonly ts.Declaration[] => [...each.members].flatMap((member) => [member, ...parameterProperties(member)]))
    .flatMap((member) => {
      const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
      if (ts.getCombinedModifierFlags(member) & hidden) return []
      const own = ts.isConstructorDeclaration(member) ? undefined : checker.getSymbolAtLocation((member as ts.PropertyDeclaration).name)
      const name = ts.isConstructorDeclaration(member) ? 'constructor' : memberName(member)
      if (name === undefined || (ts.isMethodDeclaration(member) && member.body === undefined)) return []
      const documented = own ?? (member as ts.Declaration & { symbol: ts.Symbol }).symbol
      return [{ signature: signatureOf(checker, name, documented, member), doc: docOf(documented, checker, member) }]
    })
}

/** `constructor(readonly folder: string)` declares a property; a constructor that is private is none that anyone calls. */
const parameterProperties = (member: ts.Declaration): readonly ts.ParameterDeclaration[] =>
  ts.isConstructorDeclaration(member) ? member.parameters.filter((parameter) => ts.isParameterPropertyDeclaration(parameter, member)) : []

function memberName(member: ts.Declaration): string | undefined {
  const name = (member as ts.PropertyDeclaration).name as ts.PropertyName | undefined
  // A computed name ([DISPLAY]) belongs to a protocol, not to callers.
  if (name === undefined || ts.isPrivateIdentifier(name) || ts.isComputedPropertyName(name)) return undefined
  const modifiers = ts.getCombinedModifierFlags(member)
  return `${modifiers & ts.ModifierFlags.Static ? 'static ' : ''}${name.getText()}`
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker, member?: ts.Declaration): ApiDoc {
  const tags = member !== undefined && ts.isConstructorDeclaration(member) ? constructorTags(member) : symbol.getJsDocTags(checker)
  const textOf = (tag: ts.JSDocTagInfo): string => plain(ts.displayPartsToString(tag.text))
  const named = (name: string): string[] => tags.filter((tag) => tag.name === name).map(textOf)
  const text =
    member !== undefined && ts.isConstructorDeclaration(member)
      ? commentOf(member)
      : ts.displayPartsToString(symbol.getDocumentationComment(checker))
  return {
    text: plain(text),
    params: named('param').map((param) => {
      const [, name, rest] = /^(\S+)\s*-?\s*([\s\S]*)$/.exec(param) ?? []
      // In a comment of one line a semicolon parts one parameter from the next.
      return [name ?? '', (rest ?? '').replace(/;$/, '')]
    }),
    returns: named('returns').join(' '),
    throws: named('throws'),
  }
}

const constructorTags = (member: ts.ConstructorDeclaration): ts.JSDocTagInfo[] =>
  ts.getJSDocTags(member).map((tag) => ({
    name: tag.tagName.text,
    text: [
      {
        kind: 'text',
        text: `${ts.isJSDocParameterTag(tag) ? `${tag.name.getText()} ` : ''}${ts.getTextOfJSDocComment(tag.comment) ?? ''}`,
      },
    ],
  }))

const commentOf = (member: ts.Declaration): string =>
  ts
    .getJSDocCommentsAndTags(member)
    .filter(ts.isJSDoc)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
    .join('\n')

/** Line breaks of a comment mean nothing but where a list or a paragraph begins; links become names in code. */
const plain = (text: string): string =>
  text
    .replace(/\{@link\s+([^}|\s]+)[^}]*\}/g, '`$1`')
    .replace(/([^\n])\n(?!\n|\s*[-*] |\s*\d+\. |```)/g, '$1 ')
    .replace(/[ \t]+$/gm, '')
    .trim()
