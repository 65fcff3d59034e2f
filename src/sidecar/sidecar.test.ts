import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAlive, processIdentity } from '../core/index.js'
import { readInstalled } from '../native/installed.js'
import { Sidecar, SidecarArray } from './index.js'

const ready = existsSync(readInstalled()?.python.executable ?? '')
if (!ready) process.stderr.write('sidecar tests are skipped: no Python environment (npm run setup)\n')

let sidecar: Sidecar | undefined
afterEach(async () => {
  await sidecar?.close()
  sidecar = undefined
  vi.unstubAllEnvs()
})
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((error: unknown) => error)

describe('SidecarArray', () => {
  it('refuses NaN and a shape that does not fit', () => {
    expect(() => new SidecarArray(Float64Array.of(1, NaN))).toThrow(
      expect.objectContaining({ code: 'not-finite', received: 'NaN at position 1' }),
    )
    expect(() => new SidecarArray(Float64Array.of(1, 2, 3), [2, 2])).toThrow(expect.objectContaining({ code: 'bad-shape' }))
  })
})

describe('Sidecar without set-up', () => {
  it('names the cure', async () => {
    vi.stubEnv('BARLAB_CACHE', '/nonexistent')
    expect(await failure(Sidecar.open({ threads: 1 }))).toMatchObject({ code: 'no-python', help: 'npm run setup' })
  })
})

describe.skipIf(!ready)('Sidecar', () => {
  const separable = {
    x: new SidecarArray(Float64Array.of(-2, -1, 1, 2), [4, 1]),
    y: new SidecarArray(Float64Array.of(0, 0, 1, 1)),
    weight: null,
    c: 1,
    solver: 'lbfgs',
    max_iter: 100,
    tolerance: 1e-4,
    seed: 1,
  }

  it('sends and returns arrays, and leaves no file behind', async () => {
    // A temporary folder of its own: other tests open sidecars at the same time.
    const temporary = mkdtempSync(join(tmpdir(), 'sidecar-test-'))
    vi.stubEnv('TMPDIR', temporary)
    sidecar = await Sidecar.open({ threads: 1 })
    const result = (await sidecar.call('logistic.fit', separable)) as { coefficients: Float64Array; converged: boolean }
    expect(result.coefficients).toBeInstanceOf(Float64Array)
    expect(result.coefficients[0]).toBeGreaterThan(0.5)
    expect(result.converged).toBe(true)
    const [folder, ...more] = readdirSync(temporary)
    expect(folder).toMatch(/^barlab-sidecar-/)
    expect(more).toEqual([])
    expect(readdirSync(join(temporary, folder!))).toEqual([])
    await sidecar.close()
    await sidecar.close()
    expect(readdirSync(temporary)).toEqual([])
    rmdirSync(temporary)
    expect(await failure(sidecar.call('sidecar.ping', {}))).toMatchObject({ code: 'sidecar-closed' })
  })

  it('answers with what Python raised and goes on', async () => {
    sidecar = await Sidecar.open({ threads: 1 })
    expect(await failure(sidecar.call('logistic.fit', { ...separable, c: -1 }))).toMatchObject({
      code: 'sidecar-error',
      message: expect.stringMatching(/InvalidParameterError: The 'C' parameter/) as string,
    })
    expect(await failure(sidecar.call('nothing.here', {}))).toMatchObject({
      code: 'sidecar-error',
      message: expect.stringMatching(/no method/) as string,
    })
    expect(await failure(sidecar.call('logistic.fit', { ...separable, c: NaN }))).toMatchObject({ code: 'not-finite', received: 'c = NaN' })
    expect(await sidecar.call('sidecar.ping', {})).toMatchObject({ python: expect.stringMatching(/^3\./) as string })
  })

  it('starts again once when Python was killed, between calls and in a call', async () => {
    sidecar = await Sidecar.open({ threads: 1 })
    const { pid } = (await sidecar.call('sidecar.ping', {})) as { pid: number }
    process.kill(pid, 'SIGKILL')
    const answers = await Promise.all([sidecar.call('sidecar.ping', {}), sidecar.call('logistic.fit', separable)])
    expect((answers[0] as { pid: number }).pid).not.toBe(pid)
    expect(answers[1]).toHaveProperty('coefficients')
  })

  it('stops on abort and on timeout, and is usable afterwards', async () => {
    sidecar = await Sidecar.open({ threads: 1 })
    const { pid } = (await sidecar.call('sidecar.ping', {})) as { pid: number }
    const identity = processIdentity(pid)
    const stop = new AbortController()
    const work = failure(sidecar.call('logistic.fit', separable, { signal: stop.signal }))
    stop.abort()
    expect(await work).toMatchObject({ code: 'interrupted', exitCode: 75 })
    await expect.poll(() => isAlive(identity)).toBe(false)
    expect(await failure(sidecar.call('logistic.fit', separable, { timeoutMs: 1 }))).toMatchObject({ code: 'sidecar-timeout' })
    expect(await sidecar.call('logistic.fit', separable)).toHaveProperty('intercept')
  })
})
