import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { ChangedFiles } from '../src/notebook/batch/changed-files.js'
import { fileState } from '../src/notebook/steps/input-files.js'
import { watchNotebook, type NotebookResult } from '../src/notebook/index.js'
import { listRuns } from '../src/track/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { resultTexts, testNotebooks } from './fixtures/test-notebooks.js'

const { folder, write } = testNotebooks('watch')
ownRunsFolder('watch')
const elsewhere = mkdtempSync(join(tmpdir(), 'barlab-watch-'))
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }))

describe('watchNotebook', () => {
  it('runs again when the notebook, a module or a file that was read changes; the last run stays', { timeout: 300_000 }, async () => {
    const data = join(elsewhere, 'data.txt')
    const times = join(folder, 'times.ts')
    writeFileSync(data, '2')
    writeFileSync(times, 'export const times = 10\n')
    const cells = (last: string) => [
      "import { readFileSync } from 'node:fs'\nimport { openRun } from '../../../src/track/index.js'\nimport { times } from './times.js'",
      // Its files change in every round, by the round itself.
      "await openRun({ name: 'watched', parameters: {} })",
      { code: `const read = Number(readFileSync(${JSON.stringify(data)}, 'utf8'))`, tags: ['step:read'] },
      last,
    ]
    const path = write('watched', cells('read * times'))
    // Each round changes one thing; the round after it must show it.
    const changes: (() => unknown)[] = [
      () => writeFileSync(data, '3'),
      () => appendFileSync(times, '// a comment\n'),
      () => writeFileSync(times, 'export const times = 100\n'),
      () => write('watched', cells('read * times + 1')),
      () => write('watched', cells('read * tims')),
      () => write('watched', cells('read * times + 2')),
    ]
    const shown: string[] = []
    const stop = new AbortController()
    const onRound = (result: NotebookResult): void => {
      shown.push(result.folder === undefined ? result.error!.code : resultTexts({ exitCode: 0, notebooks: [result] }).at(-1)!)
      const change = changes.shift()
      if (change === undefined) stop.abort()
      else change()
    }
    expect(await watchNotebook(path, { quiet: true, signal: stop.signal, onRound })).toBe(0)
    expect(shown).toEqual(['20', '30', '30', '300', '301', 'notebook-type-error', '302'])
    expect(listRuns()).toHaveLength(1)
  })

  it('begins the next round at once when something changes amid one', { timeout: 300_000 }, async () => {
    const [started, go] = [join(elsewhere, 'started'), join(elsewhere, 'go')]
    const value = join(folder, 'value.ts')
    writeFileSync(value, 'export const value = 1\n')
    const path = write('amid', [
      "import { existsSync, writeFileSync } from 'node:fs'\nimport { interruptSignal } from '../../../src/core/index.js'\nimport { value } from './value.js'",
      `writeFileSync(${JSON.stringify(started)}, '')
const signal = interruptSignal()
while (!existsSync(${JSON.stringify(go)}) && signal?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 20))`,
      'value',
    ])
    const stop = new AbortController()
    const shown: (string | undefined)[] = []
    const known = listRuns().length
    const watching = watchNotebook(path, {
      quiet: true,
      signal: stop.signal,
      onRound: (result) => {
        shown.push(resultTexts({ exitCode: 0, notebooks: [result] }).at(-1))
        stop.abort()
      },
    })
    await vi.waitFor(() => expect(existsSync(started)).toBe(true), { timeout: 200_000, interval: 50 })
    writeFileSync(value, 'export const value = 22\n')
    rmSync(started)
    // The first round never gets what it waits for: the second one comes only because the first was stopped.
    await vi.waitFor(() => expect(existsSync(started)).toBe(true), { timeout: 200_000, interval: 50 })
    writeFileSync(go, '')
    expect(await watching).toBe(0)
    expect(shown).toEqual(['22'])
    expect(listRuns()).toHaveLength(known + 1)
  })
})

describe('ChangedFiles', () => {
  it('gives what has changed also when the waiting is ended, and nothing twice', async () => {
    const file = join(elsewhere, 'watched.txt')
    writeFileSync(file, '1')
    const files = new ChangedFiles()
    // The state is that of the reading: a change since then is one.
    files.add([[file, fileState(file)]])
    writeFileSync(file, 'two')
    const ended = new AbortController()
    ended.abort()
    expect(await files.next(ended.signal)).toEqual([file])
    expect(await files.next(ended.signal)).toEqual([])
    expect(files.size).toBe(1)
  })
})
