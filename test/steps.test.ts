import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { runPipeline, type PipelineOptions, type PipelineResult } from '../src/notebook/index.js'
import { readEvents, readRun } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { executedCells, resultTexts, testNotebooks, type CellSpec } from './fixtures/test-notebooks.js'

const { folder, write } = testNotebooks('steps')
const runs = ownRunsFolder('steps')
const elsewhere = mkdtempSync(join(tmpdir(), 'barlab-steps-'))
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }))

type Report = { reused?: string; seconds?: number; kept?: boolean; why?: string }
const step = (name: string, code: string): CellSpec => ({ code, tags: [`step:${name}`] })

async function run(path: string, options: Partial<PipelineOptions> = {}) {
  const result: PipelineResult = await runPipeline({ notebooks: [path], quiet: true, ...options })
  const { folder: at, error } = result.notebooks[0]!
  const reports = (at === undefined ? {} : (readRun(at).steps ?? {})) as Record<string, Report>
  const reused = Object.keys(reports)
    .filter((name) => reports[name]!.reused !== undefined)
    .sort()
  return { result, folder: at, error, reports, reused, texts: at === undefined ? [] : resultTexts(result) }
}

/** load -> double -> sum, and apart from them: greet. `changes` replaces the code of a cell. */
function chain(changes: Partial<Record<'head' | 'run' | 'load' | 'double' | 'sum' | 'greet' | 'end', string>> = {}): CellSpec[] {
  const code = {
    head: `import { readFileSync } from 'node:fs'\nimport { openRun } from '../../../src/track/index.js'\nimport { times } from './times.js'`,
    load: `const data: number[] = JSON.parse(readFileSync(${JSON.stringify(join(elsewhere, 'data.json'))}, 'utf8'))\nprocess.stdout.write('loading ')`,
    double: `const doubled = data.map((value) => times(value, factor))\nprocess.stdout.write('doubling ')\ndoubled`,
    sum: `let sum = 0\nfor (const value of doubled) sum += value\nrun.event('summed', { sum })\nawait run.record('sum', { sum })\nrun.writeMetrics({ sum })\nconst kept = { at: run.path('metrics.json'), map: new Map([[sum, new Date(sum)]]), column: Float64Array.of(sum, NaN) }`,
    greet: `const greeting = 'hello ' + name`,
    run: "const run = await openRun({ name: 'chain', parameters: {} })",
    end: 'console.log(sum, kept.at, kept.map.get(sum)?.getTime(), kept.column, greeting)',
    ...changes,
  }
  return [
    code.head,
    { code: "let factor = 2\nlet name = 'you'", tags: ['parameters'] },
    code.run,
    step('load', code.load),
    step('double', code.double),
    step('sum', code.sum),
    step('greet', code.greet),
    code.end,
  ]
}

