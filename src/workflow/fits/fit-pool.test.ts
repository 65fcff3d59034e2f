import { describe, expect, it } from 'vitest'
import type { FitJob } from './fit-job.js'
import { runFitJobs, takeJob, type FitPoolOptions } from './fit-pool.js'

describe('takeJob', () => {
  it('keeps a worker on its kind, gives others another, and lets all help at the end', () => {
    const queue = ['lstm', 'lstm', 'lstm', 'lightgbm', 'lightgbm', 'logistic'].map((kind, i) => ({ spec: { kind }, i }))
    const anyones = new Set<string>()
    const [first, second] = [new Set<string>(), new Set<string>()]
    const take = (mine: Set<string>) => takeJob(queue, mine, anyones)?.i
    expect([take(first), take(second), take(second), take(first), take(second), take(second), take(first)]).toEqual([
      0,
      3,
      4,
      1,
      5,
      2,
      undefined,
    ])
  })
})

describe('runFitJobs', () => {
  const job = (fold: number): FitJob => ({
    ...{
      key: `${fold}`,
      problem: 0,
      fold,
      model: 'lstm',
      spec: { kind: 'lstm', params: {} },
      seed: 1,
      threads: 1,
      device: 'cpu',
      requireDevice: false,
    },
    ...{ train: new Int32Array(0), validation: new Int32Array(0), test: new Int32Array(0), folder: '', inputs: '', workFolder: '' },
  })
  const options = (log: string[], more: Partial<FitPoolOptions> = {}): FitPoolOptions => ({
    workers: 2,
    entry: 'test/fixtures/short-of-memory-worker.ts',
    onWorker: () => undefined,
    onStart: () => undefined,
    onMessage: ({ fold }, message) => log.push(`${fold} ${JSON.stringify(message)}`),
    onDone: ({ fold }) => log.push(`${fold} done`),
    onRetry: ({ fold }, { by, message }) => log.push(`${fold} ${by}: ${message}`),
    describeFailure: (_, error) => error,
    ...more,
  })

  it('tries a fit whose worker died for want of memory once more, in smaller parts', async () => {
    const log: string[] = []
    await runFitJobs([job(0), job(1), job(2)], options(log))
    const dead = "native: terminate called after throwing an instance of 'std::bad_alloc'"
    const [small, whole] = [2, 1].map((step) => JSON.stringify({ progress: { step, totalSteps: 2 } }))
    expect([...log].sort()).toEqual(
      [`0 ${dead}`, '0 done', `0 ${small}`, `1 ${dead}`, '1 done', `1 ${small}`, '2 done', `2 ${whole}`].sort(),
    )
  })

  it('fails where that is in vain, and takes no other death for want of memory', async () => {
    const log: string[] = []
    const again = { ...job(1), shortOfMemory: false }
    const entry = 'test/fixtures/dying-worker.ts'
    await expect(runFitJobs([again], options(log, { entry }))).rejects.toMatchObject({ code: 'child-crashed' })
    expect(log).toEqual([expect.stringMatching(/^1 native: .*bad_alloc/)])
    await expect(runFitJobs([job(7)], options(log, { entry }))).rejects.toMatchObject({
      code: 'child-crashed',
      received: expect.stringContaining('exit code 3') as string,
    })
    expect(log).toHaveLength(1)
  })
})
