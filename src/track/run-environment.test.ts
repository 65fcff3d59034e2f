import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gitFacts, runEnvironment } from './run-environment.js'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'git-'))))
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

it('tells commit and dirt, and null where there is no repository, no commit or no git', async () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  expect(await gitFacts(folder, 30_000)).toBeNull()
  git('init', '-q')
  expect(await gitFacts(folder, 30_000)).toBeNull()
  git('commit', '-q', '--allow-empty', '-m', 'one')
  const commit = git('rev-parse', 'HEAD').trim()
  expect(await gitFacts(folder, 30_000)).toEqual({ commit, dirty: false })
  writeFileSync(join(folder, 'new'), '')
  expect(await gitFacts(folder, 30_000)).toEqual({ commit, dirty: true })
  vi.stubEnv('PATH', '/nowhere')
  expect(await gitFacts(folder, 30_000)).toBeNull()
})

it('carries the Python facts it is given', () => {
  const python = { version: '3.11.9', packages: { tensorflow: '2.21.0' } }
  expect(runEnvironment(python).python).toEqual(python)
  expect(runEnvironment()).not.toHaveProperty('python')
})
