import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { exportNotebook, runPipeline, scriptState, type PipelineOptions, type PipelineResult } from '../src/notebook/index.js'
import { listRuns, readRun } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { executedCells, resultTexts, testNotebooks } from './fixtures/test-notebooks.js'

const { folder, write: notebook } = testNotebooks('pipeline')
const runs = ownRunsFolder('runs')
const run = (path: string, options: Partial<PipelineOptions> = {}): Promise<PipelineResult> =>
  runPipeline({ notebooks: [path], quiet: true, ...options })
const parameters = { code: "let n = 3\nlet word = 'a'\nlet list: string[] = ['x']", tags: ['parameters'] }

describe('runPipeline', () => {
  it('runs cells in order, keeps outputs, log, events and status', async () => {
    const result = await run(
      notebook('plain', [
        { markdown: '# Title' },
        parameters,
        "console.log('printed')\nn * 2",
        'const late = await Promise.resolve(word.length)\nlate',
      ]),
    )
    expect(result.exitCode).toBe(0)
    expect(resultTexts(result)).toEqual(['printed\n', '6', '1'])
    const { folder: at } = result.notebooks[0]!
    expect(readRun(at!)).toMatchObject({ status: 'ok', kind: 'pipeline', name: 'plain' })
    expect(readFileSync(join(at!, 'run.log'), 'utf8')).toMatch(/\[2\/3\].*\n {4}printed/)
    expect(readFileSync(join(at!, 'events.jsonl'), 'utf8').trim().split('\n')).toHaveLength(6)
  })

  it('replaces parameters by given ones of the right type', async () => {
    const result = await run(notebook('given', [parameters, 'JSON.stringify({ n, word, list })']), {
      parameters: { n: 5, list: ['p', 'q'] },
    })
    expect(resultTexts(result)).toEqual(['{"n":5,"word":"a","list":["p","q"]}'])
  })

  it('leaves an executed notebook that runs where it lies, with the values that it ran with; new ones win', async () => {
    const before = process.env.BARLAB_RUNS_DIR
    process.env.BARLAB_RUNS_DIR = join(folder, 'runs')
    onTestFinished(() => void (process.env.BARLAB_RUNS_DIR = before))
    writeFileSync(join(folder, 'ten.ts'), 'export const ten = 10\n')
    const path = notebook('again', [
      parameters,
      `import {\n  ten,\n} from "./ten.js" // here\nimport { sha256 } from '../../../src/core/index.js'`,
      'sha256(word).length + n * ten',
    ])
    const first = await run(path, { parameters: { n: 5 } })
    expect(resultTexts(first)).toEqual(['114'])
    const copy = join(first.notebooks[0]!.folder!, 'notebook.ipynb')
    const again = await run(copy)
    expect(again.notebooks[0]!.error).toBeUndefined()
    expect(resultTexts(again)).toEqual(['114'])
    expect(readRun(again.notebooks[0]!.folder!).parameters).toEqual({ n: 5 })
    expect(resultTexts(await run(copy, { parameters: { word: 'b', n: 1 } }))).toEqual(['74'])
  })

  const nothingRun = (): string[] => readdirSync(runs).filter((id) => id.includes('refused'))
  it.each([
    ['an unknown parameter', { m: 1 }, 'unknown-parameter', /n: number = 3/],
    ['a wrong type', { n: 'many' }, 'parameter-type', /number/],
    ['a wrong element', { list: [1] }, 'parameter-type', /string/],
  ])('refuses %s before anything runs, exit code 2', async (_what, given, code, expected) => {
    const result = await run(notebook('refused', [parameters, "throw new Error('must not run')"]), { parameters: given })
    expect(result.exitCode).toBe(2)
    expect(result.notebooks[0]!.error).toMatchObject({ code, expected: expect.stringMatching(expected) as string })
    expect(nothingRun()).toEqual([])
  })

  it('names the words that a parameter may be, in the error and on --dry-run', async () => {
    const path = notebook('refused-words', [
      {
        code: "type Kind = 'logistic' | 'lightgbm' | 'lstm'\nlet models: Kind[] = ['logistic']\nlet side: 'long' | 'short' = 'long'",
        tags: ['parameters'],
      },
      'models.length',
    ])
    expect((await run(path, { parameters: { models: ['lstm', 'lightgmb'] } })).notebooks[0]!.error).toMatchObject({
      code: 'parameter-type',
      expected: 'one of lightgbm, logistic, lstm',
      help: 'did you mean lightgbm?',
    })
    const shown = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    await run(path, { dryRun: true, quiet: false })
    await run(path, { dryRun: true, quiet: false })
    const said = shown.mock.calls.map(([text]) => String(text)).join('')
    shown.mockRestore()
    // The second time from the cache.
    expect(said.match(/of: long, short\n/g)).toHaveLength(2)
    expect(nothingRun()).toEqual([])
  })

  it('refuses a dataset that there is not before the kernel starts, given or default, also on --dry-run', async () => {
    const cells = (value: string) => [{ code: `let dataset = ${value}`, tags: ['parameters'] }, 'dataset']
    const path = notebook('refused-dataset', cells("'btc-usd-1h'"))
    const misspelt = { exitCode: 2, notebooks: [{ error: { code: 'unknown-dataset', help: 'did you mean -p dataset=eur-usd-1h?' } }] }
    expect(await run(path, { parameters: { dataset: 'eur-usd-h1' } })).toMatchObject(misspelt)
    expect(await run(path, { parameters: { dataset: 'eur-usd-h1' }, dryRun: true })).toMatchObject(misspelt)
    expect(await run(notebook('refused-default', cells('"eur-usd-h1"')))).toMatchObject(misspelt)
    expect(await run(path, { parameters: { dataset: './none.csv' } })).toMatchObject({
      exitCode: 2,
      notebooks: [{ error: { code: 'file-not-found' } }],
    })
    expect(nothingRun()).toEqual([])
    writeFileSync(join(folder, 'own.csv'), 'time,open,high,low,close\n')
    const own = { parameters: { dataset: 'own.csv' }, userFolder: folder, dryRun: true }
    expect((await run(path, own)).exitCode).toBe(0)
    expect((await run(notebook('worked-out', cells("['eur', 'usd'].join('-')")), { dryRun: true })).exitCode).toBe(0)
  })

  it('refuses a notebook with a type error, naming cell and line, before anything runs', async () => {
    const result = await run(
      notebook('refused-types', [
        parameters,
        "import { sha256 } from '../../../src/core/index.js'\nconst ok = 1",
        '\nconst bad: number = sha256(word)',
      ]),
    )
    expect(result.exitCode).toBe(1)
    expect(result.notebooks[0]!.error).toMatchObject({ code: 'notebook-type-error' })
    expect(result.notebooks[0]!.error!.received).toMatch(
      /refused-types\.ipynb, cell 3, line 2:7 - Type 'string' is not assignable to type 'number'/,
    )
    expect(nothingRun()).toEqual([])
  })

  it.each([
    ['missing', () => join(folder, 'nowhere.ipynb'), 'notebook-missing'],
    ['no JSON', () => (writeFileSync(join(folder, 'torn.ipynb'), '{"cells": ['), join(folder, 'torn.ipynb')), 'notebook-not-json'],
    [
      'of another format',
      () => (writeFileSync(join(folder, 'old.ipynb'), '{"nbformat":3,"worksheets":[]}'), join(folder, 'old.ipynb')),
      'notebook-not-nbformat4',
    ],
    ['without code', () => notebook('empty', [{ markdown: 'only words' }]), 'notebook-empty'],
  ])('refuses a notebook that is %s, exit code 2', async (_what, make, code) => {
    const result = await run(make())
    expect(result).toMatchObject({ exitCode: 2, notebooks: [{ error: { code } }] })
  })

  it('ends at a cell that throws: error output, earlier outputs kept, later cells untouched, exit code 1', async () => {
    const result = await run(notebook('throws', ["'first'", "throw new RangeError('too far')", "'never'"]))
    expect(result).toMatchObject({ exitCode: 1, notebooks: [{ status: 'failed', error: { code: 'cell-failed' } }] })
    expect(executedCells(result).map(({ outputs }) => outputs!.map(({ output_type }) => output_type))).toEqual([
      ['execute_result'],
      ['error'],
      [],
    ])
    expect(readRun(result.notebooks[0]!.folder!).status).toBe('failed')
  })

  it('fails when something throws that no cell waits for, and when a cell ends the process', async () => {
    const late = await run(
      notebook('late', ["void Promise.reject(new Error('unseen'))", 'await new Promise((resolve) => setTimeout(resolve, 50))']),
    )
    expect(late.exitCode).toBe(1)
    const dead = await run(notebook('dead', ['process.exit(0)', '1']))
    expect(dead).toMatchObject({ exitCode: 1, notebooks: [{ error: { code: 'kernel-died' } }] })
  })

  it('knows skipped as an outcome of its own, exit code 3', async () => {
    const result = await run(notebook('skips', ["import { skip } from '../../../src/notebook/skip.js'\nskip('no new bars')", '1']))
    expect(result).toMatchObject({ exitCode: 3, notebooks: [{ status: 'skipped' }] })
    expect(resultTexts(result)).toEqual(['skipped: no new bars\n'])
  })

  it('stops at a time limit: exit code 75, resumable, and goes on in the same folder', async () => {
    const marker = join(folder, 'marker')
    const path = notebook('slow', [
      parameters,
      `import { existsSync } from 'node:fs'\nif (!existsSync(${JSON.stringify(marker)})) await new Promise((resolve) => setTimeout(resolve, 600000))`,
      'n',
    ])
    const first = await run(path, { timeoutMs: 4000, parameters: { n: 9 } })
    expect(first).toMatchObject({ exitCode: 75, notebooks: [{ status: 'interrupted' }] })
    const { runId, folder: at } = first.notebooks[0]!
    expect(readRun(at!).status).toBe('interrupted')
    writeFileSync(marker, '')
    const second = await runPipeline({ notebooks: [], resume: runId!, quiet: true })
    expect(second).toMatchObject({ exitCode: 0, notebooks: [{ status: 'ok', folder: at }] })
    expect(resultTexts(second)).toEqual(['9'])
  })

  it('runs several notebooks and patterns; the worst exit code counts', async () => {
    notebook('many-a', ['1'])
    notebook('many-b', ["throw new Error('b')"])
    notebook('many-c', ['3'])
    const result = await runPipeline({ notebooks: [join(folder, 'many-*.ipynb')], quiet: true })
    expect(result.notebooks.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok'])
    expect(result.exitCode).toBe(1)
  })

  it('checks every notebook that is named before it runs the first', async () => {
    const path = notebook('refused-first', ["throw new Error('must not run')"])
    const refused = async (second: string) => (await runPipeline({ notebooks: [path, second], quiet: true })).notebooks
    expect(await refused('dataset=eur-usd-1h')).toMatchObject([
      { error: { message: 'This is a parameter, not a notebook.', help: 'did you mean -p dataset=eur-usd-1h?' } },
    ])
    expect(await refused(join(folder, 'refused-frist.ipynb'))).toMatchObject([
      { error: { code: 'notebook-missing', help: expect.stringMatching(/did you mean .*refused-first\.ipynb\?/) as string } },
    ])
    expect(await refused('notebooks/directoin.ipynb')).toMatchObject([{ error: { help: 'did you mean notebooks/direction.ipynb?' } }])
    expect(await refused(join(folder, 'none-*.ipynb'))).toMatchObject([{ error: { code: 'no-notebook' } }])
    expect(nothingRun()).toEqual([])
  })

  it('goes on with relative paths from the folder of the first call, and refuses a wrong device or notebooks beside --resume', async () => {
    const path = notebook('from', ['process.env.BARLAB_CWD'])
    const first = await run(path, { userFolder: '/somewhere' })
    const second = await runPipeline({ notebooks: [], resume: first.notebooks[0]!.runId!, quiet: true, userFolder: '/elsewhere' })
    expect(resultTexts(second)).toEqual(['/somewhere'])
    const both = await run(path, { resume: first.notebooks[0]!.runId! })
    expect(both).toMatchObject({ exitCode: 2, notebooks: [{ error: { code: 'bad-arguments' } }] })
    expect(await run(path, { device: 'gpu' })).toMatchObject({ exitCode: 2, notebooks: [{ error: { code: 'bad-device' } }] })
  })

  it('goes on with its parameters in the order in which they were given, also where an older run has them as an object', async () => {
    const marker = join(folder, 'marker-order')
    const path = notebook('order', [
      { code: 'let grid: Record<string, number> = {}', tags: ['parameters'] },
      { code: "const order = Object.keys(grid).join(' ')\norder", tags: ['step:order'] },
      `import { existsSync } from 'node:fs'\nif (!existsSync(${JSON.stringify(marker)})) throw new Error('not yet')`,
    ])
    const first = await run(path, { parameters: { grid: { lr: 0.2, depth: 4 } } })
    const { runId, folder: at } = first.notebooks[0]!
    expect(resultTexts(first)[0]).toBe('lr depth')
    writeFileSync(marker, '')
    const second = await runPipeline({ notebooks: [], resume: runId!, quiet: true })
    expect(resultTexts(second)).toEqual(['lr depth'])
    expect(readRun(at!).steps).toMatchObject({ order: { reused: runId } })
    const record = readRun(at!)
    const older = { ...record, pipeline: { ...(record.pipeline as object), parameters: { grid: { depth: 4, lr: 0.2 } } } }
    writeFileSync(join(at!, 'run.json'), JSON.stringify(older))
    const third = await runPipeline({ notebooks: [], resume: runId!, quiet: true })
    expect(resultTexts(third)).toEqual(['depth lr'])
  })

  it('leaves a run that ended as it was where it cannot be resumed', async () => {
    const cells = (last: string) => [parameters, { code: 'const twice = n * 2', tags: ['step:twice'] }, last]
    const path = notebook('stays', cells('n'))
    const first = await run(path)
    const { runId, folder: at } = first.notebooks[0]!
    const stored = readFileSync(join(at!, 'run.json'), 'utf8')
    const again = async (more: Partial<PipelineOptions> = {}) => {
      const result = await runPipeline({ notebooks: [], resume: runId!, quiet: true, ...more })
      expect(readFileSync(join(at!, 'run.json'), 'utf8')).toBe(stored)
      return result.notebooks[0]!.error
    }
    expect(await again({ steps: { from: 'twce' } })).toMatchObject({ code: 'unknown-step', help: 'did you mean twice?' })
    expect(await again({ parameters: { n: 'many' } })).toMatchObject({ code: 'parameter-type' })
    notebook('stays', [...cells('n'), { code: 'const thrice = n * 3', tags: ['step:twice'] }])
    expect(await again()).toMatchObject({ code: 'duplicate-step' })
    notebook('stays', cells("const wrong: number = 'text'\nwrong"))
    expect(await again()).toMatchObject({ code: 'notebook-type-error' })
  })

  it('refuses to resume what is not there or was no pipeline run', async () => {
    expect(await runPipeline({ notebooks: [], resume: 'no-such-run', quiet: true })).toMatchObject({
      exitCode: 2,
      notebooks: [{ error: { code: 'run-not-found' } }],
    })
  })
})

describe('the door', () => {
  const door = (args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['--import', 'tsx', 'scripts/pipeline.ts', ...args], {
      cwd: projectPath(),
      encoding: 'utf8',
      env: { ...process.env, BARLAB_RUNS_DIR: runs },
    })

  it('prints one clear message and the exit code of bad arguments', () => {
    const wrong = door([notebook('door', [parameters, 'n']), '-p', 'm=1'])
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('The notebook has no such parameter. [unknown-parameter]\n  received: m\n')
    expect(wrong.stderr).not.toMatch(/\n\s+at /)
    expect(door(['--no-such-flag']).status).toBe(2)
    expect(door([]).status).toBe(2)
    expect(door(['--help']).stdout).toContain('exit codes: 0 finished')
  })

  it('says once what a cell finds wrong with the arguments, and does not propose to go on with it', () => {
    const cell =
      "import { LabError } from '../../../src/core/index.js'\nthrow new LabError('too-small', 'n is too small.', { received: '3', expected: 'more', help: '-p n=9', exitCode: 2 })"
    const { status, stdout, stderr } = door([notebook('complains', [parameters, cell])])
    expect(status).toBe(2)
    expect(stderr.match(/n is too small/g)).toHaveLength(1)
    expect(stderr).toMatch(/received: 3\s+expected: more\s+next: +-p n=9/)
    expect(stdout).toMatch(/failed in [\d.]+ s/)
    expect(stdout).not.toContain('--resume')
    expect(door([notebook('breaks', ["throw new Error('broken')"])]).stdout).toContain('--resume')
  })

  it('shows parameters without running anything on --dry-run', () => {
    const { status, stdout } = door([notebook('dry', [parameters, "throw new Error('must not run')"]), '--dry-run', '-p', 'n=4'])
    expect(status).toBe(0)
    expect(stdout).toContain('n: number = 4 (default 3)')
    expect(readdirSync(runs).filter((id) => id.includes('-dry-'))).toEqual([])
  })

  it('ends cleanly on SIGINT: exit code 75, run interrupted, no process left', async () => {
    const pidFile = join(folder, 'pid')
    const path = notebook('signalled', [
      `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(pidFile)}, String(process.pid))\nawait new Promise((resolve) => setTimeout(resolve, 600000))`,
    ])
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/pipeline.ts', path], {
      cwd: projectPath(),
      stdio: 'ignore',
      env: { ...process.env, BARLAB_RUNS_DIR: runs },
    })
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 50))
    child.kill('SIGINT')
    expect(await ended).toBe(75)
    expect(listRuns().find(({ name }) => name === 'signalled')?.status).toBe('interrupted')
    expect(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0)).toThrow()
  })
})

