import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runPipeline } from '../src/notebook/index.js'
import { readEvents, readRun } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { resultTexts, testNotebooks, type CellSpec } from './fixtures/test-notebooks.js'

/**
 * The promise of the step cache: a run that takes steps over gives what a run gives that runs every step. Each scenario is a change that a careless cache would miss; all of them
 * stand in one notebook, which runs before the change, after it, and after it by force.
 */
const { folder, write } = testNotebooks('truth')
ownRunsFolder('truth')
const elsewhere = mkdtempSync(join(tmpdir(), 'barlab-truth-'))
afterAll(() => {
  rmSync(elsewhere, { recursive: true, force: true })
  delete process.env.TRUTH_25
})
const file = (name: string): string => JSON.stringify(join(elsewhere, name))
const step = (name: string, code: string): CellSpec => ({ code, tags: [`step:${name}`] })

type When = 'before' | 'after'
const SCENARIOS: Readonly<Record<string, (when: When) => CellSpec[]>> = {
  'a later cell uses another value of a step': (when) => [
    step('later-use', 'const a1 = 11\nconst b1 = 22'),
    when === 'before' ? 'show(a1)' : 'show([a1, b1])',
  ],
  'a step reads a file of the run that another has written': () => [
    step('writes-run-file', "const written2 = k\nwriteFileSync(run.path('k.txt'), String(k))"),
    step('reads-run-file', "const read2 = readFileSync(run.path('k.txt'), 'utf8')"),
    'show(read2)',
  ],
  'a function uses a variable of its own cell, which a file decides': () => [
    `const k3 = Number(readFileSync(${file('k3.txt')}, 'utf8'))\nconst scaled3 = (x: number) => x * k3`,
    step('own-variable', 'const out3 = scaled3(3)'),
    'show(out3)',
  ],
  'a function has a state': () => [
    'let s4 = 7\nconst random4 = () => (s4 = (s4 * 16807) % 2147483647)',
    step('draws', 'const drawn4 = [random4(), random4()]'),
    'show([drawn4, random4()])',
  ],
  'a function is replaced by one that an expression gives': (when) => [
    `const f5 = [(x: number) => x, (x: number) => x * 2][${when === 'before' ? 0 : 1}]!`,
    step('made-function', 'const out5 = f5(3)'),
    'show(out5)',
  ],
  'a function calls another one that is declared again': (when) => [
    'const g6 = (x: number) => x + 1',
    'const f6 = (x: number) => g6(x)',
    `const g6 = (x: number) => x * ${when === 'before' ? 10 : 100}`,
    step('shadowed', 'const out6 = f6(3)'),
    'show(out6)',
  ],
  'names of imports are swapped': (when) => [
    when === 'before' ? "import { one as x7, two as y7 } from './module.js'" : "import { two as x7, one as y7 } from './module.js'",
    step('swapped', 'const out7 = x7() - y7()'),
    'show(out7)',
  ],
  'code is reached by a namespace and by import()': () => [
    "import { tools } from './module.js'",
    step('namespace', 'const out8 = tools.tool()'),
    step('dynamic', "const out9 = (await import('./tool.js')).tool()"),
    'show([out8, out9])',
  ],
  'a module reads a file while it is loaded': () => [
    "import { loaded } from './loads.js'",
    step('loads', 'const out10 = loaded()'),
    'show(out10)',
  ],
  'the order of keys changes': (when) => [
    when === 'before' ? 'const row11 = { a: 1, b: 2 }' : 'const row11 = { b: 2, a: 1 }',
    step('keys', 'const out11 = Object.keys(row11).join()'),
    'show(out11)',
  ],
  'the id of the run is in a value, in an output and in an event': () => [
    step('run-id', "const out12 = 'of ' + run.id\nrun.event('named', { id: run.id })\nconsole.log(run.id)"),
    'show(out12 === `of ${run.id}`)',
  ],
  'a section is written again with the value it has': () => [
    'await run.record("section13", { k })',
    step('section', 'await run.record("section13", { k: 1 })\nconst done13 = true'),
    'show(done13)',
  ],
  'a step appends to a file that was there': () => [
    "writeFileSync(run.path('log14.txt'), `k=${k}`)",
    step('appends', "appendFileSync(run.path('log14.txt'), ' done')\nconst done14 = true"),
    "show([readFileSync(run.path('log14.txt'), 'utf8'), done14])",
  ],
  'a step leaves an empty folder in the run': () => [
    step('folder', "const was18 = existsSync(run.path('empty18'))\nmkdirSync(run.path('empty18'))"),
    'show(was18)',
  ],
  'a step sets the environment': () => [
    step('environment', "process.env.ZZ15 = 'set'\nconst done15 = true"),
    'show([process.env.ZZ15, done15])',
  ],
  'a cell sets a property of a class': () => [
    'class Settings20 { static value = 1 }',
    'Settings20.value = k',
    step('static', 'const out20 = Settings20.value * 2'),
    'show(out20)',
  ],
  'a class keeps the property that it was declared with': () => [
    'class Settings21 { static value = 1 }',
    step('initialiser', 'const out21 = Settings21.value'),
    'show(out21)',
  ],
  'a step sets a property of a class': () => [
    'class Settings22 { static value = 1 }',
    step('sets-static', 'Settings22.value = 3\nconst done22 = true'),
    'show([Settings22.value, done22])',
  ],
  'a step asks for facts of a file': () => [
    step('facts', `const size23 = statSync(${file('facts.txt')}).size`),
    step('facts-later', `const size24 = (await stat(${file('facts.txt')})).size`),
    'show([size23, size24])',
  ],
  'a step uses a variable of the environment': () => [
    step('variable', "const out25 = process.env.TRUTH_25 ?? 'none'"),
    'process.env.TRUTH_26 = String(k)',
    step('variable-of-cell', "const { TRUTH_26 } = process.env\nconst out26 = TRUTH_26 ?? 'none'"),
    'show([out25, out26])',
  ],
  'keys of an object hold the id of the run': () => [step('keys-of-run', 'const out27 = { [run.id]: 1 }'), 'show(out27[run.id])'],
  'values that would come back as something else': () => [
    'class Count extends Map<string, number> {}',
    step('subclass', "const out28 = new Count([['a', 1]])"),
    step('last-index', "const out29 = /a/g\nout29.test('aa')"),
    'show([out28 instanceof Count, out29.lastIndex])',
  ],
  'a step tags its run and adds to its facts': () => [
    step('tags', "await changeTags(run.folder, { add: ['good'] })\nconst done30 = true"),
    step('reserved', 'await run.recordInputs({ parameters: { more31: 1 } })\nconst done31 = true'),
    'show([readRun(run.folder).parameters.more31, readTags(run.folder), done30, done31])',
  ],
  'a later cell assigns a name of a step': () => [
    step('assigned', 'let best32 = { n: 0 }\nlet count32 = 0'),
    'best32 = { n: k }\ncount32 += k',
    'show([best32, count32])',
  ],
  'values that cannot be walked': () => [
    'let list16: any = null\nfor (let i = 0; i < 100_000; i++) list16 = { next: list16 }\nconst match16 = /(?<c>c)/.exec("abc")!',
    step('deep', 'const out16 = list16.next !== null'),
    step('odd', 'const out17 = { match: match16 }'),
    'show([out16, out17.match.index, out17.match.groups?.c])',
  ],
}

