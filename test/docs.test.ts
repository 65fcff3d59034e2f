import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configErrors, makeConfig, parseConfigText, parseYamlAs } from '../src/config/index.js'
import { projectPath } from '../src/core/index.js'
import { graphSchema } from '../src/notebook/graph/graph-file.js'
import { ENVIRONMENT_VARIABLES } from '../scripts/docs/environment-variables.js'
import { errorCodes } from '../scripts/docs/error-codes.js'
import { HeadingAnchors } from '../scripts/docs/heading-anchor.js'
import { npmCommands, optionsOf } from './fixtures/documented-commands.js'
import { codeBlocks, documentPaths, notebookPaths, prose, readDocument } from './fixtures/documents.js'

/** Whatever people read. */
const readable = [...documentPaths(), ...notebookPaths()]

const read = (path: string): string => readFileSync(projectPath(path), 'utf8')
const filesBelow = (folder: string): string[] =>
  (readdirSync(projectPath(folder), { recursive: true }) as string[])
    .filter((path) => /\.(ts|cjs|mjs|py|json)$/.test(path))
    .map((path) => join(folder, path))

/** Text in which links are links: what stands in code is shown, not followed. */
const linkedText = (path: string): string => prose(readDocument(path)).replace(/`[^`\n]*`/g, '')

/** Anchors that a document has, by its path. */
function anchorsOf(path: string): Set<string> {
  const anchors = new HeadingAnchors()
  return new Set([...prose(readDocument(path)).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchors.next(heading!)))
}

describe('links', () => {
  const anchors = new Map(readable.map((path) => [path, anchorsOf(path)]))

  it('lead to files and headings that exist', () => {
    const dead: string[] = []
    for (const path of readable)
      for (const [, target, anchor] of linkedText(path).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)) {
        const file = target === '' ? path : normalize(join(dirname(path), target!))
        if (!existsSync(projectPath(file))) dead.push(`${path}: ${target}`)
        else if (anchor !== undefined && !anchors.get(file)?.has(anchor)) dead.push(`${path}: ${target}#${anchor}`)
      }
    expect(dead).toEqual([])
  })

  it('lead from the README to every guide', () => {
    const reachable = new Set(['README.md'])
    const visit = (path: string): void => {
      for (const [, target] of linkedText(path).matchAll(/\]\((?!https?:)([^)#\s]+\.md)[^)]*\)/g)) {
        const file = normalize(join(dirname(path), target!))
        if (reachable.has(file) || !anchors.has(file)) continue
        reachable.add(file)
        visit(file)
      }
    }
    visit('README.md')
    expect(readable.filter((path) => path.startsWith('docs/') && !reachable.has(path))).toEqual([])
  })
})

describe('commands', () => {
  it('name scripts and options that exist', () => {
    const wrong = readable.flatMap((path) =>
      npmCommands(readDocument(path)).flatMap(({ script, args, line }) => {
        const known = optionsOf(script, args)
        if (known === 'no such script') return [`${path}:${line}: npm run ${script}`]
        if (known === 'passed on') return []
        return args
          .filter((arg) => /^--?[a-z]/.test(arg) && !known.has(arg.replace(/=.*$/, '')))
          .map((arg) => `${path}:${line}: npm run ${script} -- ${arg}`)
      }),
    )
    expect(wrong).toEqual([])
  })

  it('are found, and so are their options', () => {
    expect(npmCommands('```sh\nnpm run -s tune -- --model lightgbm --json # --no\n```\nand `npm run doctor -- --json`')).toMatchObject([
      { script: 'tune', args: ['--model', 'lightgbm', '--json'] },
      { script: 'doctor', args: ['--json'] },
    ])
    expect(optionsOf('tune', [])).toContain('--model')
    expect(optionsOf('pipeline', [])).not.toContain('--model')
    expect(optionsOf('nothing', [])).toBe('no such script')
  })
})

describe('yaml', () => {
  it('parses, and is a valid configuration, graph or set of parameters', () => {
    const sections = Object.keys(makeConfig())
    const parameters = new Set([...read('notebooks/direction.ipynb').matchAll(/"let (\w+)/g)].map(([, name]) => name))
    for (const path of readable)
      for (const { info, code, line } of codeBlocks(readDocument(path))) {
        if (info !== 'yaml') continue
        const keys = Object.keys(parse(code) as object)
        if (keys.includes('notebooks')) expect(parseYamlAs(code, graphSchema).problems, `${path}:${line}`).toEqual([])
        else if (keys.every((key) => sections.includes(key))) expect(parseConfigText(code).problems, `${path}:${line}`).toEqual([])
        else expect([...parameters], `${path}:${line}`).toEqual(expect.arrayContaining(keys))
      }
    expect(configErrors()).toEqual([])
  })
})

describe('json', () => {
  /** A block that leaves something out says so by dots outside of any text. */
  const isComplete = (code: string): boolean => !/\.\.\.|…/.test(code.replace(/"(?:[^"\\\n]|\\.)*"/g, ''))

  it('parses, where it is complete', () => {
    const blocks = readable.flatMap((path) =>
      codeBlocks(readDocument(path)).flatMap(({ info, code, line }) => (info === 'json' ? [{ place: `${path}:${line}`, code }] : [])),
    )
    expect(blocks.length).toBeGreaterThan(0)
    for (const { place, code } of blocks) if (isComplete(code)) expect(() => void JSON.parse(code), place).not.toThrow()
  })

  it('is complete unless it has dots outside of a text', () => {
    expect(isComplete('{ "sha256": "..." }')).toBe(true)
    expect(isComplete('{ "sha256": "a", ... }')).toBe(false)
  })
})

describe('names', () => {
  const sources = ['src', 'scripts', 'test', 'bench', 'config'].flatMap(filesBelow)

  it('of errors in the troubleshooting page are thrown somewhere', () => {
    const thrown = new Set(errorCodes().map(({ code }) => code))
    // Codes that reach LabError as a variable, or come from Python, stand in the source as a literal.
    const literals = new Set(
      sources
        .filter((path) => path.startsWith('src/'))
        .flatMap((path) => [...read(path).matchAll(/['"]([a-z]+(?:-[a-z]+)+)['"]/g)].map(([, text]) => text!)),
    )
    const named = [...prose(readDocument('docs/troubleshooting.md')).matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, code]) => code!)
    expect(named.length).toBeGreaterThan(60)
    const words = new Set(['fonts-dejavu-core', 'checkpoint-skipped'])
    expect(named.filter((code) => !thrown.has(code) && !literals.has(code) && !words.has(code))).toEqual([])
  })

  it('of notebooks exist, but for the one that a reader makes', () => {
    for (const path of readable)
      for (const [name] of readDocument(path).matchAll(/notebooks\/(?!my-)[a-z-]+\.ipynb/g))
        expect(existsSync(projectPath(name)), `${path}: ${name}`).toBe(true)
  })

  it('of environment variables are all described, and all read', () => {
    const used = new Set(
      sources
        .filter((path) => !path.includes('environment-variables') && !path.startsWith('test/docs'))
        .flatMap((path) => read(path).match(/BARLAB_[A-Z][A-Z_]*[A-Z]/g) ?? []),
    )
    expect(ENVIRONMENT_VARIABLES.map(({ name }) => name).sort()).toEqual([...used].sort())
  })
})