describe('an exported script', () => {
  const path = (): string =>
    notebook('exported', [
      { markdown: '# Words\nbecome comments' },
      "import { join } from 'node:path'",
      parameters,
      'interface Point { x: number }\nconst point: Point = { x: n }\nvar total = point.x + 1\ntotal',
      'const point = join(word, "b")\nconst { length } = point;\n[point, length]',
      'const waited = await Promise.resolve({ total, point, list })\nwaited',
    ])
  const script = (args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['--import', 'tsx', join(folder, 'exported.ts'), ...args], { cwd: projectPath(), encoding: 'utf8' })

  it('prints what the kernel shows, with defaults and with parameters, and passes the type check', async () => {
    exportNotebook(path(), join(folder, 'exported.ts'))
    expect(readFileSync(join(folder, 'exported.ts'), 'utf8')).toContain('// # Words\n// become comments')
    for (const [args, given] of [
      [[], {}],
      [['-p', 'n=10', '-p', 'list=[y, z]'], { n: 10, list: ['y', 'z'] }],
    ] as const) {
      const kernel = resultTexts(await run(path(), { parameters: given }))
      const { stdout, status } = script([...args])
      expect(status).toBe(0)
      expect(stdout).toBe(`${kernel.join('\n')}\n`)
    }
    const check = spawnSync(
      process.execPath,
      [
        'node_modules/typescript/bin/tsc',
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--module',
        'ESNext',
        '--moduleResolution',
        'Bundler',
        '--target',
        'ES2022',
        '--lib',
        'ES2023',
        '--types',
        'node',
        join(folder, 'exported.ts'),
      ],
      { cwd: projectPath(), encoding: 'utf8' },
    )
    expect(check.stdout).toBe('')
  })

  it('refuses unknown and wrongly typed parameters with exit code 2', () => {
    expect(script(['-p', 'm=1'])).toMatchObject({ status: 2, stderr: expect.stringContaining('There is no such parameter.') as string })
    expect(script(['-p', 'n=many'])).toMatchObject({ status: 2, stderr: expect.stringContaining('expected: number') as string })
  })

  it('says when notebook and script have drifted apart, and loses nothing that was changed by hand', () => {
    const from = path()
    const to = join(folder, 'drifting.ts')
    exportNotebook(from, to)
    expect(scriptState(to)).toMatchObject({ notebookChanged: false, notebookMissing: false, scriptEdited: false })
    // Running a notebook changes its outputs, which are not what a script is made of.
    const text = readFileSync(from, 'utf8')
    writeFileSync(from, text.replace('"execution_count":null', '"execution_count":7'))
    expect(scriptState(to).notebookChanged).toBe(false)
    writeFileSync(from, text.replace('total = point.x + 1', 'total = point.x + 2'))
    expect(scriptState(to).notebookChanged).toBe(true)
    const ran = spawnSync(process.execPath, ['--import', 'tsx', to], { cwd: projectPath(), encoding: 'utf8' })
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringMatching(/^warning: .*exported\.ipynb has changed since/) as string })
    exportNotebook(from, to)
    expect(scriptState(to).notebookChanged).toBe(false)
    writeFileSync(to, `${readFileSync(to, 'utf8')}// mine\n`)
    expect(scriptState(to).scriptEdited).toBe(true)
    expect(() => exportNotebook(from, to)).toThrow(/changed by hand/)
    expect(readFileSync(to, 'utf8')).toContain('// mine')
    exportNotebook(from, to, { force: true })
    expect(scriptState(to).scriptEdited).toBe(false)
    writeFileSync(join(folder, 'own.ts'), 'export {}\n')
    expect(() => exportNotebook(from, join(folder, 'own.ts'))).toThrow(/another file of this name/)
    rmSync(from)
    expect(scriptState(to)).toMatchObject({ notebookChanged: false, notebookMissing: true })
  })

  it('ends the run that its cells have opened, as the batch runner would', () => {
    const open =
      "import { openRun } from '../../../src/track/index.js'\nimport { skip } from '../../../src/notebook/skip.js'\nconst run = await openRun({ name: 'opened', parameters: {} })\nrun.writeMetrics({ word })"
    const to = join(folder, 'opens.ts')
    exportNotebook(
      notebook('opens', [parameters, open, "if (word === 'skip') skip('no new bars')\nif (word === 'throw') throw new Error('broken')"]),
      to,
    )
    const ended = (word: string) => {
      const known = new Set(listRuns().map(({ id }) => id))
      const { status } = spawnSync(process.execPath, ['--import', 'tsx', to, '-p', `word=${word}`], {
        cwd: projectPath(),
        env: process.env,
      })
      return [status, listRuns().find(({ id }) => !known.has(id))?.status]
    }
    expect(ended('fine')).toEqual([0, 'ok'])
    expect(ended('skip')).toEqual([3, 'skipped'])
    expect(ended('throw')).toEqual([1, 'failed'])
  })

  it('leaves out cells tagged explore', () => {
    const to = join(folder, 'explored.ts')
    exportNotebook(notebook('explored', ['const a = 1', { code: 'a + 987654321', tags: ['explore'] }, 'a']), to)
    expect(readFileSync(to, 'utf8')).not.toContain('987654321')
    expect(() => exportNotebook(notebook('needed', [{ code: 'const a = 1', tags: ['explore'] }, 'a']), to)).toThrow(
      /name of an exploring cell/,
    )
  })

  it('refuses a notebook whose meaning a script cannot keep', () => {
    expect(() => exportNotebook(notebook('foreign', ['let z = 1', 'z = 2']), join(folder, 'foreign.ts'))).toThrow(
      /Cell 2 assigns a variable of cell 1/,
    )
    expect(() => exportNotebook(notebook('namespace', ['namespace A { export const a = 1 }']), join(folder, 'namespace.ts'))).toThrow(
      /cannot have/,
    )
    expect(existsSync(join(folder, 'foreign.ts'))).toBe(false)
  })
})
