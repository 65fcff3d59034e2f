import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import ts from 'typescript'
import { projectRoot } from '../src/core/index.js'

const root = projectRoot()

/** Rooms by level, from the ```rooms block of ARCHITECTURE.md: one room a line, from the ground up. */
function roomLevels(): Map<string, number> {
  const block = /```rooms\n([\s\S]*?)```/.exec(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))
  expect(block, 'ARCHITECTURE.md has a ```rooms block').not.toBeNull()
  const levels = new Map<string, number>()
  for (const [level, line] of block![1]!.trim().split('\n').entries()) levels.set(line.split(/\s+/)[0]!, level)
  return levels
}

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

/** Every relative import of a file, static and dynamic, as paths inside src/. Type-only ones count for arrows, not for cycles: they vanish when compiled. */
function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true)
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean): void => {
    if (!specifier.startsWith('.')) return
    found.push({ from: file, to: normalize(join(dirname(file), specifier)).replace(/\.js$/, '.ts'), typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause
      const named = clause?.namedBindings
      const allTypes =
        clause?.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every((e) => e.isTypeOnly)
      add(node.moduleSpecifier.text, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier))
      add(node.moduleSpecifier.text, node.isTypeOnly)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const argument = node.arguments[0]
      if (argument !== undefined && ts.isStringLiteral(argument)) add(argument.text, false)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const files = (readdirSync(join(root, 'src'), { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => join('src', file))
const production = files.filter((file) => !/\.test\.ts$/.test(file))
const roomOf = (file: string): string | undefined => (file.split('/').length > 2 ? file.split('/')[1] : undefined)

describe('the house', () => {
  it('has a folder for every room of ARCHITECTURE.md and no other', () => {
    const rooms = new Set(production.map(roomOf).filter((room) => room !== undefined))
    expect([...rooms].sort()).toEqual([...roomLevels().keys()].sort())
  })

  it('lets a room import only from rooms above it, through their index.ts', () => {
    const levels = roomLevels()
    const wrong: string[] = []
    for (const file of files) {
      const room = roomOf(file)
      if (room === undefined) continue
      for (const { to } of importsOf(file)) {
        if (!to.startsWith('src/')) continue
        const target = roomOf(to)
        if (target === undefined) wrong.push(`${file} imports ${to}: the face of src/ is for those outside it`)
        else if (target === room) continue
        else if (levels.get(target)! >= levels.get(room)!) wrong.push(`${file} -> ${to}: ${room} may not import ${target}`)
        else if (!allowedDoor(to)) wrong.push(`${file} -> ${to}: enter ${target} through its index.ts`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('has no import cycle between files', () => {
    const graph = new Map(
      production.map((file) => [
        file,
        importsOf(file)
          .filter((i) => !i.typeOnly)
          .map((i) => i.to),
      ]),
    )
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const walk = (file: string, trail: string[]): void => {
      if (state.get(file) === 'done') return
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
        return
      }
      state.set(file, 'open')
      for (const next of graph.get(file) ?? []) walk(next, [...trail, file])
      state.set(file, 'done')
    }
    for (const file of production) walk(file, [])
    expect(cycles).toEqual([])
  })

  it('takes no name that CommonJS gives each file: the kernel loads src/ as such, and Node would take the file for an ES module', () => {
    const taken = /^(?:export )?(?:const|let|var|function|class) (?:module|exports|require|__filename|__dirname)\b/m
    expect(production.filter((file) => taken.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
  })

  it('imports only files that are there, with the .js extension', () => {
    const missing = files.flatMap((file) =>
      importsOf(file).filter(({ to }) => !/\.(ts|cjs|mjs|json)$/.test(to) || !existsSync(join(root, to))),
    )
    expect(missing.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  it('keeps files readable: none over 400 lines', () => {
    const long = production.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 400)
    expect(long).toEqual([])
  })

  it('can be loaded by the notebook kernel: no import.meta, no top-level await, no default export in src/', () => {
    const offenders: string[] = []
    for (const file of production) {
      const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true)
      const visit = (node: ts.Node, inFunction: boolean): void => {
        if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) offenders.push(`${file}: import.meta`)
        if (ts.isAwaitExpression(node) && !inFunction) offenders.push(`${file}: top-level await`)
        if (ts.isExportAssignment(node)) offenders.push(`${file}: default export`)
        ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)))
      }
      visit(source, false)
    }
    expect(offenders).toEqual([])
  })
})

/** native/ has one index per library (and says what set-up installed), so that importing one never loads another. */
function allowedDoor(to: string): boolean {
  return /^src\/[^/]+\/index\.ts$/.test(to) || /^src\/native\/[^/]+\/index\.ts$/.test(to) || to === 'src/native/installed.ts'
}
