import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { projectRoot } from '../src/core/index.js'
import { readGraph } from '../src/notebook/graph/graph-file.js'
import { planGraph } from '../src/notebook/graph/graph-plan.js'
import { resumeGraph, runGraph, type GraphOptions, type GraphResult } from '../src/notebook/index.js'
import { Run, findRun, listRuns, readRun } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { testNotebooks } from './fixtures/test-notebooks.js'

const { folder, write } = testNotebooks('graph')
ownRunsFolder('graph')
const elsewhere = mkdtempSync(join(tmpdir(), 'barlab-graph-'))
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }))

const inProject = (path: string): string => relative(projectRoot(), path)
const parameters = { code: "let word = 'a'\nlet runs: string[] = []\nlet seed = 1", tags: ['parameters'] }
const notebooks = {
  plain: inProject(write('plain', [parameters, 'console.log(word, seed)'])),
  none: inProject(write('none', ['1 + 1'])),
  skips: inProject(
    write('skips', [parameters, "import { skip } from '../../../src/notebook/skip.js'\nif (word !== 'go') skip('no new bars')"]),
  ),
  fails: inProject(
    write('fails', [
      parameters,
      "import { existsSync } from 'node:fs'",
      `if (!existsSync(${JSON.stringify(join(elsewhere, 'ready'))})) throw new Error('not yet')`,
    ]),
  ),
  // Two of them end only when both run at the same time.
  meets: inProject(
    write('meets', [
      parameters,
      "import { existsSync, writeFileSync } from 'node:fs'",
      `writeFileSync(${JSON.stringify(elsewhere)} + '/' + word, '')`,
      `const other = ${JSON.stringify(elsewhere)} + '/' + (word === 'left' ? 'right' : 'left')
while (!existsSync(other)) await new Promise((resolve) => setTimeout(resolve, 20))`,
    ]),
  ),
}

function graph(text: string): string {
  const path = join(folder, 'graph.yaml')
  writeFileSync(
    path,
    text.replace(/\$(\w+)/g, (_, name: keyof typeof notebooks) => notebooks[name]),
  )
  return path
}
const run = (text: string, options: GraphOptions = {}): Promise<GraphResult> => runGraph(graph(text), { quiet: true, ...options })
const statuses = ({ jobs }: GraphResult): Record<string, string> => Object.fromEntries(jobs.map(({ label, status }) => [label, status]))