describe('steps of a notebook', () => {
  const setUp = (): string => {
    writeFileSync(join(folder, 'times.ts'), 'export const times = (a: number, b: number): number => a * b\n')
    writeFileSync(join(elsewhere, 'data.json'), '[1, 2, 3]')
    return write('chain', chain())
  }

  it('run once; the next run has their values, outputs, files, sections and events', async () => {
    const path = setUp()
    const first = await run(path)
    expect(first.error).toBeUndefined()
    expect(first.reports).toMatchObject(Object.fromEntries(['load', 'double', 'sum', 'greet'].map((name) => [name, { kept: true }])))
    const second = await run(path)
    expect(second.reused).toEqual(['double', 'greet', 'load', 'sum'])
    expect(second.reports.sum).toMatchObject({ reused: readRun(first.folder!).id })
    // The same, but for the folder: paths into the run are those of the run that reads them.
    expect(second.texts.map((text) => text?.replaceAll(second.folder!, 'RUN'))).toEqual(
      first.texts.map((text) => text?.replaceAll(first.folder!, 'RUN')),
    )
    expect(second.texts.at(-1)).toContain(join(second.folder!, 'metrics.json'))
    expect(readFileSync(join(second.folder!, 'metrics.json'))).toEqual(readFileSync(join(first.folder!, 'metrics.json')))
    expect(readRun(second.folder!).sum).toEqual({ sum: 12 })
    const events = readEvents(second.folder!)
    expect(events.filter(({ type }) => type === 'summed')).toMatchObject([{ sum: 12 }])
    expect(events.filter(({ type }) => type === 'step-reused')).toHaveLength(4)
    expect(readFileSync(join(second.folder!, 'run.log'), 'utf8')).toMatch(/^4 steps taken over \(\d+ s saved\); --force runs them again$/m)
    expect(readFileSync(join(first.folder!, 'run.log'), 'utf8')).not.toContain('taken over')
  })

  /** The chain without a run: the type check of a changed notebook then has little to read. */
  const light = (changes: Parameters<typeof chain>[0] = {}): CellSpec[] =>
    chain({
      head: `import { readFileSync } from 'node:fs'\nimport { times } from './times.js'`,
      run: 'const run = 0',
      sum: 'let sum = 0\nfor (const value of doubled) sum += value',
      end: 'console.log(sum, greeting)',
      ...changes,
    })

  it('run again only where something they depend on has changed', { timeout: 300_000 }, async () => {
    setUp()
    const path = write('light', light())
    await run(path)
    const ran = async (expected: string[], options: Partial<PipelineOptions> = {}): Promise<void> => {
      const { reports, error } = await run(path, options)
      expect(error).toBeUndefined()
      const again = Object.keys(reports).filter((name) => reports[name]!.reused === undefined)
      expect(again.sort()).toEqual([...expected].sort())
    }
    // A parameter: the step that uses it, and what stands on its values.
    await ran(['double', 'sum'], { parameters: { factor: 5 } })
    await ran(['greet'], { parameters: { name: 'all' } })
    // One cell.
    write('light', light({ sum: 'let sum = 0\nfor (const value of doubled) sum -= value' }))
    await ran(['sum'])
    // A cell that now gives the same values by other means: nothing after it runs again.
    write('light', light({ double: 'const doubled = data.map((value) => value + value)' }))
    await ran(['double'])
    // The file that a step reads, then the module that another imports.
    write('light', light())
    writeFileSync(join(elsewhere, 'data.json'), '[1, 2, 4]')
    await ran(['load', 'double', 'sum'])
    writeFileSync(join(folder, 'times.ts'), 'export const times = (a: number, b: number): number => a * b + 1\n')
    await ran(['double', 'sum'])
    // All as it was: found again.
    setUp()
    await ran([])
    await ran(['load', 'double', 'sum', 'greet'], { steps: { force: true } })
    await ran(['sum', 'greet'], { steps: { from: 'sum' } })
  })

  it('are not reused where that would not be the same as running them, and say why', async () => {
    const stray = projectPath(`stray-${process.pid}.txt`)
    onTestFinished(() => rmSync(stray, { force: true }))
    const path = write('unkept', [
      "import { writeFileSync } from 'node:fs'",
      'const list = [1]',
      step('code', 'function half(x: number) { return x / 2 }\nconst one = 1'),
      step('mutates', 'list.push(list.length)'),
      step('writes', `writeFileSync(${JSON.stringify(stray)}, 'x')`),
      step('opaque', 'class Counter { #n = 0; next() { return ++this.#n } }\nconst made = { counter: new Counter() }'),
      step('uses', 'made.counter.next()\nconst used = 1'),
      'half(one) + list.length + made.counter.next() + used',
    ])
    const { reports } = await run(path)
    const why = Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, report.why]))
    expect(why).toEqual({
      code: expect.stringContaining('half is code that later cells use') as string,
      mutates: 'it changes list, a value of another cell',
      writes: expect.stringMatching(/^it writes stray-\d+\.txt, outside the run folder/) as string,
      opaque: 'made.counter is a Counter',
      uses: 'made.counter is a Counter',
    })
    const again = await run(path)
    expect(again.reused).toEqual([])
    expect(again.result.exitCode).toBe(0)
  })

  it('are never taken from a damaged store', async () => {
    const path = setUp()
    const { folder: at } = await run(path, { steps: { force: true } })
    expect((await run(path)).reused).toHaveLength(4)
    const store = join(runs, '.steps')
    for (const file of readdirSync(store, { recursive: true }) as string[])
      if (file.endsWith('values.bin')) writeFileSync(join(store, file), 'torn')
    const after = await run(path)
    expect(after.reused).toEqual([])
    expect(readFileSync(join(after.folder!, 'metrics.json'))).toEqual(readFileSync(join(at!, 'metrics.json')))
  })

  it('a step that fails is not kept; a resumed run takes the finished ones and goes on', async () => {
    const path = write('fails', [
      "import { existsSync, writeFileSync } from 'node:fs'\nimport { join } from 'node:path'\nimport { openRun } from '../../../src/track/index.js'",
      "const run = await openRun({ name: 'fails', parameters: {} })",
      step('first', "const made = run.path('made.txt')\nwriteFileSync(made, 'by the first step')"),
      step('second', `if (!existsSync(${JSON.stringify(join(elsewhere, 'ready'))})) throw new Error('not yet')\nconst done = true`),
      'JSON.stringify([existsSync(made), done])',
    ])
    const failed = await run(path)
    expect(failed.result.exitCode).toBe(1)
    expect(Object.keys(failed.reports)).toEqual(['first'])
    writeFileSync(join(elsewhere, 'ready'), '')
    const resumed = await run(path, { notebooks: [], resume: failed.result.notebooks[0]!.runId! })
    expect(resumed.error).toBeUndefined()
    expect(resumed.reused).toEqual(['first'])
    expect(resumed.texts.at(-1)).toBe('[true,true]')
  })

  it('a resumed step is not kept with a file that another cell began', { timeout: 300_000 }, async () => {
    const cells = [
      "import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'\nimport { openRun } from '../../../src/track/index.js'",
      { code: 'let k = 1', tags: ['parameters'] },
      "const run = await openRun({ name: 'begun', parameters: { k } })\nconst log = run.path('log.txt')\nwriteFileSync(log, `k=${k}`)",
      step(
        'appends',
        `appendFileSync(log, ' done')\nwriteFileSync(run.path('own.txt'), 'own')\nif (!existsSync(${JSON.stringify(join(elsewhere, 'begun'))})) throw new Error('not yet')`,
      ),
      "readFileSync(log, 'utf8')",
    ]
    const path = write('begun', cells)
    const failed = await run(path)
    expect(failed.result.exitCode).toBe(1)
    writeFileSync(join(elsewhere, 'begun'), '')
    const resumed = await run(path, { notebooks: [], resume: failed.result.notebooks[0]!.runId! })
    expect(resumed.texts.at(-1)).toBe('k=1 done')
    const other = await run(path, { parameters: { k: 2 } })
    expect(other.texts.at(-1)).toBe('k=2 done')
    expect(resumed.reports.appends).toMatchObject({ why: 'it changes log.txt, which was there before' })
  })

  it('refuse a wrong name before anything runs', async () => {
    expect((await run(setUp(), { steps: { from: 'duble' } })).error).toMatchObject({ code: 'unknown-step', help: 'did you mean double?' })
    const twice = write('twice', [step('a', '1'), step('a', '2')])
    expect((await run(twice)).error).toMatchObject({ code: 'duplicate-step', received: 'step:a on cells 1 and 2' })
    expect((await run(write('bad', [step('A b', '1')]))).error).toMatchObject({ code: 'bad-step-name' })
    expect(readdirSync(runs).filter((name) => /twice|bad/.test(name))).toEqual([])
  })
})

