import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LabError } from '../core/index.js'
import { parseSearchSpace } from './search-space.js'
import { content, hasPython, loss, runFormula, studyOptions, studyPlace } from './study.fixture.js'
import { runStudy } from './run-study.js'
import { Study } from './study.js'
import { bestTrial } from './study-trial.js'

if (!hasPython) process.stderr.write('study tests are skipped: no Python environment (npm run setup)\n')
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((error: unknown) => error)

describe.skipIf(!hasPython)('a study', () => {
  let place: ReturnType<typeof studyPlace>
  beforeEach(() => void (place = studyPlace()))
  afterEach(() => place.remove())
  const named = (name: string) => studyOptions(place.storage, { name })
  const late = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  it('is decided by seed and batch: 1, 2 and 4 workers give the same trials, another seed others, and it finds the place', async () => {
    const one = await runFormula(named('one'), { trials: 12 })
    expect(one.map(({ number, index }) => [number, index])).toEqual(one.map((_, i) => [i, i]))
    expect(new Set(one.map(({ params }) => JSON.stringify(params))).size).toBe(12)
    for (const workers of [2, 4]) {
      // The later a trial was asked for, the sooner it answers.
      const evaluate = async (trial: Parameters<typeof loss>[0] & { number: number }, step: number) => {
        await late(3 * (4 - (trial.number % 4)))
        return loss(trial, step)
      }
      expect(content(await runFormula(named(`many-${workers}`), { trials: 12, workers, evaluate }))).toEqual(content(one))
    }
    const other = await runFormula(studyOptions(place.storage, { name: 'other', seed: 8 }), { trials: 4 })
    expect(other[0]!.params).not.toEqual(one[0]!.params)
    const best = bestTrial(one, 'minimize')!
    expect(best.value).toBe(Math.min(...one.flatMap(({ state, value }) => (state === 'complete' ? [value!] : []))))
    expect(best.value).toBeLessThan(one[0]!.value!)
  })

  it.each(['cmaes', 'random'] as const)('with %s is the same for any number of workers', async (sampler) => {
    const of = (name: string) => studyOptions(place.storage, { name, sampler, pruner: 'successive_halving' })
    const one = await runFormula(of('one'), { trials: 8 })
    expect(content(await runFormula(of('two'), { trials: 8, workers: 3 }))).toEqual(content(one))
    expect(one.some(({ state }) => state === 'pruned')).toBe(true)
  })

  it('goes through a grid once, also in two calls, and ends there', async () => {
    const grid = parseSearchSpace({ ...{ a: { kind: 'int', low: 1, high: 3 }, b: { kind: 'categorical', choices: [true, 'x'] } } })
    const of = studyOptions(place.storage, { space: grid, sampler: 'grid', pruner: 'none', steps: 1 })
    const run = { batch: 2, evaluate: ({ params }: { params: object }) => Promise.resolve(JSON.stringify(params).length) }
    await runFormula(of, { ...run, trials: 3 })
    const trials = await runFormula(of, { ...run, trials: 100 })
    expect(trials.map(({ params }) => JSON.stringify(params)).sort()).toEqual(
      [1, 2, 3].flatMap((a) => [true, 'x'].map((b) => JSON.stringify({ a, b }))).sort(),
    )
  })

  it('stops bad trials early, says what matters, and counts steps', async () => {
    const trials = await runFormula(studyOptions(place.storage, { pruner: 'hyperband', steps: 4 }), { trials: 12 })
    const pruned = trials.filter(({ state }) => state === 'pruned')
    expect(pruned.length).toBeGreaterThan(1)
    for (const { steps, value } of pruned) expect(value).toBe(steps.at(-1)![1])
    const study = await Study.open(studyOptions(place.storage, { pruner: 'hyperband', steps: 4 }))
    const importance = await study.importance()
    await study.close()
    expect(Object.values(importance).reduce((a, b) => a + b, 0)).toBeCloseTo(1)
    expect(Object.keys(importance).sort()).toEqual(['depth', 'kind', 'rate', 'x'])
  })

  it('records trials that fail, and ends after too many in a row', async () => {
    const fails =
      (wrong: (trial: { number: number }) => boolean) => (trial: Parameters<typeof loss>[0] & { number: number }, step: number) =>
        wrong(trial)
          ? Promise.reject(new LabError('trial-failed', `no fit in ${step}`))
          : Promise.resolve(trial.number === 2 ? NaN : loss(trial, step))
    const some = await runFormula(named('some'), { trials: 6, evaluate: fails(({ number }) => number === 5) })
    expect(some.map(({ state }) => state === 'failed')).toEqual([0, 1, 2, 3, 4, 5].map((n) => n === 2 || n === 5))
    expect([some[2]!.error, some[5]!.error]).toEqual(['the metric is not defined in step 1', 'no fit in 1'])
    const all = runFormula(named('all'), { trials: 50, evaluate: fails(() => true), maxFailuresInRow: 3 })
    expect(await failure(all)).toMatchObject({ code: 'too-many-failures', received: 'no fit in 1' })
    // The study is whole: it goes on when the cause is mended.
    const mended = await runFormula(named('all'), { trials: 5 })
    expect(mended.map(({ state }) => state === 'failed')).toEqual([true, true, true, false, false])
  })

  it('lets go of its trials when it is stopped, and ends later as it would have', async () => {
    const whole = await runFormula(named('whole'))
    const stop = new AbortController()
    const stopped = runFormula(named('stopped'), {
      signal: stop.signal,
      evaluate: (trial, step) => {
        if (trial.number === 6 && step === 2) stop.abort()
        return Promise.resolve(loss(trial, step))
      },
    })
    expect(await failure(stopped)).toMatchObject({ code: 'interrupted', exitCode: 75 })
    // Not the bug in the program either: what it throws is thrown, and the trials are let go of.
    const broken = runFormula(named('stopped'), { evaluate: () => Promise.reject(new TypeError('a bug')) })
    expect(await failure(broken)).toBeInstanceOf(TypeError)
    expect(content(await runFormula(named('stopped')))).toEqual(content(whole))
  })

  it('goes on when Python dies, without a lost or doubled trial', async () => {
    const whole = await runFormula(named('whole'))
    const study = await Study.open(named('killed'))
    let kills = 0
    await runStudy({
      ...{ study, trials: 8, steps: 2, batch: 4, workers: 2 },
      evaluate: (trial, step) => {
        if (step === 2 && trial.number % 4 === 0) {
          killPython()
          kills++
        }
        return Promise.resolve(loss(trial, step))
      },
    })
    const trials = await study.trials()
    await study.close()
    expect(kills).toBe(2)
    expect(content(trials)).toEqual(content(whole))
  })

  it('draws a trial once, wherever in the call Python dies', async () => {
    const ask = async (name: string, delays: readonly number[]) => {
      const study = await Study.open(named(name))
      const asked = []
      for (const delay of delays) {
        await study.trials()
        const asking = study.ask(10)
        if (delay >= 0) await late(delay).then(killPython)
        asked.push(await asking)
      }
      expect(await study.trials()).toEqual(asked)
      await study.close()
      return asked.map((trial) => [trial!.number, trial!.state, trial!.params])
    }
    const whole = await ask('whole', [-1, -1, -1, -1])
    expect(whole.map(([number, state]) => [number, state])).toEqual([0, 1, 2, 3].map((number) => [number, 'running']))
    expect(await ask('killed', [0, 10, 25, 60])).toEqual(whole)
  })

  it('refuses other settings, another direction and a database that is not there', async () => {
    await runFormula(named('mine'), { trials: 1 })
    const other = await failure(Study.open(studyOptions(place.storage, { name: 'mine', seed: 8, facts: { data: 'x' } })))
    expect(other).toMatchObject({ code: 'study-differs', received: 'data "x", seed 8', expected: 'data "formula", seed 7' })
    expect(await failure(Study.open(studyOptions(place.storage, { name: 'mine', direction: 'maximize' })))).toMatchObject({
      code: 'study-direction',
      received: 'mine: minimize',
    })
    expect(await failure(Study.open(studyOptions('sqlite:////nowhere/at/all.db')))).toMatchObject({
      code: 'no-database',
      received: '/nowhere/at/all.db',
    })
    const away = studyOptions('postgresql://someone:secret@127.0.0.1:1/nothing')
    const error = (await failure(Study.open(away))) as LabError
    expect(error).toMatchObject({ code: 'no-database', received: expect.stringContaining('someone:***@127.0.0.1:1/nothing') as string })
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('secret')
  })
})

/** Kills the sidecars of this process. */
function killPython(): void {
  const pids = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')
  for (const pid of pids) if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sidecar.py')) process.kill(Number(pid), 'SIGKILL')
}
