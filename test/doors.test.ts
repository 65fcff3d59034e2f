import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readArguments } from '../scripts/arguments.js'
import { projectPath } from '../src/core/index.js'

const folder = mkdtempSync(join(tmpdir(), 'doors-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const npm = (...args: string[]) =>
  spawnSync('npm', ['run', '-s', ...args], {
    cwd: projectPath(),
    encoding: 'utf8',
    env: { ...process.env, npm_config_userconfig: join(folder, 'npmrc') },
  })
const door = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', projectPath(`scripts/${script}.ts`), ...args], { cwd: projectPath(), encoding: 'utf8' })

describe('a forgotten --', () => {
  it.each([
    ['--dry-run', ['pipeline', 'notebooks/no.ipynb', '--dry-run']],
    ['--param', ['pipeline', 'notebooks/no.ipynb', '--param', 'n=1']],
    ['-p', ['pipeline', 'notebooks/no.ipynb', '-p', 'n=1']],
    ['--device', ['doctor', '--device', 'cpu']],
    ['--yes', ['runs', 'prune', '--keep', '0', '--yes']],
  ])('%s is not lost without a word', (option, args) => {
    const { status, stderr } = npm(...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(new RegExp(`^npm has kept .*${option}\\b.* for itself\\. \\[kept-by-npm\\]`))
    expect(stderr).toContain(`put -- before the options: npm run ${args[0]} -- ...`)
  })

  it('does not mistake what stands in an .npmrc, or is false, or belongs to another script', () => {
    const read = (environment: Record<string, string>) => {
      const before = { ...process.env }
      Object.assign(process.env, environment)
      try {
        return readArguments(['a'], { name: 'setup', usage: '', options: { force: { type: 'boolean' } } }).positionals
      } finally {
        process.env = before
      }
    }
    const npmrc = join(folder, 'with-force')
    writeFileSync(npmrc, 'force=true\n')
    const typed = { npm_lifecycle_event: 'setup', npm_config_force: 'true', npm_config_userconfig: join(folder, 'none') }
    expect(() => read(typed)).toThrow(/kept --force/)
    expect(read({ ...typed, npm_config_userconfig: npmrc })).toEqual(['a'])
    expect(read({ ...typed, npm_config_force: '' })).toEqual(['a'])
    expect(read({ ...typed, npm_lifecycle_event: 'test' })).toEqual(['a'])
  })
})

describe('every door', () => {
  const doors = ['doctor', 'export', 'features', 'leakcheck', 'new', 'pipeline', 'runs', 'setup', 'tune', 'tune-dashboard', 'test-gpu']
  it.each(doors)('%s prints its usage on --help', (script) => {
    const { status, stdout } = door(script, '--help')
    expect(status).toBe(0)
    expect(stdout).toContain(`npm run ${script.replace(/-(?=dashboard|gpu)/, ':')} `)
  })

  it('names the option that was meant, a missing value and a word too many', () => {
    const wrong = door('pipeline', '--dryrun')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toMatch(/^There is no option --dryrun\. \[unknown-option\]\n[^]*did you mean --dry-run\?/)
    expect(door('pipeline', '--resume').stderr).toContain('--resume needs a value. [bad-arguments]')
    expect(door('doctor', 'cpu').stderr).toContain('Nothing was expected here: cpu. [bad-arguments]')
  })
})
