import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { isAlive, isLabError, processIdentity, projectPath, projectRoot } from '../core/index.js'
import { Child, runChild } from './child.js'

const entry = 'test/fixtures/child-entry.ts'
const open: Child[] = []
const start = (graceMs?: number): Child => {
  const child = Child.start({ entry, env: { LAB_TEST: 'set' }, ...(graceMs !== undefined && { graceMs }) })
  open.push(child)
  return child
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((child) => child.close()))
})
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((error: unknown) => error)

describe('Child', () => {
  it('takes job after job in one process and passes typed arrays and NaN', async () => {
    const child = start()
    const messages: unknown[] = []
    const value = Float64Array.of(1, NaN, 3)
    const first = (await child.call({ do: 'echo', value }, { onMessage: (m) => messages.push(m) })) as { value: unknown; pid: number }
    const second = (await child.call({ do: 'echo', value: 2 })) as { pid: number }
    expect(first.value).toEqual(value)
    expect(messages).toEqual([{ half: value }])
    expect(second.pid).toBe(first.pid)
    expect(await child.call({ do: 'env', value: 'LAB_TEST' })).toBe('set')
    expect(await child.call({ do: 'env', value: 'BARLAB_ROOT' })).toBe(projectRoot())
  })

  it("passes on a job's error with its cause, and stays usable", async () => {
    const child = start()
    const error = await failure(child.call({ do: 'fail' }))
    expect(error).toMatchObject({ code: 'bad-thing', message: 'It went wrong.', received: 'x' })
    expect((error as Error).cause).toMatchObject({ message: 'the reason' })
    const other = await failure(child.call({ do: 'throw' }))
    expect(other).toMatchObject({ code: 'unexpected', message: 'not a lab error' })
    expect(child.alive).toBe(true)
    expect(await child.call({ do: 'env', value: 'LAB_TEST' })).toBe('set')
  })

  it('says how a child died and what it wrote last', async () => {
    const error = await failure(start().call({ do: 'exit' }))
    expect(error).toMatchObject({ code: 'child-crashed', received: `${entry}: exit code 3`, cause: 'last words' })
    const killed = await failure(start().call({ do: 'kill' }))
    expect(killed).toMatchObject({ code: 'child-crashed', received: `${entry}: signal SIGKILL` })
    expect((killed as { help: string }).help).toMatch(/fewer workers/)
  })

  it('stops a job on abort, by force where the job does not listen', async () => {
    for (const order of ['wait', 'hang']) {
      const child = start(100)
      const stop = new AbortController()
      const error = await failure(child.call({ do: order }, { signal: stop.signal, onMessage: () => stop.abort() }))
      expect(error).toMatchObject({ code: 'interrupted', exitCode: 75 })
      expect(child.alive).toBe(false)
    }
  })

  it('stops a job that takes too long', async () => {
    const error = await failure(runChild({ entry, input: { do: 'hang' }, timeoutMs: 50, graceMs: 50 }))
    expect(isLabError(error) && error.code).toBe('child-timeout')
  })

  it('refuses a second job at a time and any after close; close can be called twice', async () => {
    const child = start()
    const first = child.call({ do: 'echo', value: 1 })
    expect(await failure(child.call({ do: 'echo' }))).toMatchObject({ code: 'child-busy' })
    await first
    await child.close()
    await child.close()
    expect(await failure(child.call({ do: 'echo' }))).toMatchObject({ code: 'child-busy' })
  })

  it('names an entry that is not there', async () => {
    const error = await failure(runChild({ entry: 'test/fixtures/nowhere.ts', input: {} }))
    expect(error).toMatchObject({ code: 'child-crashed' })
    expect(String((error as Error).cause)).toMatch(/nowhere\.ts/)
  })

  it('ends when its parent is killed', async () => {
    const loader = pathToFileURL(createRequire(projectPath('package.json')).resolve('tsx')).href
    const script = `
      import { Child } from ${JSON.stringify(projectPath('src/runtime/child.ts'))}
      const child = Child.start({ entry: ${JSON.stringify(entry)} })
      child.call({ do: 'wait' }, { onMessage: () => console.log(child.pid) })`
    const parent = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, BARLAB_ROOT: projectRoot() },
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const identity = processIdentity(Number(line.toString()))
    expect(isAlive(identity)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(identity), { timeout: 10_000 }).toBe(false)
  })
})