const notebook = (when: When): string =>
  write('truth', [
    "import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'\nimport { stat } from 'node:fs/promises'\nimport { changeTags, openRun, readRun, readTags } from '../../../src/track/index.js'",
    { code: 'let k = 1', tags: ['parameters'] },
    "const run = await openRun({ name: 'truth', parameters: { k } })\nconst show = (value: unknown) => console.log(JSON.stringify(value))",
    ...Object.entries(SCENARIOS).flatMap(([name, cells]) => [{ markdown: `## ${name}` }, ...cells(when)]),
  ])

function change(when: When): void {
  const n = when === 'before' ? 1 : 5
  writeFileSync(join(elsewhere, 'k3.txt'), String(n))
  writeFileSync(join(elsewhere, 'loads.txt'), String(n))
  writeFileSync(join(elsewhere, 'facts.txt'), 'x'.repeat(n))
  process.env.TRUTH_25 = when
  writeFileSync(join(folder, 'tool.ts'), `export const tool = () => 'tool ${n}'\n`)
  writeFileSync(join(folder, 'module.ts'), "export const one = () => 1\nexport const two = () => 2\nexport * as tools from './tool.js'\n")
  writeFileSync(
    join(folder, 'loads.ts'),
    `import { readFileSync } from 'node:fs'\nconst text = readFileSync(${file('loads.txt')}, 'utf8')\nexport const loaded = () => text\n`,
  )
}

async function run(when: When, force = false) {
  const result = await runPipeline({
    notebooks: [notebook(when)],
    parameters: { k: when === 'before' ? 1 : 2 },
    quiet: true,
    steps: { force },
  })
  expect(result.notebooks[0]!.error).toBeUndefined()
  const at = result.notebooks[0]!.folder!
  const anyRun = (text: string | undefined): string | undefined => text?.replaceAll(basename(at), 'RUN')
  const record = readRun(at)
  const reports = record.steps as Record<string, { reused?: string; why?: string }>
  return {
    texts: resultTexts(result).map(anyRun),
    section: record.section13,
    events: readEvents(at)
      .filter(({ type }) => type === 'named')
      .map(({ id }) => anyRun(id as string)),
    log: readFileSync(join(at, 'log14.txt'), 'utf8'),
    reused: Object.keys(reports).filter((name) => reports[name]!.reused !== undefined),
    why: Object.fromEntries(Object.entries(reports).flatMap(([name, { why }]) => (why === undefined ? [] : [[name, why]]))),
  }
}