describe('cells tagged explore', () => {
  const explore = (code: string): CellSpec => ({ code, tags: ['explore'] })

  it('are left out of a batch run', async () => {
    const { result, texts } = await run(write('explored', ['const a = 1', explore("throw new Error('ran')"), explore('notHere(a)'), 'a']))
    expect(result.exitCode).toBe(0)
    expect(texts).toEqual(['1'])
    expect(executedCells(result)).toHaveLength(4)
  })

  it('decide nothing about a step, and may have a name that another cell binds for itself', async () => {
    const cells = [
      step('kept', 'const f = () => 1\nconst value = 2'),
      explore('const row = f()'),
      'type T = { row: number }\nconst rows: T[] = [{ row: 1 }]\nfunction first({ row }: T) { return row }\nrows.map((row) => first(row) + value)',
    ]
    const { reports, texts } = await run(write('bound', cells))
    expect(texts).toEqual(['[ 3 ]'])
    expect(reports).toMatchObject({ kept: { kept: true } })
  })

  it('may not be needed by another cell', async () => {
    const { error } = await run(write('needed', [explore('const a = 1'), 'a']))
    expect(error).toMatchObject({ code: 'explore-used', received: 'a, of cell 1' })
    expect(existsSync(join(runs, 'needed'))).toBe(false)
  })
})
