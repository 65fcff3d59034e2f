'use strict'
// Turns a compiled cell (modern JavaScript with an inline source map) into a function body, and finds TypeScript lines again when it throws.
const { SourceMap } = require('node:module')

const CELL_FILE = 'barlab-cell:'
const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/
/** Lines that tslab puts in front of a cell before it compiles it. */
const PREFIX_LINES = 1

/**
 * TypeScript re-exports an import by a getter that cannot be replaced; in a notebook a later cell may declare the name again.
 * `Object.defineProperty(exports, "x", { enumerable: true, get: function () { return m.x; } })` becomes `exports.x = m.x`.
 */
function plainExports(ts) {
  const rewrite = (statement) => {
    const call = ts.isExpressionStatement(statement) ? statement.expression : undefined
    if (!call || !ts.isCallExpression(call) || call.arguments.length !== 3) return statement
    const [target, name, descriptor] = call.arguments
    const getter = ts.isObjectLiteralExpression(descriptor)
      ? descriptor.properties.find((p) => ts.isPropertyAssignment(p) && p.name.text === 'get')
      : undefined
    if (!getter || !ts.isIdentifier(target) || target.text !== 'exports') return statement
    const value = getter.initializer.body.statements[0].expression
    const { factory } = ts
    return factory.createExpressionStatement(factory.createAssignment(factory.createElementAccessExpression(target, name), value))
  }
  return () => (file) => ts.factory.updateSourceFile(file, file.statements.map(rewrite))
}

function createCellCode(ts) {
  const maps = new Map()
  const transformer = plainExports(ts)

  /** @returns CommonJS statements for a function with the parameters `exports` and `require` */
  function toFunctionBody(cell, javascript) {
    const inline = INLINE_MAP.exec(javascript)
    const { outputText, sourceMapText } = ts.transpileModule(inline ? javascript.slice(0, inline.index) : javascript, {
      fileName: 'cell.js',
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true, sourceMap: true },
      transformers: { after: [transformer] },
    })
    const body = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')
    maps.set(cell, { lines: body.split('\n').length, first: sourceMapText, second: inline?.[1], decoded: undefined })
    return body
  }

  /** The cell's own line (from 1) for a place in its compiled function; undefined where there is none; null for the call around the function. */
  function originalLine(cell, line, column) {
    const entry = maps.get(cell)
    if (entry !== undefined && line > entry.lines) return null
    if (!entry?.second) return undefined
    entry.decoded ??= [
      new SourceMap(JSON.parse(entry.first)),
      new SourceMap(JSON.parse(Buffer.from(entry.second, 'base64').toString('utf8'))),
    ]
    let at = { originalLine: line - 1, originalColumn: column - 1 }
    for (const map of entry.decoded) {
      at = map.findEntry(at.originalLine, at.originalColumn)
      if (at.originalLine === undefined) return undefined
    }
    const found = at.originalLine + 1 - PREFIX_LINES
    return found >= 1 ? found : undefined
  }

  return { toFunctionBody, originalLine }
}

module.exports = { createCellCode, CELL_FILE }
