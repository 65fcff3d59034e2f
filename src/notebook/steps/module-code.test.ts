import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModuleCode } from './module-code.js'

let folder: string
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
function filesBehind(module: string, exported: string, folder: string, code = new ModuleCode()): string[] {
  const files = new Map<string, string>()
  code.hash(new Map([['local', { module, exported }]]), folder, files)
  return [...files.keys()].sort()
}
const behind = (exported: string, code?: ModuleCode): string[] =>
  filesBehind('./index.js', exported, folder, code).map((path) => basename(path))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'barlab-modules-'))
  write('index.ts', "export * from './a.js'\nexport { inner as outer } from './b.js'\nexport type { T } from './types.js'\n")
  write(
    'a.ts',
    "import { helper } from './helper.js'\nimport type { T } from './types.js'\nexport const a = (t: T) => helper(t)\nexport const other = 1\n",
  )
  write('b.ts', "import { type T } from './types.js'\nexport function inner(t?: T) { return import('./lazy.js') }\n")
  write('helper.ts', 'export const helper = (x: unknown) => x\n')
  write('lazy.ts', "export * from './deep.js'\nexport const lazy = 1\n")
  write('deep.ts', 'export const deep = 1\n')
  write('types.ts', 'export interface T { x: number }\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('ModuleCode', () => {
  it('follows a name through files that re-export it to the code it runs, types aside', () => {
    expect(behind('a')).toEqual(['a.ts', 'helper.ts'])
    expect(behind('outer')).toEqual(['b.ts', 'deep.ts', 'lazy.ts'])
  })

  it('takes everything for a whole module, and for a name that nothing declares', () => {
    expect(behind('*')).toEqual(['a.ts', 'b.ts', 'deep.ts', 'helper.ts', 'index.ts', 'lazy.ts'])
    expect(behind('nowhere')).toContain('index.ts')
  })

  it('hashes what a name stands on and nothing else', () => {
    const hash = (exported: string): string =>
      new ModuleCode().hash(new Map([['local', { module: './index.js', exported }]]), folder, new Map())
    const [a, outer] = [hash('a'), hash('outer')]
    write('helper.ts', 'export const helper = (x: unknown) => [x]\n')
    expect(hash('a')).not.toBe(a)
    expect(hash('outer')).toBe(outer)
    write('types.ts', 'export interface T { x: string }\n')
    expect(hash('outer')).toBe(outer)
    write('deep.ts', 'export const deep = 2\n')
    expect(hash('outer')).not.toBe(outer)
  })

  it('knows a module that is exported as a whole, and which name stands for which', () => {
    write('index.ts', "export * as tools from './a.js'\n")
    expect(behind('tools')).toEqual(['a.ts', 'helper.ts', 'index.ts'])
    const hash = (x: string, y: string): string =>
      new ModuleCode().hash(
        new Map([
          [x, { module: './a.js', exported: 'a' }],
          [y, { module: './a.js', exported: 'other' }],
        ]),
        folder,
        new Map(),
      )
    expect(hash('x', 'y')).not.toBe(hash('y', 'x'))
  })

  it('finds the same with kept links, also after an edit or where the file is torn', () => {
    const cache = join(folder, 'cache', 'links.bin')
    mkdirSync(join(folder, 'cache'))
    const first = new ModuleCode(cache)
    expect(behind('a', first)).toEqual(['a.ts', 'helper.ts'])
    first.save()
    expect(behind('a', new ModuleCode(cache))).toEqual(['a.ts', 'helper.ts'])
    write('helper.ts', "import { deep } from './deep.js'\nexport const helper = (x: unknown) => [x, deep]\n")
    expect(behind('a', new ModuleCode(cache))).toEqual(['a.ts', 'deep.ts', 'helper.ts'])
    writeFileSync(cache, 'torn')
    expect(behind('a', new ModuleCode(cache))).toEqual(['a.ts', 'deep.ts', 'helper.ts'])
  })

  it('follows strings that name files below src/: entries of child processes', () => {
    const files = filesBehind('../src/index.js', 'fitFolds', join(process.cwd(), 'notebooks'))
    expect(files.map((path) => path.slice(process.cwd().length + 1))).toEqual(
      expect.arrayContaining(['src/workflow/fits/fit-worker.ts', 'src/sidecar/python/sidecar.py', 'src/models/create-model.ts']),
    )
    // What Python leaves beside its sources decides nothing: it is not there yet at the first run.
    expect(files.some((path) => path.includes('__pycache__'))).toBe(false)
    // A change of a plot does not fit models again.
    expect(files.some((path) => path.includes('/report/plots/'))).toBe(false)
    const drawing = filesBehind('../src/index.js', 'renderPng', join(process.cwd(), 'notebooks'))
    expect(drawing.map((path) => basename(path))).toEqual(expect.arrayContaining(['renderer.mjs', 'geometry.mjs']))
  })
})
