import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { readNotebook } from '../src/notebook/index.js'
import { listRuns } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { storedRun } from './fixtures/stored-run.js'

const folder = ownRunsFolder('runs-door')

interface Said {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

function runs(...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, ['--import', 'tsx', projectPath('scripts/runs.ts'), ...args], {
    cwd: projectPath(),
    env: process.env,
  })
  const said = { out: '', error: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.error += chunk.toString()))
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (code) => resolve({ code, ...said })))
}

describe('npm run runs', () => {
  let a: string
  let b: string
  beforeAll(async () => {
    a = (await storedRun()).id
    b = (await storedRun({ seed: 8, parameters: { epochs: 4 } })).id
  })

  it('tags, notes, lists with a filter, shows', async () => {
    expect(await runs('tag', a, 'keep', 'baseline')).toMatchObject({
      code: 0,
      out: expect.stringContaining('tagged baseline keep') as string,
    })
    expect(await runs('tag', a, '--remove', 'baseline')).toMatchObject({ code: 0, out: expect.stringContaining('tagged keep') as string })
    expect(await runs('note', a, 'the one to beat')).toMatchObject({ code: 0 })
    const listed = await runs('list', '--tag', 'keep', '--since', '1d')
    expect(listed.out.trim().split('\n')).toHaveLength(2)
    expect(listed.out).toMatch(
      /best AUC +verdict +tags +latest note +outcome\n.*0\.\d{4} lightgbm +no-edge +keep +the one to beat +No edge found\./,
    )
    const shown = JSON.parse((await runs('show', a, '--json')).out) as { tags: string[]; notes: { text: string }[] }
    expect([shown.tags, shown.notes[0]!.text]).toEqual([['keep'], 'the one to beat'])
  })

  it('compares as text with a page, and as JSON without one', async () => {
    const { code, out, error } = await runs('compare', a, b)
    expect(error).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/parameters +epochs +– +4/)
    expect(out).toMatch(/difference in AUC beyond chance|AUC differences? beyond chance/)
    const page = readdirSync(folder).find((name) => name.startsWith('compare-'))!
    expect(out).toContain(page)
    const json = JSON.parse((await runs('compare', a, b, '--json')).out) as { runs: unknown[]; pairs: { test: { rows: number } }[] }
    expect(json.runs).toHaveLength(2)
    expect(json.pairs[0]!.test.rows).toBe(400)
    expect(json).not.toHaveProperty('page')
  })

  it('opens a run as a notebook, and does not replace one that was changed', async () => {
    const path = projectPath('.cache/tests', `review-${process.pid}.ipynb`)
    const { code, out } = await runs('open', b, '-o', path)
    expect(code).toBe(0)
    expect(out).toContain(`review-${process.pid}.ipynb`)
    expect(readNotebook(path).cells.length).toBeGreaterThan(8)
    const changed = readFileSync(path, 'utf8').replace('runRoc(run)', 'runRoc(run) // mine')
    writeFileSync(path, changed)
    expect(await runs('open', b, '-o', path)).toMatchObject({ code: 2, error: expect.stringContaining('[review-changed]') as string })
    expect(readFileSync(path, 'utf8')).toBe(changed)
    rmSync(path)
    expect(await runs('open', b, '-o', join(folder, 'x.ipynb'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('[outside-project]') as string,
    })
  })

  it('takes a tag of one run, and last, for an id', async () => {
    const shown = async (name: string) => (JSON.parse((await runs('show', name, '--json')).out) as { id: string }).id
    expect(await shown('keep')).toBe(a)
    expect(await shown('last')).toBe(listRuns()[0]!.id)
    await runs('tag', a, 'both')
    await runs('tag', b, 'both')
    const { code, error } = await runs('show', 'both')
    expect(code).toBe(2)
    expect(error).toMatch(/^Several runs have this tag\. \[run-ambiguous\]/)
    expect([error.includes(a), error.includes(b)]).toEqual([true, true])
  })

  it('says what is wrong in one message, without a stack', async () => {
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['compare', a, a], /cannot be compared with itself. \[same-run\]/],
      [['compre', a, b], /did you mean npm run runs -- compare/],
      [['prune'], /\[no-prune-rule\]/],
      [['show', a, '--yes'], /not understood/],
    ]
    for (const [args, words] of cases) {
      const { code, error } = await runs(...args)
      expect(code, args.join(' ')).toBe(2)
      expect(error).toMatch(words)
      expect(error).not.toMatch(/\n\s+at /)
    }
  })

  it('prunes only with --yes, and never what is tagged keep', async () => {
    const dry = await runs('prune', '--keep', '0')
    expect(dry.out).toContain(`stays: ${a} (it is tagged keep)`)
    expect(dry.out).toContain('would go: 1 run')
    expect(existsSync(join(folder, b))).toBe(true)
    expect((await runs('prune', '--keep', '0', '--models-only', '--yes')).out).toMatch(/fitted models of 1 run deleted, \d+ kB freed/)
    expect(existsSync(join(folder, b, 'fits'))).toBe(false)
    expect((await runs('prune', '--keep', '0', '--yes')).out).toMatch(/^1 run deleted/)
    expect(readdirSync(folder).filter((name) => name.endsWith(b) || name.startsWith('.'))).toEqual([])
    expect(existsSync(join(folder, a))).toBe(true)
  })
})
