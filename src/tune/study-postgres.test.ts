import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, postgresMissing } from '../../test/fixtures/postgres.js'
import { projectPath, projectRoot } from '../core/index.js'
import { content, hasPython, loss, runFormula, studyOptions, studyPlace } from './study.fixture.js'
import { Study } from './study.js'

const missing = hasPython ? postgresMissing() : 'no Python environment (npm run setup)'
if (missing !== undefined) process.stderr.write(`tests of studies in PostgreSQL are skipped: ${missing}\n`)

describe.skipIf(missing !== undefined)('studies in PostgreSQL', () => {
  let database: ReturnType<typeof createDatabase>
  beforeAll(() => void (database = createDatabase()))
  afterAll(() => database.drop())

  const beside = (name: string, trials: number): Promise<{ code: number | null; stderr: string }> => {
    const loader = pathToFileURL(createRequire(projectPath('package.json')).resolve('tsx')).href
    const child = spawn(
      process.execPath,
      ['--import', loader, projectPath('test/fixtures/study-process.ts'), database.url, name, String(trials)],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, BARLAB_ROOT: projectRoot() } },
    )
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })))
  }

  it('lets four processes begin one study on an empty database: no race, no trial twice, none too many', async () => {
    const ends = await Promise.all([1, 2, 3, 4].map(() => beside('shared', 16)))
    expect(ends).toEqual(ends.map(() => ({ code: 0, stderr: '' })))
    const study = await Study.open(studyOptions(database.url, { name: 'shared' }))
    const trials = await study.trials()
    await study.close()
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, i) => i))
    expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(16)
    expect(trials.every(({ state }) => state === 'complete' || state === 'pruned')).toBe(true)
  })

  it('has the trials that an SQLite file has', async () => {
    const place = studyPlace()
    try {
      const local = await runFormula(studyOptions(place.storage, { name: 'same' }), { trials: 8 })
      expect(content(await runFormula(studyOptions(database.url, { name: 'same' }), { trials: 8 }))).toEqual(content(local))
    } finally {
      place.remove()
    }
  })

  it('begins a trial again whose owner, on whatever machine, has sent no heartbeat for long', async () => {
    const options = studyOptions(database.url, { name: 'stale', heartbeatSeconds: 1, maxRetries: 1 })
    const [silent, other] = [await Study.open(options), await Study.open(options)]
    const lost = (await silent.ask(3))!
    expect(await silent.report(lost, 1, loss(lost, 1))).toBe('go-on')
    // Its process hangs: no heartbeats, and nobody here can see that it is not at work.
    clearInterval((silent as unknown as { heartbeats: NodeJS.Timeout }).heartbeats)
    const second = (await other.ask(3))!
    expect([lost.index, second.index]).toEqual([0, 1])
    const again = await until(async () => {
      const trial = await other.ask(2)
      return trial?.retryOf === 0 ? trial : undefined
    })
    expect(again).toMatchObject({ params: lost.params, index: 0, steps: [] })
    // What the first owner says now comes too late.
    expect(await silent.report(lost, 2, 1)).toBe('lost')
    expect(await silent.tell(lost, { state: 'complete', value: 1 })).toBe(false)
    expect(await other.tell(again, { state: 'complete', value: 2 })).toBe(true)
    expect((await other.trials()).map(({ number, state, value, retryOf }) => [number, state, value, retryOf])).toEqual([
      [0, 'failed', null, null],
      [1, 'running', null, null],
      [2, 'complete', 2, 0],
    ])
    await silent.close()
    await other.close()
  })
})

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}