describe('a graph of notebooks', () => {
  it('runs each after those it waits for, once for each value, and hands run ids on', async () => {
    const result = await run(`
parameters: { seed: 5 }
notebooks:
  review:
    notebook: $plain
    parameters: { runs: { runs_of: base } }
  base:
    notebook: $plain
    parameters: { seed: 9 }
    each: { word: [x, y] }
`)
    expect(result.exitCode).toBe(0)
    expect(statuses(result)).toEqual({ 'base(word=x)': 'ok', 'base(word=y)': 'ok', review: 'ok' })
    const [x, y, review] = result.jobs.map(({ runId }) => listRuns().find(({ id }) => id === runId)!)
    expect(readRun(review!.folder).parameters).toEqual({ seed: 5, runs: [x!.id, y!.id] })
    expect(readRun(y!.folder).parameters).toEqual({ seed: 9, word: 'y' })
    expect(Date.parse(review!.startedAt!)).toBeGreaterThanOrEqual(Date.parse(y!.finishedAt!))
    const own = listRuns().find(({ id }) => id === result.runId)!
    expect(own).toMatchObject({ kind: 'graph', status: 'ok', headline: '3 of 3 notebooks ended well' })
  })

  it('runs as many at once as it says', async () => {
    const result = await run(`
parallel: 2
notebooks:
  both: { notebook: $meets, each: { word: [left, right] } }
`)
    expect(statuses(result)).toEqual({ 'both(word=left)': 'ok', 'both(word=right)': 'ok' })
  })

  it('skips what stands on a skipped notebook, unless told otherwise', async () => {
    const result = await run(`
notebooks:
  bars: { notebook: $skips }
  train: { notebook: $plain, after: [bars] }
  report: { notebook: $plain, after: [bars], when_skipped: run }
`)
    expect(statuses(result)).toEqual({ bars: 'skipped', train: 'skipped', report: 'ok' })
    expect(result.jobs[1]!.reason).toBe('bars was skipped')
    expect(result.exitCode).toBe(3)
  })

  it('runs nothing after a failure but what does not need it, and goes on from there when resumed', async () => {
    const text = `
notebooks:
  first: { notebook: $plain }
  broken: { notebook: $fails, after: [first] }
  last: { notebook: $plain, after: [broken] }
  apart: { notebook: $plain }
`
    const failed = await run(text)
    expect(statuses(failed)).toEqual({ first: 'ok', broken: 'failed', last: 'not-run', apart: 'ok' })
    expect(failed.exitCode).toBe(1)
    writeFileSync(join(elsewhere, 'ready'), '')
    const resumed = await resumeGraph(failed.runId!, { quiet: true })
    expect(statuses(resumed)).toEqual({ first: 'ok', broken: 'ok', last: 'ok', apart: 'ok' })
    const ids = ({ jobs }: GraphResult): (string | undefined)[] => jobs.map(({ runId }) => runId)
    expect(ids(resumed).slice(0, 2)).toEqual(ids(failed).slice(0, 2))
    expect(resumed.runId).toBe(failed.runId)
  })

  it('runs again what stood on something that only the resumed run has', async () => {
    rmSync(join(elsewhere, 'ready'), { force: true })
    const failed = await run(`
notebooks:
  up: { notebook: $skips, parameters: { word: a } }
  down: { notebook: $plain, parameters: { runs: { runs_of: up } }, when_skipped: run }
  broken: { notebook: $fails }
`)
    expect(statuses(failed)).toEqual({ up: 'skipped', down: 'ok', broken: 'failed' })
    writeFileSync(join(elsewhere, 'ready'), '')
    const resumed = await resumeGraph(failed.runId!, { quiet: true })
    const runIdOf = (result: GraphResult, label: string): string => result.jobs.find((job) => job.label === label)!.runId!
    expect(runIdOf(resumed, 'down')).not.toBe(runIdOf(failed, 'down'))
    const down = listRuns().find(({ id }) => id === runIdOf(resumed, 'down'))!
    expect(readRun(down.folder).parameters).toMatchObject({ runs: [runIdOf(resumed, 'up')] })
  })

  it('remembers a run that it has begun through attempts that do not come to it, or do not come to its first cell', async () => {
    rmSync(join(elsewhere, 'ready'), { force: true })
    const path = write('breaks', [parameters, `throw new Error('not yet')`])
    const text = `notebooks: { a: { notebook: $fails }, b: { notebook: ${inProject(path)} } }`
    const failed = await run(text)
    const [a, b] = failed.jobs.map(({ runId }) => runId!)
    expect(failed.jobs).toMatchObject([{ status: 'failed' }, { status: 'failed' }])

    const record = vi.spyOn(Run.prototype, 'record')
    onTestFinished(() => record.mockRestore())
    const stopped = await resumeGraph(failed.runId!, { quiet: true, signal: AbortSignal.abort() })
    expect(statuses(stopped)).toEqual({ a: 'not-run', b: 'not-run' })
    // From the first thing it writes on: a kill may come at any moment.
    const sections = record.mock.calls.filter(([section]) => section === 'notebooks').map(([, value]) => value)
    expect(sections.length).toBeGreaterThan(1)
    for (const section of sections) expect(section).toMatchObject({ running: { a, b } })

    writeFileSync(join(elsewhere, 'ready'), '')
    write('breaks', [parameters, "const wrong: number = 'text'\nwrong"])
    const wrong = await resumeGraph(failed.runId!, { quiet: true })
    expect(wrong.jobs).toMatchObject([{ status: 'ok', runId: a }, { status: 'failed' }])
    expect(wrong.jobs[1]!.reason).toMatch(/does not pass the type check/)

    write('breaks', [parameters, 'word'])
    const resumed = await resumeGraph(failed.runId!, { quiet: true })
    expect(resumed.jobs).toMatchObject([
      { status: 'ok', runId: a },
      { status: 'ok', runId: b },
    ])
  })

  it('changes nothing in a dry run of a graph that is resumed', async () => {
    const abort = AbortSignal.abort()
    const { runId } = await run('notebooks: { a: { notebook: $plain } }', { signal: abort })
    const file = join(findRun(runId!), 'run.json')
    const before = readFileSync(file, 'utf8')
    const checked = await resumeGraph(runId!, { quiet: true, dryRun: true })
    expect(checked).toMatchObject({ exitCode: 0, jobs: [{ label: 'a', status: 'checked' }] })
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('waits for runs that its own parameters or one of `each` stand for', () => {
    const afterOf = (text: string): Record<string, readonly string[]> =>
      Object.fromEntries(planGraph(readGraph(graph(text))).map(({ label, after }) => [label, after]))
    const base = '{ notebook: $plain, parameters: { runs: [] } }'
    expect(
      afterOf(`
parameters: { runs: { runs_of: base } }
notebooks:
  shared: { notebook: $plain }
  apart: { notebook: $none }
  own: { notebook: $plain, parameters: { runs: [one] } }
  base: ${base}
`),
    ).toEqual({ base: [], shared: ['base'], apart: [], own: [] })
    expect(
      afterOf(`
notebooks:
  each: { notebook: $plain, each: { runs: [{ runs_of: base }, { runs_of: other }] } }
  base: ${base}
  other: { notebook: $plain }
`),
    ).toEqual({
      base: [],
      other: [],
      'each(runs={"runs_of":"base"})': ['base', 'other'],
      'each(runs={"runs_of":"other"})': ['base', 'other'],
    })
  })

  it('stops at a request, says what was not run, and can be resumed', async () => {
    const abort = new AbortController()
    abort.abort()
    const result = await run('notebooks: { a: { notebook: $plain } }', { signal: abort.signal })
    expect(result).toMatchObject({ exitCode: 75, jobs: [{ status: 'not-run', reason: 'stopped by the program that started it' }] })
    expect(statuses(await resumeGraph(result.runId!, { quiet: true }))).toEqual({ a: 'ok' })
  })

  it('has a time limit for all of it, and says so', async () => {
    const result = await run('notebooks: { a: { notebook: $plain }, b: { notebook: $plain, after: [a] } }', { timeoutMs: 1 })
    expect(result.exitCode).toBe(75)
    expect(result.jobs.at(-1)).toMatchObject({ label: 'b', status: 'not-run', reason: 'the time limit of 0.001 s was reached' })
    expect(statuses(await resumeGraph(result.runId!, { quiet: true }))).toEqual({ a: 'ok', b: 'ok' })
  })

  const before = (): number => listRuns().length
  it.each([
    [
      'an unknown key',
      'notebooks: { a: { notbook: x.ipynb } }',
      /graph\.yaml:1:19 notebooks\.a\.notbook: unknown key; did you mean notebook\?/,
    ],
    ['an unknown name', 'notebooks: { base: { notebook: $plain }, b: { notebook: $plain, after: [bse] } }', /did you mean base\?/],
    [
      'a cycle',
      'notebooks: { a: { notebook: $plain, after: [b] }, b: { notebook: $plain, after: [a] } }',
      /a comes before b comes before a/,
    ],
    [
      'an unknown name in its own parameters',
      'parameters: { runs: { runs_of: bse } }\nnotebooks: { base: { notebook: $plain } }',
      /notebooks\.base: .*"bse".*did you mean base\?/,
    ],
    [
      'an unknown name in a list of values',
      'notebooks: { base: { notebook: $plain }, b: { notebook: $plain, each: { runs: [{ runs_of: bse }] } } }',
      /notebooks\.b: .*"bse".*did you mean base\?/,
    ],
    [
      'a notebook that would wait for itself',
      'parameters: { runs: { runs_of: a } }\nnotebooks: { a: { notebook: $plain } }',
      /a comes before a/,
    ],
    ['a missing notebook', 'notebooks: { a: { notebook: none.ipynb } }', /notebooks\.a: There is no such notebook/],
    ['an unknown parameter', 'notebooks: { a: { notebook: $plain, parameters: { wrd: x } } }', /notebooks\.a: .*received wrd/],
    ['nothing', 'notebooks: {}', /notebooks: none/],
    ['no YAML', 'notebooks: [', /not readable as YAML/],
  ])('refuses %s before anything runs', async (_what, text, message) => {
    const runs = before()
    await expect(run(text)).rejects.toMatchObject({ code: 'bad-graph', received: expect.stringMatching(message) as string, exitCode: 2 })
    expect(before()).toBe(runs)
  })

  it('checks types of parameters in a dry run', async () => {
    const runs = before()
    const result = await run('notebooks: { a: { notebook: $plain, parameters: { seed: many } }, b: { notebook: $plain } }', {
      dryRun: true,
    })
    expect(result).toMatchObject({
      exitCode: 2,
      jobs: [
        { label: 'a', status: 'failed' },
        { label: 'b', status: 'checked' },
      ],
    })
    expect(result.jobs[0]!.reason).toMatch(/seed cannot have this value/)
    expect(before()).toBe(runs)
    expect(existsSync(join(folder, 'runs'))).toBe(false)
  })
})
