import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { loadConfig } from '../../config/index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { MemoryMonitor, type MemoryMonitorOptions } from '../../runtime/index.js'
import { checkpointFolder, fitCheckpointPlan, sweepCheckpoints } from './fit-checkpoints.js'
import { fitFolds, type FitFoldsOptions } from './fit-folds.js'
import type { FitEvent, FoldFit } from './fit-options.js'
import { FitMemory } from './fit-memory.js'

const native = nativeTestsMissing() === undefined

const GIB = 2 ** 30
/** So many that a stop asked for after the second one always falls before the last. */
const EPOCHS = 25
const { X, y } = market(700, 4)
const base: Omit<FitFoldsOptions, 'runFolder'> = {
  ...{ X, y, seed: 5, threadsPerFit: 1, workers: 1, device: 'cpu', requireDevice: false },
  folds: [{ index: 0, train: range(20, 400), validation: range(400, 500), test: range(500, 650), embargoMs: 0, purged: 0, embargoed: 0 }],
  models: [
    { name: 'lstm', spec: { kind: 'lstm', params: { lookbackBars: 8, units: 12, epochs: EPOCHS, batchSize: 32, patience: EPOCHS } } },
  ],
  checkpoints: { everyEpochs: 1 },
}
const weightsOf = ([fit]: readonly FoldFit[]): string => readFileSync(join(fit!.folder, 'model/weights.bin'), 'hex')

