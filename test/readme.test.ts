import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../src/core/index.js'

const root = projectRoot()
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'datasets/README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'))
const shellBlocks = (text: string): string[] => [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!.trim())

describe('README', () => {
  it('holds exactly two commands on its first screen', () => {
    const firstScreen = read('README.md').split('\n---\n')[0]!
    expect(shellBlocks(firstScreen)).toEqual(['npm ci && npm run pipeline -- notebooks/direction.ipynb', 'npm ci && npm test'])
    expect(firstScreen.split('\n').length).toBeLessThan(30)
  })
})

describe('documents', () => {
  it('name only npm scripts that exist', () => {
    const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts)
    for (const path of documents)
      for (const [, name] of read(path).matchAll(/npm run ([a-z:]+)/g)) expect(scripts, `${path}: npm run ${name}`).toContain(name)
  })

  it('link only to files that exist', () => {
    for (const path of documents)
      for (const [, target] of read(path).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g))
        expect(existsSync(resolve(root, dirname(path), target!)), `${path} links to ${target}`).toBe(true)
  })

  it('name only notebooks that exist', () => {
    for (const path of documents)
      for (const [name] of read(path).matchAll(/notebooks\/[a-z-]+\.ipynb/g))
        expect(existsSync(join(root, name)), `${path}: ${name}`).toBe(true)
  })

  it('import in TypeScript examples only what src/index.ts exports', async () => {
    const face = (await import('../src/index.js')) as Record<string, unknown>
    for (const path of documents)
      for (const [, names] of read(path).matchAll(/import \{ ([^}]+) \} from '\.\/src\/index\.js'/g))
        for (const name of names!.split(',')) expect(face[name.trim()], `${path}: ${name}`).toBeDefined()
  })
})
