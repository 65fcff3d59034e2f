import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkNpmKeptNothing, readArguments } from '../scripts/arguments.js'
import { asksForHelp } from '../scripts/door.js'
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
  const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { scripts: Record<string, string> }
  /** Not ours: each of these programs prints a help of its own on --help, and does nothing else then. */
  const foreign: Readonly<Record<string, string>> = {
    ...{ lint: 'eslint', format: 'prettier', 'format:check': 'prettier' },
    // Not by the name tsc: the compiler inside tslab, an older one, has it too, and npm links either.
    typecheck: 'node node_modules/typescript/bin/tsc',
  }
  const ours = Object.keys(scripts).filter((name) => foreign[name] === undefined)
  /** How the usage calls a door, where that is not `npm run NAME`. */
  const called = (name: string): string =>
    name === 'test' ? 'npm test' : `npm run ${name.replace(/^bench:(?=features|runner)/, 'bench -- ')}`

  it.each(Object.entries(foreign))('%s is %s alone', (name, program) => {
    expect(scripts[name]).toMatch(new RegExp(`^${program} [^&|;]*$`))
  })

  it.each(ours)('%s prints its usage on --help, and does nothing', (name) => {
    const [program, file, ...args] = scripts[name]!.split(' ')
    expect(program).toBe('tsx')
    // What a door would write, it would write here.
    const root = join(folder, 'root', name.replace(':', '-'))
    mkdirSync(root, { recursive: true })
    for (const help of name === 'lab' || name === 'test' ? ['--help', '-h'] : ['--help']) {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', projectPath(file!), ...args, help], {
        cwd: projectPath(),
        encoding: 'utf8',
        env: { ...process.env, BARLAB_ROOT: root, BARLAB_RUNS_DIR: join(root, 'runs') },
        timeout: 100_000,
      })
      expect(status, stderr).toBe(0)
      expect(stdout).toContain(`${called(name)} `)
      expect(readdirSync(root)).toEqual([])
    }
  })

  it('every benchmark says at its head, which is its --help, how it is called', () => {
    const benchmarks = readdirSync(projectPath('bench')).flatMap((file) => /^(?!run\.)(.*)\.ts$/.exec(file)?.[1] ?? [])
    expect(benchmarks).toContain('features')
    for (const name of benchmarks)
      expect(readFileSync(projectPath('bench', `${name}.ts`), 'utf8')).toMatch(
        new RegExp(`^/\\*\\*\\n(?: \\* .*\\n)*? \\* .*\`npm run bench -- ${name} \\[--json\\]`, 'm'),
      )
  })

  it('hands on what is no call for help, and names what npm has kept', () => {
    const given = { name: 'lab', options: { port: { type: 'string' } } } as const
    const typed = { npm_lifecycle_event: 'lab', npm_config_port: '8890', npm_config_userconfig: join(folder, 'none') }
    expect(() => checkNpmKeptNothing(['notebooks/quickstart.ipynb'], given, typed)).toThrow(/kept --port/)
    expect(['--help', '-h', '--help-all', '-- --help'].map((args) => asksForHelp(args.split(' ')))).toEqual([true, true, false, false])
  })

  it('names the option that was meant, a missing value and a word too many', () => {
    const wrong = door('pipeline', '--dryrun')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toMatch(/^There is no option --dryrun\. \[unknown-option\]\n[^]*did you mean --dry-run\?/)
    expect(door('pipeline', '--resume').stderr).toContain('--resume needs a value. [bad-arguments]')
    expect(door('doctor', 'cpu').stderr).toContain('Nothing was expected here: cpu. [bad-arguments]')
  })
})
