import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { createRng, projectPath } from '../core/index.js'
import { listRuns, readEvents, readRun, Run } from './index.js'
import { useRunsFolder } from './track-test.fixture.js'

const KILLS = 48
const LONGEST_DELAY_MS = 250
const runs = useRunsFolder()

/** A failing test must not leave writers that go on for ever. */
const started = new Set<ChildProcess>()
afterEach(() => started.forEach((child) => child.kill('SIGKILL')))

/** Starts a writer, kills it (SIGKILL) this long after its first run exists, resolves when it is gone. */
function startAndKill(shared: string, delayMs: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', projectPath('src/track/run-crash.fixture.ts'), shared], {
    cwd: projectPath(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.add(child)
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), delayMs))
  return new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)))
}

it(`survives ${KILLS} kills at random moments: every run readable, told apart, resumable`, async () => {
  const rng = createRng(20261121, 'kill-moments')
  const shared = await Run.create({ name: 'shared', kind: 'pipeline', parameters: {} })
  let writes = 0
  for (let done = 0; done < KILLS; done += 2) {
    // Two writers and this process meet at the shared run, so kills also hit holders of its lock.
    const children = [0, 1].map(() => startAndKill(shared.folder, rng.int(LONGEST_DELAY_MS)))
    await shared.record('parent', ++writes)
    shared.event('parent', { n: writes })
    expect(await Promise.all(children)).toEqual(['SIGKILL', 'SIGKILL'])
    await shared.record('parent', ++writes)
    shared.event('parent', { n: writes })
  }

  const sharedRecord = readRun(shared.folder)
  expect(sharedRecord).toMatchObject({ status: 'running', parent: writes, child: { round: expect.any(Number) as number } })
  const own = readEvents(shared.folder).filter(({ type }) => type === 'parent')
  expect(own.map(({ n }) => n)).toEqual(Array.from({ length: writes }, (_, i) => i + 1))
  await shared.finish('ok')

  const listed = listRuns()
  const killed = listed.filter(({ status }) => status === 'interrupted')
  expect(listed.filter(({ status }) => status !== 'ok' && status !== 'interrupted')).toEqual([])
  expect(listed).toHaveLength(readdirSync(runs()).filter((name) => !name.startsWith('.')).length)
  expect(listed.length).toBeGreaterThan(KILLS)
  expect(killed.length).toBeGreaterThan(0)
  // One process has one unfinished run at most.
  expect(killed.length).toBeLessThanOrEqual(KILLS)

  for (const { folder, status, name } of listed) {
    if (name === 'shared') continue
    const record = readRun(folder)
    const sections = [0, 1, 2, 3, 4, 5].filter((n) => `section${n}` in record)
    const events = readEvents(folder)
    // What was written is there whole and in order; an event follows its section.
    expect(sections).toEqual(sections.map((_, i) => i))
    expect(events.map(({ n }) => n)).toEqual(events.map((_, i) => i))
    expect(events.every(({ text }) => (text as string).length === 20_000)).toBe(true)
    expect(sections.length - events.length).toBeOneOf(status === 'ok' ? [0] : [0, 1])
    if (status === 'ok') expect(sections).toHaveLength(6)
    const metrics = `${folder}/metrics.json`
    if (existsSync(metrics)) expect(JSON.parse(readFileSync(metrics, 'utf8'))).toHaveProperty('values.length', 500)
  }

  for (const { id, folder } of killed) {
    const before = readEvents(folder)
    const run = await Run.resume(id)
    run.event('resumed')
    await run.record('again', true)
    await run.finish('ok')
    expect(readRun(folder)).toMatchObject({ status: 'ok', again: true, resumedAt: [expect.any(String)] })
    expect(readEvents(folder).map(({ type }) => type)).toEqual([...before.map(({ type }) => type), 'resumed'])
  }
})
