import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRng, manualClock, sha256, stableJson } from '../../core/index.js'
import { requireTfjs, type Tfjs } from '../../native/tensorflow/index.js'
import {
  readWeights,
  train,
  type CheckpointEvent,
  type CheckpointOptions,
  type LabelledSequences,
  type Network,
  type TrainOptions,
  type TrainResult,
  withoutSamples,
} from '../index.js'
import { denseNetwork, problem, withNetwork } from '../training-problem.fixture.js'

const OPTIONS: TrainOptions = { epochs: 5, batchSize: 16, learningRate: 0.05, gradientClip: 0.5, patience: 5, minDelta: 0, seed: 1 }
const BATCHES = 7

const root = mkdtempSync(join(tmpdir(), 'barlab-checkpoint-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folder = ''
let folders = 0
beforeEach(() => {
  folder = join(root, String(folders++))
})

const weighted = (data: LabelledSequences): LabelledSequences => ({ ...data, weight: data.target.map((_, i) => 0.1 + (i % 5)) })
const TRAIN = weighted(problem(1, 100, 1))
const VALIDATION = problem(2, 40, 1)

describe('checkpoints', () => {
  let tf: Tfjs

  beforeAll(async () => {
    tf = requireTfjs()
    tf.enableProdMode()
    await tf.setBackend('cpu')
  })

  interface Outcome {
    readonly hash: string
    readonly result: TrainResult
    readonly forwards: number
  }

  /** @param stopBefore aborts at this training batch (of this call), as a signal would */
  async function run(more: Partial<TrainOptions>, stopBefore = Infinity, data = TRAIN, networkSeed = 3): Promise<Outcome> {
    const stop = new AbortController()
    let forwards = 0
    const inner = denseNetwork(tf, networkSeed, 0.3)
    const network: Network = {
      ...inner,
      logits(x, step) {
        if (step !== undefined && ++forwards === stopBefore) stop.abort()
        return inner.logits(x, step)
      },
    }
    return withNetwork(network, async () => {
      const result = await train(tf, network, data, VALIDATION, { ...OPTIONS, ...more, signal: stop.signal })
      const hash = sha256(...readWeights(network).map(({ values }) => values), stableJson(result.epochs))
      return { hash, result, forwards }
    })
  }
  const checkpoint = (more: Partial<CheckpointOptions> = {}): { checkpoint: CheckpointOptions } => ({ checkpoint: { folder, ...more } })
  const names = (): string[] =>
    readdirSync(folder)
      .filter((name) => !name.endsWith('.lock'))
      .sort()

  const VARIANTS: Partial<TrainOptions>[] = [
    {},
    { optimizer: { kind: 'adamw', weightDecay: 0.05 }, schedule: { kind: 'cosine', warmUpEpochs: 1 } },
    { optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true }, schedule: { kind: 'adaptive' }, patience: 1, minDelta: 0.01 },
    { schedule: { kind: 'plateau', factor: 0.3, patience: 1 }, classWeights: 'balanced', gradientClipValue: 0.05 },
    { schedule: { kind: 'exponential', decay: 0.8 }, gradientClip: Infinity },
  ]

  it('resume to the same bytes wherever the training was stopped, as often as it was', async () => {
    const whole = await Promise.all(VARIANTS.map((options) => run(options)))
    expect(new Set(whole.map(({ hash }) => hash)).size).toBe(VARIANTS.length)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(VARIANTS.length - 1),
        fc.array(fc.integer({ min: 1, max: 3 * BATCHES }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 2, Infinity),
        async (variant, stops, everyEpochs) => {
          folder = join(root, `property-${folders++}`)
          const options = { ...VARIANTS[variant], ...checkpoint({ everyEpochs }) }
          let forwards = 0
          for (const stop of stops) {
            const interrupted = await run(options, stop).then(
              () => false,
              (error: unknown) => (error as { code: string }).code === 'interrupted',
            )
            if (!interrupted) break
            forwards += stop
          }
          const last = await run(options)
          expect(last.hash).toBe(whole[variant]!.hash)
          expect(last.result).toEqual(whole[variant]!.result)
          // Nothing was done twice: each stop is written at once.
          expect(forwards + last.forwards).toBeLessThanOrEqual(whole[variant]!.forwards)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('resume an epoch whose evaluation was still to come, and a training that had ended', async () => {
    const whole = await run({})
    await expect(run(checkpoint(), BATCHES)).rejects.toMatchObject({ code: 'interrupted' })
    // Aborted during the last batch of an epoch: seen before the first of the next.
    expect(names().at(-1)).toMatch(/-000002-00000000$/)
    expect((await run(checkpoint())).hash).toBe(whole.hash)
    const again = await run(checkpoint())
    expect(again).toMatchObject({ hash: whole.hash, forwards: 0, result: whole.result })
  })

  it('resume between the last batch and the evaluation', async () => {
    const clock = manualClock(0)
    let writes = 0
    const at = { ...OPTIONS, clock, ...checkpoint({ everyEpochs: Infinity, everyMinutes: 1, keep: 100 }) }
    const inner = denseNetwork(tf, 3, 0.3)
    const network: Network = {
      ...inner,
      logits(x, step) {
        if (step === BATCHES - 1) clock.advance(60_000)
        if (step === undefined && writes++ === 0) throw new Error('killed in the evaluation')
        return inner.logits(x, step)
      },
    }
    await withNetwork(network, () => expect(train(tf, network, TRAIN, VALIDATION, at)).rejects.toThrow('killed'))
    expect(names()).toEqual([expect.stringMatching(/-000001-00000007$/)])
    expect((await run(checkpoint())).hash).toBe((await run({})).hash)
  })

  const events: CheckpointEvent[] = []
  const onEvent = (event: CheckpointEvent): number => events.push(event)
  const skipped = (): string[] => events.flatMap((event) => (event.type === 'checkpoint-skipped' ? [event.reason] : []))
  beforeEach(() => void events.splice(0))

  it.each([
    ['arrays cut short', (path: string) => truncateSync(join(path, 'arrays.bin'), 40), /checksum of its 40 bytes of arrays/],
    ['no arrays', (path: string) => rmSync(join(path, 'arrays.bin')), /cannot be read: ENOENT/],
    ['a manifest cut short', (path: string) => truncateSync(join(path, 'manifest.json'), 200), /not JSON/],
    ['an empty manifest', (path: string) => truncateSync(join(path, 'manifest.json'), 0), /not JSON/],
    ['no manifest', (path: string) => rmSync(join(path, 'manifest.json')), /cannot be read/],
    [
      'a bit of the arrays turned',
      (path: string) => {
        const bytes = readFileSync(join(path, 'arrays.bin'))
        bytes[100]! ^= 1
        writeFileSync(join(path, 'arrays.bin'), bytes)
      },
      /checksum of its \d+ bytes/,
    ],
    [
      'a number of the manifest changed',
      (path: string) => {
        const text = readFileSync(join(path, 'manifest.json'), 'utf8')
        writeFileSync(join(path, 'manifest.json'), text.replace(/"lossSum": [\d.]+/, '"lossSum": 1'))
      },
      /checksum of its manifest/,
    ],
  ])('pass over one with %s, say so, and go on from the one before', async (_, damage, reason) => {
    const whole = await run({})
    await expect(run(checkpoint(), 2 * BATCHES + 3)).rejects.toMatchObject({ code: 'interrupted' })
    expect(names()).toHaveLength(2)
    damage(join(folder, names().at(-1)!))
    const resumed = await run(checkpoint({ onEvent }))
    expect(skipped()).toEqual([expect.stringMatching(reason)])
    expect(events.find(({ type }) => type === 'checkpoint-resumed')).toMatchObject({ epoch: 3, batch: 0 })
    expect(resumed.hash).toBe(whole.hash)
    expect(resumed.forwards).toBe(3 * BATCHES)
  })

  it('start anew where none is whole, and remove what a kill amid a write left, nothing else', async () => {
    const whole = await run({})
    await run(checkpoint(), 3).catch(() => undefined)
    for (const name of names()) renameSync(join(folder, name), join(folder, `${name}.tmp`))
    writeFileSync(join(folder, 'of-others.tmp'), '')
    expect((await run(checkpoint({ onEvent }))).hash).toBe(whole.hash)
    expect(events[0]).toMatchObject({ type: 'checkpoint-saved', epoch: 2 })
    expect(names().filter((name) => name.endsWith('.tmp'))).toEqual(['of-others.tmp'])
  })

  it('of other options, data, weights or environment are passed over, named and left alone', async () => {
    const environment = { tensorflow: '2.21.0', path: 'fused-cpu' }
    await run(checkpoint({ environment }), 10).catch(() => undefined)
    const before = names()
    const flipped = { ...TRAIN, target: TRAIN.target.map((value, i) => (i === 0 ? 1 - value : value)) }
    const cases: [RegExp, () => Promise<Outcome>][] = [
      [/other options$/, () => run({ learningRate: 0.01, ...checkpoint({ environment, onEvent }) })],
      [/other options$/, () => run({ epochs: 6, ...checkpoint({ environment, onEvent }) })],
      [/other data$/, () => run(checkpoint({ environment, onEvent }), Infinity, flipped)],
      [/other network or initial weights$/, () => run(checkpoint({ environment, onEvent }), Infinity, TRAIN, 4)],
      [
        /path fused-cpu instead of stock, threads undefined instead of 2$/,
        () => run(checkpoint({ environment: { ...environment, path: 'stock', threads: 2 }, onEvent })),
      ],
    ]
    for (const [reason, other] of cases) {
      events.splice(0)
      expect((await other()).forwards % BATCHES).toBe(0)
      expect(skipped().at(-1)).toMatch(reason)
      expect(names()).toEqual(expect.arrayContaining(before))
    }
    events.splice(0)
    await run(checkpoint({ environment, onEvent }))
    expect(events[0]).toMatchObject({ type: 'checkpoint-resumed', epoch: 2, batch: 3 })
  })

  it('are written every so many epochs and minutes; the newest few stay', async () => {
    await run(checkpoint({ everyEpochs: 2, keep: 10 }))
    expect(names().map((name) => name.slice(13))).toEqual(['000003-00000000', '000005-00000000', '000006-00000000'])
    folder = join(root, 'minutes')
    const clock = manualClock(0)
    await run({
      clock,
      onEpoch: ({ epoch }) => epoch === 2 && clock.advance(60_000),
      ...checkpoint({ everyMinutes: 1, everyEpochs: 9, keep: 9 }),
    })
    expect(names().map((name) => name.slice(13))).toEqual(['000003-00000001', '000006-00000000'])
    folder = join(root, 'kept')
    await run(checkpoint({ keep: 3 }))
    expect(names().map((name) => name.slice(13, 19))).toEqual(['000004', '000005', '000006'])
    folder = join(root, 'days')
    const days = manualClock(0)
    await run({ clock: days, onEpoch: () => days.advance(86_400_000), ...checkpoint({ keep: 9, keepDays: 2 }) })
    expect(names().map((name) => name.slice(13, 19))).toEqual(['000004', '000005', '000006'])
  })

  it('of two trainings share a folder, one after the other but not at once', async () => {
    const [a, b] = await Promise.all([run({}), run({ seed: 2 })])
    await run({ seed: 1, ...checkpoint() }, 20).catch(() => undefined)
    await run({ seed: 2, ...checkpoint() }, 10).catch(() => undefined)
    const [first, second] = await Promise.all([run({ seed: 1, ...checkpoint() }), run({ seed: 2, ...checkpoint() })])
    expect([first.hash, second.hash]).toEqual([a.hash, b.hash])
    expect(first.forwards + second.forwards).toBe(a.forwards + b.forwards - 30)
    expect(existsSync(join(folder, 'training.lock'))).toBe(false)
  })

  it('that cannot be written stop the training with a clear word', async () => {
    await run(checkpoint(), 3).catch(() => undefined)
    const file = join(root, 'a-file')
    writeFileSync(file, '')
    for (const at of [file, join(file, 'below')])
      await expect(run({ checkpoint: { folder: at } })).rejects.toMatchObject({ code: 'bad-checkpoint-option' })
    if (process.getuid?.() === 0) return
    chmodSync(folder, 0o500)
    await expect(run(checkpoint())).rejects.toMatchObject({ code: 'not-writable' })
    chmodSync(folder, 0o700)
  })

  it('that cannot be written when the training is interrupted are told, and the one before it stays', async () => {
    const whole = await run(checkpoint({ keep: 9 }))
    const third = names().find((name) => name.endsWith('000003-00000000'))!
    rmSync(folder, { recursive: true })
    // A file where the third one's folder is to be made.
    const onEpoch = ({ epoch }: { readonly epoch: number }): void => void (epoch === 2 && writeFileSync(join(folder, `${third}.tmp`), ''))
    const blocked = run({ ...checkpoint({ onEvent, everyEpochs: Infinity, everyMinutes: Infinity }), onEpoch }, 2 * BATCHES)
    await expect(blocked).rejects.toMatchObject({ code: 'interrupted' })
    expect(events.map(({ type }) => type)).toEqual(['checkpoint-failed'])
    await expect(run({ ...checkpoint(), onEpoch })).rejects.toMatchObject({ code: 'EEXIST' })
    expect(names()).toEqual([expect.stringMatching(/-000002-00000000$/)])
    expect((await run(checkpoint())).hash).toBe(whole.hash)
  })

  it('of a training whose numbers end are not written', async () => {
    const bad = { ...TRAIN, features: TRAIN.features.map((value, i) => (i === 2 * 60 ? Infinity : value)) }
    await expect(run(checkpoint({ onEvent }), Infinity, bad)).rejects.toMatchObject({ code: 'training-diverged' })
    expect(events).toEqual([])
    expect(names()).toEqual([])
  })

  it('refuse settings that make no sense', async () => {
    for (const wrong of [{ everyEpochs: 0 }, { everyMinutes: 0 }, { keep: 0 }, { keepDays: NaN }])
      await expect(run(checkpoint(wrong))).rejects.toMatchObject({ code: 'bad-checkpoint-option' })
  })

  it('work without validation', async () => {
    const options = { ...OPTIONS, ...checkpoint() }
    const hash = async (more: Partial<TrainOptions>): Promise<string> =>
      withNetwork(denseNetwork(tf, 3, 0.3), async (network) => {
        await train(tf, network, TRAIN, withoutSamples(VALIDATION), { ...OPTIONS, ...more })
        return sha256(...readWeights(network).map(({ values }) => values))
      })
    const rng = createRng(1, 'stop')
    const stop = new AbortController()
    await hash({ ...options, signal: stop.signal, onEpoch: () => rng.next() < 2 && stop.abort() }).catch(() => undefined)
    expect(await hash(options)).toBe(await hash({}))
  })
})
