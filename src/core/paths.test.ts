import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { displayPath, isInFolder, projectPath, projectRoot, resolveUserPath } from './paths.js'

const cwd = process.cwd()
afterEach(() => {
  process.chdir(cwd)
  vi.unstubAllEnvs()
})

describe('paths', () => {
  it('finds the project from any folder inside it, not from the working directory alone', () => {
    vi.stubEnv('BARLAB_ROOT', '')
    const root = projectRoot()
    process.chdir(join(root, 'src/core'))
    expect(projectRoot()).toBe(root)
    expect(displayPath(projectPath('a/b'))).toBe('a/b')
    expect(displayPath('/elsewhere/c')).toBe('/elsewhere/c')
  })

  it.each([
    ['/a/b', true],
    ['/a/b/c', true],
    ['/a/b/..c', true],
    ['/a/bc', false],
    ['/a', false],
    ['/', false],
  ])('knows whether %s lies in /a/b: %s', (path, inside) => {
    expect(isInFolder(path, '/a/b')).toBe(inside)
  })

  it('says so outside the project', () => {
    vi.stubEnv('BARLAB_ROOT', '')
    process.chdir(tmpdir())
    expect(() => projectRoot()).toThrow(/not found above/)
  })

  it("reads a user's relative path from the folder they typed in, then from the project", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'user-')))
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'mine.csv'), '')
    vi.stubEnv('BARLAB_CWD', folder)
    expect(resolveUserPath('mine.csv')).toBe(join(folder, 'mine.csv'))
    expect(resolveUserPath('package.json')).toBe(projectPath('package.json'))
    expect(resolveUserPath('nowhere.csv')).toBe(join(folder, 'nowhere.csv'))
    expect(resolveUserPath('/abs')).toBe('/abs')
    rmSync(folder, { recursive: true })
  })
})
