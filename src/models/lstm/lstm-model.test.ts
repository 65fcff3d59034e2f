import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng } from '../../core/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'
import { loadTensorflow, nativeBackend } from '../../native/tensorflow/index.js'
import { createLstmModel, loadLstmModel } from './lstm-model.js'
import { describeBackend, slowerPath } from './lstm-backend.js'
import { lstmParamsSchema } from './lstm-params.js'
import type { FitInput, FitProgress, FitReport, Model } from '../model.js'

const native = nativeTestsMissing() === undefined

const CONTEXT = { device: 'cpu', requireDevice: native } as const
const ROWS = 1400
const folder = mkdtempSync(join(tmpdir(), 'barlab-lstm-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rows = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i)

/** Three features at odd scales; y says whether the first one rose between five bars and two bars ago (or is a coin, for `noise`). */
function problem(kind: 'pattern' | 'noise'): { X: FeatureMatrix; y: Float64Array } {
  const rng = createRng(11, 'lstm-problem')
  const coin = createRng(12, 'coin')
  const names = ['signal', 'large', 'small']
  const values = Float64Array.from({ length: ROWS * 3 }, (_, i) => [3 + rng.normal(), 1e5 * rng.normal(), 1e-6 * rng.normal()][i % 3]!)
  const y = Float64Array.from({ length: ROWS }, (_, i) => {
    if (kind === 'noise' || i < 5) return coin.int(2)
    return values[(i - 2) * 3]! > values[(i - 5) * 3]! ? 1 : 0
  })
  return { X: { names, time: Float64Array.from({ length: ROWS }, (_, i) => i * 3_600_000), rows: ROWS, values }, y }
}

const PARAMS = { lookbackBars: 8, units: 12, epochs: 12, batchSize: 64, learningRate: 0.01 }
const input = (kind: 'pattern' | 'noise', more: Partial<FitInput> = {}): FitInput => ({
  ...problem(kind),
  train: rows(10, 900),
  validation: rows(910, 1100),
  seed: 3,
  threads: 2,
  ...more,
})
const test = rows(1110, ROWS)

function auc(proba: Float64Array, y: Float64Array, at: Int32Array): number {
  let wins = 0
  let pairs = 0
  for (let i = 0; i < at.length; i++)
    for (let j = 0; j < at.length; j++) {
      if (y[at[i]!] !== 1 || y[at[j]!] !== 0) continue
      pairs++
      wins += proba[i]! > proba[j]! ? 1 : proba[i] === proba[j] ? 0.5 : 0
    }
  return wins / pairs
}

async function fitted(
  fit: FitInput,
  params: Record<string, unknown> = {},
): Promise<{ model: Model; report: FitReport; proba: Float64Array }> {
  const model = createLstmModel({ ...PARAMS, ...params }, CONTEXT)
  const report = await model.fit(fit)
  return { model, report, proba: await model.predictProba(fit.X, test) }
}

describe('parameters of the LSTM', () => {
  it('have defaults and refuse what they do not know', () => {
    expect(lstmParamsSchema.parse({})).toMatchObject({ lookbackBars: 32, units: 32, layers: 1, dropout: 0, epochs: 10, batchSize: 128 })
    expect(() => createLstmModel({ lookback_bar: 3 }, CONTEXT)).toThrowError(
      expect.objectContaining({ code: 'unknown-parameter', help: 'did you mean lookbackBars?' }) as Error,
    )
    for (const params of [{ units: 0 }, { dropout: 1 }, { learningRate: 0 }, { layers: 1.5 }, { cell: 'rnn' }, { bidirectional: 1 }])
      expect(() => createLstmModel(params, CONTEXT)).toThrowError(expect.objectContaining({ code: 'bad-parameter' }) as Error)
  })
})

describe.skipIf(!native)('the LSTM', () => {
  it('learns a pattern over time that no single row shows', async () => {
    const { model, report, proba } = await fitted(input('pattern'), { epochs: 20 })
    expect(auc(proba, problem('pattern').y, test)).toBeGreaterThan(0.85)
    expect(report.backend).toMatch(/^tensorflow 2\.\d+\.\d+ cpu \(fused LSTM\)$/)
    expect(report.warnings).toBeUndefined()
    expect(report.history).toHaveLength(report.steps)
    expect(report.history.at(-1)!.validationLoss).toBeLessThan(report.history[0]!.validationLoss!)
    await model.close()
  })

  it('regresses in units of y, also when loaded, and refuses what cannot be', async () => {
    const { X, y } = problem('pattern')
    const rise = Float64Array.from(y, (_, i) => (i < 5 ? 0 : 200 + 10 * (X.values[(i - 2) * 3]! - X.values[(i - 5) * 3]!)))
    const params = { ...PARAMS, task: 'regression', epochs: 20 }
    const model = createLstmModel(params, CONTEXT)
    const report = await model.fit(input('pattern', { y: rise }))
    // In standard deviations: the constant mean would cost 1.
    expect(report.history.at(-1)!.validationLoss).toBeLessThan(0.3)
    const predicted = await model.predict(X, test)
    const share = (of: (i: number) => number): number => test.reduce((sum, _, i) => sum + of(i) ** 2, 0)
    expect(1 - share((i) => predicted[i]! - rise[test[i]!]!) / share((i) => rise[test[i]!]! - 200)).toBeGreaterThan(0.7)
    await expect(model.predictProba(X, test)).rejects.toMatchObject({ code: 'not-a-classifier' })
    await model.save(join(folder, 'regression'))
    await model.close()
    const back = await loadLstmModel(join(folder, 'regression'), CONTEXT)
    expect(await back.predict(X, test)).toEqual(predicted)
    await back.close()
    await expect(createLstmModel(params, CONTEXT).fit(input('pattern', { y: rise.map(() => 3) }))).rejects.toMatchObject({
      code: 'constant-target',
    })
    await expect(
      createLstmModel(params, CONTEXT).fit(input('pattern', { y: rise.map((v, i) => (i === 20 ? NaN : v)) })),
    ).rejects.toMatchObject({
      code: 'bad-target',
      received: 'y = NaN in row 20',
    })
    await expect(createLstmModel(params, CONTEXT).fit(input('pattern', { continues: true }))).rejects.toMatchObject({
      code: 'cannot-continue',
    })
  })

  it.each([{ cell: 'gru' }, { bidirectional: true }, { cell: 'gru', bidirectional: true, layers: 2, dropout: 0.2 }])(
    'learns with %o, the same bytes for any threads, and predicts the same when loaded',
    async (params) => {
      const bytes: string[] = []
      for (const threads of [1, 3]) {
        const { model, report, proba } = await fitted(input('pattern', { threads }), { ...params, epochs: 20 })
        expect(auc(proba, problem('pattern').y, test)).toBeGreaterThan(0.8)
        expect(report.backend).toMatch(params.cell === 'gru' ? /\(fused GRU\)$/ : /\(fused LSTM\)$/)
        const at = join(folder, `${JSON.stringify(params)}-${threads}`)
        await model.save(at)
        await model.close()
        bytes.push(readFileSync(join(at, 'weights.bin')).toString('hex'))
        const back = await loadLstmModel(at, CONTEXT)
        expect(await back.predictProba(problem('pattern').X, test)).toEqual(proba)
        await back.close()
      }
      expect(bytes[1]).toBe(bytes[0])
    },
  )

  it('says that a GRU has no fused path on a card', () => {
    const facts = { inForce: 'cuda', path: 'cudnn', trainingOps: 'tfjs', tensorflow: '2.21.0' } as const
    expect(describeBackend(facts, 'lstm')).toBe('tensorflow 2.21.0 cuda (cuDNN LSTM)')
    expect(describeBackend(facts, 'gru')).toBe('tensorflow 2.21.0 cuda (stock GRU)')
    expect(slowerPath(facts, 'lstm')).toEqual([])
    expect(slowerPath(facts, 'gru')).toEqual([expect.stringContaining('stock layer')])
    expect(slowerPath({ ...facts, inForce: 'cpu', path: 'fused-cpu', fallback: 'no card' }, 'gru')).toEqual([
      'The GRU ran on a slower path: no card.',
    ])
  })

  it('does not learn a coin', async () => {
    const { model, report, proba } = await fitted(input('noise'))
    expect(Math.abs(auc(proba, problem('noise').y, test) - 0.5)).toBeLessThan(0.12)
    expect(report.bestStep).toBeLessThan(12)
    await model.close()
  })

  it('gives the same bytes for a seed, whatever the threads', async () => {
    const bytes: string[] = []
    for (const [threads, seed] of [
      [1, 3],
      [2, 3],
      [4, 3],
      [2, 4],
    ] as const) {
      const { model } = await fitted(input('pattern', { threads, seed }), { epochs: 2, layers: 2, dropout: 0.3 })
      const at = join(folder, `${threads}-${seed}`)
      await model.save(at)
      bytes.push(readFileSync(join(at, 'weights.bin')).toString('hex') + readFileSync(join(at, 'lab-model.json'), 'utf8'))
      await model.close()
    }
    expect(new Set(bytes.slice(0, 3)).size).toBe(1)
    expect(bytes[3]).not.toBe(bytes[0])
  })

  it('predicts to the bit after saving and loading, and a row for itself', async () => {
    const { X } = problem('pattern')
    const { model, proba } = await fitted(input('pattern'), { epochs: 2, layers: 2 })
    await model.save(join(folder, 'saved'))
    await model.close()
    const back = await loadLstmModel(join(folder, 'saved'), CONTEXT)
    expect(await back.predictProba(X, test)).toEqual(proba)
    expect(await back.predictProba(X, test.slice(7, 8))).toEqual(proba.slice(7, 8))
    expect(await back.predictProba(X, new Int32Array(0))).toEqual(new Float64Array(0))
    await back.close()
    await back.close()
    await expect(back.predictProba(X, test)).rejects.toMatchObject({ code: 'not-fitted' })
    truncateSync(join(folder, 'saved', 'weights.bin'), 100)
    await expect(loadLstmModel(join(folder, 'saved'), CONTEXT)).rejects.toMatchObject({ code: 'damaged-model' })
  })

  it('looks at nothing after the row and at nothing before the window', async () => {
    const { X } = problem('pattern')
    const { model, proba } = await fitted(input('pattern'), { epochs: 1 })
    const at = 1200
    const changed = Float64Array.from(X.values)
    for (let row = 0; row < ROWS; row++)
      if (row > at || row <= at - PARAMS.lookbackBars) for (let j = 0; j < 3; j++) changed[row * 3 + j] = NaN
    const alone = await model.predictProba({ ...X, values: changed }, Int32Array.of(at))
    expect(alone[0]).toBe(proba[test.indexOf(at)])
    changed[(at - PARAMS.lookbackBars + 1) * 3] = 0
    expect((await model.predictProba({ ...X, values: changed }, Int32Array.of(at)))[0]).not.toBe(alone[0])
    await model.close()
  })

  it('learns its scaler from the training rows alone', async () => {
    const base = input('pattern')
    const values = Float64Array.from(base.X.values, (value, i) => (i >= 1110 * 3 ? value * 100 : value))
    const later = { ...base, X: { ...base.X, values } }
    const bytes: string[] = []
    for (const fit of [base, later]) {
      const { model } = await fitted(fit, { epochs: 1 })
      const at = join(folder, `scaler-${bytes.length}`)
      await model.save(at)
      bytes.push(readFileSync(join(at, 'lab-model.json'), 'utf8'))
      await model.close()
    }
    expect(bytes[0]).toBe(bytes[1])
  })

  it('names what is wrong with rows, targets and features', async () => {
    const base = input('pattern')
    const model = createLstmModel({ ...PARAMS, epochs: 1 }, CONTEXT)
    await expect(model.predictProba(base.X, test)).rejects.toMatchObject({ code: 'not-fitted' })
    await expect(model.fit({ ...base, train: rows(3, 900) })).rejects.toMatchObject({ code: 'incomplete-window' })
    await expect(model.fit({ ...base, y: new Float64Array(ROWS) })).rejects.toMatchObject({ code: 'one-class' })
    const values = Float64Array.from(base.X.values)
    values[1204 * 3 + 1] = NaN
    await model.fit(base)
    await expect(model.predictProba({ ...base.X, values }, test)).rejects.toMatchObject({
      code: 'incomplete-window',
      received: 'row 1204: large is missing in row 1204',
    })
    await expect(model.predictProba({ ...base.X, names: ['a', 'b', 'c'] }, test)).rejects.toMatchObject({ code: 'feature-mismatch' })
    await model.close()
  })

  it('stops when asked to, and diverges with a clear word', async () => {
    const stop = new AbortController()
    const model = createLstmModel({ ...PARAMS, epochs: 1000, patience: 1000 }, CONTEXT)
    const stopped = model.fit(input('pattern', { signal: stop.signal, onProgress: ({ step }) => step === 2 && stop.abort() }))
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' })
    const wild = createLstmModel({ ...PARAMS, learningRate: 1e38, gradientClip: 1e30 }, CONTEXT)
    await expect(wild.fit(input('pattern'))).rejects.toMatchObject({ code: 'training-diverged' })
  })

  it('goes on where it was interrupted, to the same bytes and the same report', async () => {
    const params = { epochs: 3, units: 6, layers: 2, dropout: 0.3, bidirectional: true }
    const bytes = (model: Model, name: string): Promise<string> =>
      model.save(join(folder, name)).then(() => readFileSync(join(folder, name, 'weights.bin')).toString('hex'))
    const whole = await fitted(input('pattern'), params)
    const checkpoint = { folder: join(folder, 'checkpoints') }
    const steps: number[] = []
    for (const stopAfter of [1, 2]) {
      const stop = new AbortController()
      const onProgress = ({ step }: FitProgress): void => {
        steps.push(step)
        if (step === stopAfter) stop.abort()
      }
      const interrupted = fitted(input('pattern', { checkpoint, signal: stop.signal, onProgress }), params)
      await expect(interrupted).rejects.toMatchObject({ code: 'interrupted' })
    }
    const resumed = await fitted(input('pattern', { checkpoint, onProgress: ({ step }) => steps.push(step) }), params)
    expect(steps).toEqual([1, 2, 3])
    expect(await bytes(resumed.model, 'resumed')).toBe(await bytes(whole.model, 'whole'))
    expect(resumed.report).toEqual(whole.report)
    // Another network is another training.
    const other = await fitted(input('pattern', { checkpoint, onProgress: ({ step }) => steps.push(step) }), {
      ...params,
      cell: 'gru',
    })
    expect(steps).toEqual([1, 2, 3, 1, 2, 3])
    for (const { model } of [whole, resumed, other]) await model.close()
  })

  it('leaves no tensor behind', async () => {
    const { tf } = await loadTensorflow(CONTEXT)
    const count = (): number[] => [tf.memory().numTensors, nativeBackend(tf)!.binding.getNumOfTensors()]
    const before = count()
    const { model } = await fitted(input('pattern'), { epochs: 2, layers: 2, dropout: 0.2 })
    await model.save(join(folder, 'leak'))
    await model.fit(input('pattern'))
    await model.close()
    await (await loadLstmModel(join(folder, 'leak'), CONTEXT)).close()
    expect(count()).toEqual(before)
  })
})
