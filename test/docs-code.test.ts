import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../src/core/index.js'
import { documentPaths, programsOf } from './fixtures/documents.js'

const root = projectRoot()

/** One program for the code of all documents, so that src/ is read once. */
function problems(modules: ReadonlyMap<string, string>): string[] {
  const file = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(file.config, ts.sys, root)
  const files = new Map([...modules].map(([path, text]) => [join(root, path), text]))
  // A block shows a call, not what is done with its result.
  const lenient = { ...options, noUnusedLocals: false, noUnusedParameters: false }
  const disk = ts.createCompilerHost(lenient)
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    getSourceFile: (path, language) =>
      files.has(path) ? ts.createSourceFile(path, files.get(path)!, language) : disk.getSourceFile(path, language),
  }
  const program = ts.createProgram({ rootNames: [...files.keys()], options: lenient, host })
  return [...files].flatMap(([path, text]) => {
    const source = program.getSourceFile(path)!
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ start = 0, messageText }) => {
      const before = text.slice(0, start)
      const block = /\/\/ line (\d+)\n[\s\S]*?$/.exec(before.slice(before.lastIndexOf('// line ')))?.[1] ?? '?'
      const line = before.split('\n').length
      return `${path.slice(root.length + 1)}, block at line ${block}: ${text.split('\n')[line - 1]!.trim()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

describe('code in documents', () => {
  it('type-checks against src', () => {
    const modules = new Map(documentPaths().flatMap((path) => [...programsOf(path)]))
    expect(modules.size).toBeGreaterThan(12)
    expect(problems(modules)).toEqual([])
  }, 120_000)
})
