import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock, sha256File } from '../../core/index.js'
import { stepsFolder } from './input-files.js'
import { copyProducts, dropEntry, findStep, newEntry, pruneSteps, storeStep, valuesFile, type StoredStep } from './step-store.js'

let folder: string
let before: string | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'barlab-store-'))
  before = process.env.BARLAB_RUNS_DIR
  process.env.BARLAB_RUNS_DIR = join(folder, 'runs')
  mkdirSync(join(folder, 'run', 'fits'), { recursive: true })
  writeFileSync(join(folder, 'run', 'fits', 'a.bin'), 'fitted')
  writeFileSync(join(folder, 'data.csv'), '1')
})
afterEach(() => {
  if (before === undefined) delete process.env.BARLAB_RUNS_DIR
  else process.env.BARLAB_RUNS_DIR = before
  rmSync(folder, { recursive: true, force: true })
})

async function store(key: string, values = 'values'): Promise<void> {
  const entry = newEntry()
  writeFileSync(valuesFile(entry), values)
  const inputs = { [join(folder, 'data.csv')]: await sha256File(join(folder, 'data.csv')), [join(folder, 'none')]: 'absent' }
  const kept = {
    step: 's',
    run: 'r',
    seconds: 1,
    inputs,
    outputs: [],
    sections: {},
    events: [],
    names: ['a'],
    shared: [],
    files: [join('fits', 'a.bin')],
  }
  await storeStep(key, entry, kept, join(folder, 'run'))
  dropEntry(entry)
}
const found = async (key: string): Promise<StoredStep> => (await findStep(key, join(folder, 'run'))) as StoredStep

describe('the store of steps', () => {
  it('gives back what was put in, by key, with its files', async () => {
    expect(await findStep('k', join(folder, 'run'))).toEqual({})
    await store('k')
    expect(await found('k')).toMatchObject({ step: 's', run: 'r', files: { [join('fits', 'a.bin')]: expect.any(String) as string } })
    copyProducts(await found('k'), join(folder, 'other'))
    expect(readFileSync(join(folder, 'other', 'fits', 'a.bin'), 'utf8')).toBe('fitted')
    expect(await findStep('other', join(folder, 'run'))).toEqual({})
  })

  it('does not give a step that lacks a name which is needed now', async () => {
    await store('k')
    expect(await findStep('k', join(folder, 'run'), ['a'])).toMatchObject({ step: 's' })
    expect(await findStep('k', join(folder, 'run'), ['a', 'b'])).toEqual({ changed: 'what later cells use (b)' })
  })

  it('tells which input has changed, and finds the entry of each content of it', async () => {
    await store('k', 'of 1')
    writeFileSync(join(folder, 'data.csv'), '2')
    expect(await findStep('k', join(folder, 'run'))).toEqual({ changed: join(folder, 'data.csv') })
    await store('k', 'of 2')
    const read = async (): Promise<string> => readFileSync(valuesFile(await found('k')), 'utf8')
    expect(await read()).toBe('of 2')
    writeFileSync(join(folder, 'data.csv'), '1')
    expect(await read()).toBe('of 1')
    writeFileSync(join(folder, 'none'), '')
    expect(await findStep('k', join(folder, 'run'))).toHaveProperty('changed')
  })

  it.each(['values.bin', 'step.json', join('files', 'fits', 'a.bin')])('throws a damaged entry away: %s', async (file) => {
    await store('k')
    writeFileSync(join((await found('k')).folder, file), '{ torn')
    expect(await findStep('k', join(folder, 'run'))).toEqual({})
    expect(readdirSync(join(stepsFolder(), 'k'))).toEqual([])
  })

  it('leaves nothing where an entry was not finished', () => {
    const entry = newEntry()
    dropEntry(entry)
    expect(readdirSync(stepsFolder())).toEqual([])
  })

  it('keeps four entries of a key, lets the rest go by size and by age, what was used last longest', async () => {
    for (const text of ['1', '2', '3', '4', '5', '6']) {
      writeFileSync(join(folder, 'data.csv'), text)
      await store('many')
    }
    expect(readdirSync(join(stepsFolder(), 'many'))).toHaveLength(4)
    await store('old')
    await store('new')
    const now = 1_800_000_000_000
    const age = (key: string, days: number): void => {
      for (const name of readdirSync(join(stepsFolder(), key)))
        utimesSync(join(stepsFolder(), key, name, 'step.json'), now / 1000 - days * 86_400, now / 1000 - days * 86_400)
    }
    age('many', 3)
    age('old', 40)
    age('new', 1)
    const unfinished = newEntry().folder
    utimesSync(unfinished, now / 1000 - 2 * 86_400, now / 1000 - 2 * 86_400)
    const clock = manualClock(now)
    pruneSteps({ maxBytes: 1e9, maxAgeMs: 30 * 86_400_000, clock })
    expect(existsSync(unfinished)).toBe(false)
    expect(readdirSync(stepsFolder()).sort()).toEqual(['many', 'new'])
    pruneSteps({ maxBytes: 700, maxAgeMs: 30 * 86_400_000, clock })
    expect(readdirSync(stepsFolder())).toEqual(['new'])
  })
})