describe.skipIf(!native)('a fit of many steps', () => {
  const root = mkdtempSync(join(tmpdir(), 'fit-resume-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  let whole: FoldFit[]
  beforeAll(async () => void (whole = await fitFolds({ ...base, runFolder: join(root, 'whole') })))

  /** A monitor whose host memory is set by hand. */
  function watched(): { memory: FitMemory; use: (share: number) => void } {
    let used = 1
    let monitor: MemoryMonitor
    const start = (options?: MemoryMonitorOptions): MemoryMonitor => {
      const host = () => ({
        ...{ processes: [], usedBytes: used * GIB, residentBytes: used * GIB, limitBytes: 10 * GIB, limitedBy: 'machine' as const },
        ...{ limits: { machine: 10 * GIB }, freeBytes: (10 - used) * GIB },
      })
      return (monitor = MemoryMonitor.start({ ...options, sampler: { host, cpu: () => 0, gpus: () => Promise.resolve(undefined) } }))
    }
    const memory = FitMemory.start({ config: loadConfig(), gpu: false, onEvent: () => undefined, start })
    return {
      memory,
      use(share) {
        used = 10 * share
        monitor.sample()
      },
    }
  }

  it('goes on from its checkpoint when the call is repeated, to the same bytes, and leaves none behind', async () => {
    const runFolder = join(root, 'interrupted')
    const stop = new AbortController()
    const stopped = fitFolds({
      ...base,
      runFolder,
      signal: stop.signal,
      onEvent: (event) => event.type === 'fit-progress' && event.progress.step === 2 && stop.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted', exitCode: 75 })
    expect(existsSync(join(runFolder, 'checkpoints'))).toBe(true)
    const events: FitEvent[] = []
    const fits = await fitFolds({ ...base, runFolder, onEvent: (event) => events.push(event) })
    const resumed = events
      .flatMap((event) => (event.type === 'fit-notice' ? [event.notice] : []))
      .find(({ type }) => type === 'checkpoint-resumed')
    expect(resumed).toBeDefined()
    const steps = events.flatMap((event) => (event.type === 'fit-progress' ? [event.progress.step] : []))
    expect(steps[0]).toBeGreaterThan(1)
    expect(steps.at(-1)).toBe(EPOCHS)
    expect(weightsOf(fits)).toBe(weightsOf(whole))
    expect(fits[0]!.report).toEqual(whole[0]!.report)
    expect(existsSync(join(runFolder, 'checkpoints'))).toBe(false)
  })

  it('goes on in smaller parts when memory gets short, and tells it', async () => {
    const { memory, use } = watched()
    use(0.92)
    const events: FitEvent[] = []
    const fits = await fitFolds({
      ...base,
      runFolder: join(root, 'short'),
      memory,
      onEvent: (event) => events.push(event),
    })
    memory.close()
    const notice = events.flatMap((event) => (event.type === 'fit-notice' && event.notice.type === 'memory-shrink' ? [event.notice] : []))
    expect(notice).toMatchObject([{ microBatch: 16, because: 'level' }])
    expect(fits[0]!.report.warnings).toEqual([
      expect.stringMatching(/^Memory was short: from epoch 1 on, batches of 32 were computed in parts, down to 16/),
    ])
    expect(fits[0]!.report.history).toHaveLength(EPOCHS)
  })

  it('stops before memory runs out and goes on from there', async () => {
    const runFolder = join(root, 'full')
    const { memory, use } = watched()
    const stopped = fitFolds({
      ...base,
      runFolder,
      memory,
      onEvent: (event) => event.type === 'fit-progress' && event.progress.step === 2 && use(0.97),
    })
    await expect(stopped).rejects.toMatchObject({
      code: 'memory-limit',
      exitCode: 75,
      received: expect.stringContaining('9.70 GiB of 10.0 GiB') as string,
    })
    memory.close()
    expect(memory.summary().host.peakBytes).toBe(9.7 * GIB)
    expect(weightsOf(await fitFolds({ ...base, runFolder }))).toBe(weightsOf(whole))
  })

  it('counts rows by their sample weights', async () => {
    const runFolder = join(root, 'weighted')
    const sampleWeight = Float64Array.from(y, (_, row) => (row < 200 ? 0.1 : 1))
    const [weighted] = await fitFolds({ ...base, runFolder, sampleWeight })
    expect(weighted!.proba).not.toEqual(whole[0]!.proba)
    const [alike] = await fitFolds({ ...base, runFolder, sampleWeight: new Float64Array(X.rows).fill(1) })
    expect(alike!.proba).toEqual(whole[0]!.proba)
    const holed = sampleWeight.slice()
    holed[30] = NaN
    await expect(fitFolds({ ...base, runFolder, sampleWeight: holed })).rejects.toMatchObject({
      code: 'bad-weight',
      received: 'weight NaN of training row 30',
    })
    await expect(fitFolds({ ...base, runFolder, sampleWeight: new Float64Array(3) })).rejects.toMatchObject({ code: 'bad-weight' })
  })
})

describe('checkpoints of fits', () => {
  const plan = (checkpoints: object): unknown => {
    const config = loadConfig()
    return fitCheckpointPlan({ training: { ...config.training, checkpoints: { ...config.training.checkpoints, ...checkpoints } } })
  }
  it('are written as the configuration says', () => {
    expect(plan({})).toEqual({ everyEpochs: Infinity, everyMinutes: 5, keepDays: 7 })
    expect(plan({ frequency: '10 epochs', retention_days: 0 })).toEqual({ everyEpochs: 10 })
    expect(plan({ frequency: '15 minutes' })).toEqual({ everyEpochs: Infinity, everyMinutes: 15, keepDays: 7 })
    expect(plan({ enabled: false })).toBeUndefined()
  })

  it('go when they are old and nobody would go on from them', () => {
    const run = mkdtempSync(join(tmpdir(), 'fit-checkpoints-'))
    for (const [key, days] of [
      ['wanted', 30],
      ['old', 8],
      ['new', 1],
    ] as const) {
      mkdirSync(checkpointFolder(run, key), { recursive: true })
      writeFileSync(join(checkpointFolder(run, key), 'x'), '')
      const then = Date.now() / 1000 - days * 86_400
      utimesSync(checkpointFolder(run, key), then, then)
    }
    sweepCheckpoints(run, new Set(['wanted']), 7)
    expect(['wanted', 'old', 'new'].map((key) => existsSync(checkpointFolder(run, key)))).toEqual([true, false, true])
    rmSync(run, { recursive: true })
  })
})