describe('a run that takes steps over', () => {
  it('gives what a run gives that runs every step', { timeout: 600_000 }, async () => {
    change('before')
    const first = await run('before')
    const same = await run('before')
    expect({ ...same, reused: [], why: {} }).toEqual({ ...first, reused: [], why: {} })
    // It does take over what it can.
    expect(same.reused).toEqual(
      expect.arrayContaining([
        'later-use',
        'writes-run-file',
        'reads-run-file',
        'own-variable',
        'shadowed',
        'swapped',
        'namespace',
        'dynamic',
        'loads',
        'keys',
        'run-id',
        'section',
        'folder',
        'deep',
        'static',
        'initialiser',
        'facts',
        'facts-later',
        'variable',
        'variable-of-cell',
        'keys-of-run',
        'assigned',
      ]),
    )
    expect(Object.keys(same.why).sort()).toEqual(
      ['appends', 'draws', 'environment', 'last-index', 'made-function', 'odd', 'reserved', 'sets-static', 'subclass', 'tags'].sort(),
    )
    expect(same.why.environment).toBe('it changes the environment variable ZZ15')
    change('after')
    const reused = await run('after')
    const truth = await run('after', true)
    expect({ ...reused, reused: [], why: {} }).toEqual({ ...truth, reused: [], why: {} })
    expect(truth.texts).not.toEqual(first.texts)
    // What nothing has changed for is taken over all the same.
    expect(reused.reused).toEqual(expect.arrayContaining(['run-id', 'deep', 'initialiser', 'assigned']))
  })

  it('lets a step go whose values a later cell changes in place, through whichever name', { timeout: 300_000 }, async () => {
    const cells = [step('one', 'const a = { x: 1 }'), step('two', 'const b = { a }'), 'a.x += 5\nconsole.log(a.x, b.a.x)']
    const path = write('aliases', cells)
    const texts = async () => {
      const result = await runPipeline({ notebooks: [path], quiet: true })
      return [resultTexts(result), readFileSync(join(result.notebooks[0]!.folder!, 'run.log'), 'utf8')] as const
    }
    const [first, log] = await texts()
    expect(first).toEqual(['6 6\n'])
    expect(log).toMatch(/warning: step two: a later cell changes b in place/)
    expect((await texts())[0]).toEqual(first)
  })

  it('warns where a later cell changes what a step shares with another cell', { timeout: 300_000 }, async () => {
    const cells = (last: string) => ['const base = { x: 1 }', step('shares', 'const view = { base }'), last]
    const texts = async (last: string) => {
      const result = await runPipeline({ notebooks: [write('shares', cells(last))], quiet: true })
      return [resultTexts(result), readFileSync(join(result.notebooks[0]!.folder!, 'run.log'), 'utf8')] as const
    }
    await texts('console.log(view.base.x)')
    // The step is that of the first run, where nobody changed anything.
    expect((await texts('base.x = 5\nconsole.log(view.base.x)'))[1]).toMatch(
      /warning: step shares: a later cell changes base in place.*--force gives the result of all cells/,
    )
    const [after, log] = await texts('base.x = 5\nconsole.log(view.base.x)')
    expect(after).toEqual(['5\n'])
    expect(log).toMatch(/warning: step shares: a later cell changes view in place/)
  })

  it('keeps a step whose name a later cell declares again', { timeout: 300_000 }, async () => {
    const path = write('again', [step('again', 'const a = { x: 1 }'), 'const b = a.x', 'const a = [b]\nconsole.log(a)'])
    const steps = async () => {
      const result = await runPipeline({ notebooks: [path], quiet: true })
      return readRun(result.notebooks[0]!.folder!).steps
    }
    expect(await steps()).toMatchObject({ again: { kept: true } })
    expect(await steps()).toMatchObject({ again: { reused: expect.any(String) as string } })
  })

  it('does not keep what was computed while the code or a file behind it changed', { timeout: 300_000 }, async () => {
    const slow = (name: string, text: string) => writeFileSync(join(folder, name), text)
    slow('slow.ts', "export const slow = () => 'OLD'\n")
    writeFileSync(join(elsewhere, 'in.txt'), 'OLD')
    // The first run changes them itself, when the module is loaded and the file was read.
    // Written as `process['env']`, a variable does not count among what decides about a step.
    const changes = `if (process['env'].TRUTH_CHANGE === 'yes') {
  writeFileSync(${JSON.stringify(join(folder, 'slow.ts'))}, "export const slow = () => 'NEW'\\n")
}`
    const path = write('changing', [
      "import { readFileSync, writeFileSync } from 'node:fs'\nimport { slow } from './slow.js'",
      changes,
      step('code', 'const out1 = slow()'),
      step(
        'file',
        `const out2 = readFileSync(${file('in.txt')}, 'utf8')\nif (process['env'].TRUTH_CHANGE === 'yes') await new Promise((resolve) => import('node:child_process').then(({ exec }) => exec(\`printf NEW > ${join(elsewhere, 'in.txt')}\`, resolve)))`,
      ),
      'console.log(out1, out2)',
    ])
    process.env.TRUTH_CHANGE = 'yes'
    const changing = await runPipeline({ notebooks: [path], quiet: true })
    delete process.env.TRUTH_CHANGE
    expect(resultTexts(changing).at(-1)).toBe('OLD OLD\n')
    const after = await runPipeline({ notebooks: [path], quiet: true })
    expect(resultTexts(after).at(-1)).toBe('NEW NEW\n')
  })
})
