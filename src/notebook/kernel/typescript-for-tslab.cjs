'use strict'
// Stands in for `@tslab/typescript-for-tslab` (a fork of TypeScript 5.0.4): the project's own TypeScript plus the things that the fork adds.
const path = require('node:path')
const { typescript } = require('./typescript.cjs')
const { diagnosticsOfProjectFiles } = require('./project-check.cjs')
const { isProjectFile } = require('./project.cjs')

const ts = Object.create(null)
for (const name of Object.keys(typescript))
  Object.defineProperty(ts, name, { enumerable: true, configurable: true, get: () => typescript[name] })
const define = (name, value) => Object.defineProperty(ts, name, { enumerable: true, configurable: true, writable: true, value })

define('getDefaultTypeRoots', (cwd, host) => {
  const roots = []
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const candidate = path.posix.join(folder, 'node_modules/@types')
    if (host.directoryExists(candidate)) roots.push(candidate)
    if (path.dirname(folder) === folder) return roots
  }
})

define('getNullTransformationContext', () => typescript.nullTransformationContext)

/** Places of `await` outside functions. The fork reports them as error 1308, by which tslab recognises an asynchronous cell; TypeScript accepts them silently. */
function topLevelAwaits(sourceFile) {
  const found = []
  const visit = (node) => {
    if (typescript.isFunctionLike(node) || typescript.isClassStaticBlockDeclaration(node) || typescript.isPropertyDeclaration(node)) return
    if (typescript.isAwaitExpression(node)) found.push(node.getStart(sourceFile))
    if (typescript.isForOfStatement(node) && node.awaitModifier) found.push(node.awaitModifier.getStart(sourceFile))
    if (typescript.isVariableDeclarationList(node) && (node.flags & typescript.NodeFlags.AwaitUsing) === typescript.NodeFlags.AwaitUsing)
      found.push(node.getStart(sourceFile))
    typescript.forEachChild(node, visit)
  }
  typescript.forEachChild(sourceFile, visit)
  return found.map((start) => ({
    file: sourceFile,
    start,
    length: 'await'.length,
    code: 1308,
    category: 1,
    messageText: 'top-level await',
  }))
}

define('getPreEmitDiagnosticsOfFiles', (program, files, token) => {
  const all = [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(token),
    ...program.getGlobalDiagnostics(token),
  ]
  const isCell = (file) => /\/__tslab__\.ts$/.test(file.fileName)
  for (const file of files.filter(isCell)) {
    // Declarations of a cell are what the next cell is compiled against, so they have to be expressible.
    all.push(
      ...program.getSyntacticDiagnostics(file, token),
      ...program.getSemanticDiagnostics(file, token),
      ...program.getDeclarationDiagnostics(file, token),
    )
    all.push(...topLevelAwaits(file))
  }
  all.push(
    ...diagnosticsOfProjectFiles(
      typescript.version,
      program,
      files.filter((file) => !isCell(file) && isProjectFile(file.fileName)),
    ),
  )
  return typescript.sortAndDeduplicateDiagnostics(all)
})

define('getQuickInfoAtPosition', (sourceFile, checker, _token, position) => {
  const node = typescript.getTouchingPropertyName(sourceFile, position)
  if (node === sourceFile) return undefined
  const symbol = checker.getSymbolAtLocation(node)
  const textSpan = typescript.createTextSpanFromNode(node, sourceFile)
  const container = typescript.getContainerNode(node)
  if (!symbol || checker.isUnknownSymbol(symbol)) {
    const type = typescript.isExpression(node) ? checker.getTypeAtLocation(node) : undefined
    return type && { kind: '', kindModifiers: '', textSpan, displayParts: typescript.typeToDisplayParts(checker, type, container) }
  }
  const info = typescript.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(checker, symbol, sourceFile, container, node)
  return {
    kind: info.symbolKind,
    kindModifiers: typescript.SymbolDisplay.getSymbolModifiers(checker, symbol),
    textSpan,
    displayParts: info.displayParts,
    documentation: info.documentation,
    tags: info.tags,
  }
})

define(
  'Completions',
  Object.create(typescript.Completions, {
    getCompletionsAtPositionForTslab: {
      value: (host, program, log, sourceFile, position, preferences, trigger, kind, token) =>
        typescript.Completions.getCompletionsAtPosition(
          { getCompilationSettings: () => program.getCompilerOptions(), ...host },
          program,
          log,
          sourceFile,
          position,
          preferences,
          trigger,
          kind,
          token,
          undefined,
        ),
    },
  }),
)

module.exports = ts
