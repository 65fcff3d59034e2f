import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { manualClock, sha256 } from '../../core/index.js'
import { xgboostLibraryPath } from '../../native/xgboost/index.js'
import type { FitInput, FitNotice, Model } from '../model.js'
import { BoostingCheckpoints } from './boosting-checkpoint.js'
import { PythonPeer } from './python-peer.fixture.js'
import { createXgboostModel, loadXgboostModel } from './xgboost.js'

const ready = xgboostLibraryPath() !== undefined
if (!ready) process.stderr.write('XGBoost tests are skipped: no Python environment (npm run setup)\n')

const cpu = { device: 'cpu', requireDevice: false } as const
const { X, y } = market(1500, 6)
const input: FitInput = { X, y, train: range(0, 900), validation: range(900, 1200), seed: 7, threads: 1 }
const params = { rounds: 80, learningRate: 0.2, minChildWeight: 3, patience: 10 }

let peer: PythonPeer
beforeEach(() => void (peer = new PythonPeer()))
afterEach(() => peer.close())

/** Of the bytes of the model that is saved. */
async function bytesOf(model: Model): Promise<string> {
  const folder = join(peer.folder, 'saved')
  await model.save(folder)
  const bytes = sha256(readFileSync(join(folder, 'model.ubj')))
  rmSync(folder, { recursive: true })
  return bytes
}

async function fitted(more: Partial<FitInput> = {}, of: Record<string, unknown> = params): Promise<Model> {
  const model = createXgboostModel(of, cpu)
  await model.fit({ ...input, ...more })
  return model
}

describe.skipIf(!ready)('an interrupted XGBoost fit', () => {
  const notices: FitNotice[] = []
  beforeEach(() => void notices.splice(0))
  const folder = (): string => join(peer.folder, 'checkpoints')
  const types = (): string[] => notices.map(({ type }) => type)
  const onNotice = (notice: FitNotice): number => notices.push(notice)
  const patient = { ...params, patience: 60, rounds: 60 }

  /** Fits until `stop` rounds are done in this call, then aborts. */
  async function abortAfter(model: Model, stop: number, more: Partial<FitInput> = {}): Promise<void> {
    const abort = new AbortController()
    let done = 0
    const work = model.fit({ ...input, ...more, signal: abort.signal, onProgress: () => ++done === stop && abort.abort() })
    await expect(work).rejects.toMatchObject({ code: 'interrupted' })
  }

  it('goes on at any round, once and again, to the bytes of one that was not', async () => {
    const whole = createXgboostModel(patient, cpu)
    const report = await whole.fit(input)
    const expected = await bytesOf(whole)
    const checkpoint = { folder: folder(), everyEpochs: Infinity }
    for (const stops of [[1], [2, 1], [7, 20, 13], [59]]) {
      for (const stop of stops) await abortAfter(createXgboostModel(patient, cpu), stop, { checkpoint, onNotice })
      const resumed = createXgboostModel(patient, cpu)
      let rounds = 0
      const again = await resumed.fit({ ...input, checkpoint, onNotice, onProgress: () => rounds++ })
      expect(rounds).toBe(60 - stops.reduce((a, b) => a + b))
      expect(again).toEqual(report)
      expect(await bytesOf(resumed)).toEqual(expected)
      rmSync(folder(), { recursive: true })
    }
    expect(types().filter((type) => type === 'checkpoint-resumed')).toHaveLength(7)
  })

  it('does so in a continued fit as well', async () => {
    const first = join(peer.folder, 'first')
    await (await fitted()).save(first)
    const more = { train: range(300, 1100), continues: true, sampleWeight: Float64Array.from(range(300, 1100), (row) => 1 + (row % 3)) }
    const whole = loadXgboostModel(first, cpu)
    await whole.fit({ ...input, ...more })
    const checkpoint = { folder: folder(), everyEpochs: 5 }
    await abortAfter(loadXgboostModel(first, cpu), 8, { ...more, checkpoint })
    const resumed = loadXgboostModel(first, cpu)
    await resumed.fit({ ...input, ...more, checkpoint, onNotice })
    expect(types()).toContain('checkpoint-resumed')
    expect(await bytesOf(resumed)).toEqual(await bytesOf(whole))
  })

  it('killed: begins at the checkpoint before, passes over a damaged one, and does not take that of another fit', async () => {
    const expected = await bytesOf(await fitted({}, patient))
    const checkpoint = { folder: folder(), everyEpochs: 10 }
    // As a kill leaves it: written every ten rounds, nothing at the end.
    const killed = createXgboostModel(patient, cpu).fit({
      ...input,
      checkpoint,
      onProgress: ({ step }) => {
        if (step === 37) throw new Error('killed')
      },
    })
    await expect(killed).rejects.toThrow('killed')
    const files = (): string[] => readdirSync(folder()).sort()
    expect(files().map((name) => name.slice(12))).toEqual(['-00000020.checkpoint', '-00000030.checkpoint'])
    truncateSync(join(folder(), files()[1]!), 400)
    const steps: number[] = []
    const resumed = createXgboostModel(patient, cpu)
    await resumed.fit({ ...input, checkpoint, onNotice, onProgress: ({ step }) => steps.push(step) })
    expect(types().slice(0, 2)).toEqual(['checkpoint-skipped', 'checkpoint-resumed'])
    expect(steps[0]).toBe(21)
    expect(await bytesOf(resumed)).toEqual(expected)
    notices.splice(0)
    await createXgboostModel(patient, cpu).fit({ ...input, seed: 8, checkpoint: { folder: folder(), everyEpochs: Infinity }, onNotice })
    expect(types()).toEqual([])
  })

  it('writes by rounds or minutes, keeps the newest two, and refuses settings that make no sense', () => {
    const clock = manualClock(0)
    const make = (more: object): BoostingCheckpoints =>
      new BoostingCheckpoints({ folder: folder(), ...more }, 'a'.repeat(64), onNotice, clock)
    expect([25, 26].map((rounds) => make({}).isDue(rounds))).toEqual([true, false])
    const byTime = make({ everyMinutes: 2, keepDays: 1 })
    expect(byTime.isDue(25)).toBe(false)
    clock.advance(120_000)
    expect(byTime.isDue(3)).toBe(true)
    const history = [{ step: 1, totalSteps: 9, trainLoss: 0.1 + 0.2 }]
    byTime.saveSync(history, () => Uint8Array.of(1, 10, 2))
    expect(byTime.isDue(3)).toBe(false)
    expect(make({}).latestSync()).toMatchObject({ history, model: Uint8Array.of(1, 10, 2) })
    clock.advance(2 * 86_400_000)
    byTime.saveSync([...history, ...history], () => Uint8Array.of(3))
    expect(readdirSync(folder())).toEqual(['aaaaaaaaaaaa-00000002.checkpoint'])
    for (const wrong of [{ everyEpochs: 0 }, { everyMinutes: 0 }, { keepDays: NaN }])
      expect(() => make(wrong)).toThrow(expect.objectContaining({ code: 'bad-checkpoint-option' }))
  })
})
