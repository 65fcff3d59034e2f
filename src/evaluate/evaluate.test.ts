import { describe, expect, it } from 'vitest'
import { createRng, stableJson } from '../core/index.js'
import type { Labels } from '../labels/index.js'
import { rocAuc } from '../metrics/index.js'
import type { Fold } from '../split/index.js'
import { evaluateModels, type Evaluation } from './evaluate-models.js'
import { checkGates } from './gates.js'
import { poolPredictions, type Prediction } from './prediction.js'
import { verdict } from './verdict.js'

const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
const n = 1200
const rng = createRng(4, 'evaluate')
const y = Float64Array.from({ length: n }, () => rng.int(2))
const close = Float64Array.from({ length: n }, () => 100 + rng.normal())
const labels: Labels = { name: 'direction_1', y, endTime: y.map((_, i) => i + 1), horizonBars: 1 }
const rows = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i)
const fold = (index: number, train: Int32Array, test: Int32Array): Fold => ({
  index,
  train,
  validation: new Int32Array(),
  test,
  embargoMs: 0,
  purged: 0,
  embargoed: 0,
})
const folds = [fold(0, rows(0, 390), rows(400, 800)), fold(1, rows(0, 790), rows(800, 1200))]

/** Probabilities that know the target a little (skill 0: not at all). */
const predict = (model: string, skill: number): Prediction[] =>
  folds.map(({ index, test }) => ({
    model,
    fold: index,
    rows: test,
    proba: Float64Array.from(test, (row) => 0.5 + skill * (y[row]! - 0.5) + 0.1 * (rng.next() - 0.5)),
  }))
const blind = predict('blind', 0)
const skilled = predict('skilled', 0.05)
const evaluate = (predictions: Prediction[], of = labels): Evaluation => evaluateModels({ predictions, labels: of, close, folds })
const find = (evaluation: Evaluation, model: string) => evaluation.models.find((entry) => entry.model === model)!

describe('evaluateModels', () => {
  const evaluation = evaluate([...skilled, ...blind])

  it('scores folds and all rows together, models first, then baselines', () => {
    expect(evaluation.models.map(({ model, role }) => [model, role])).toEqual([
      ['skilled', 'model'],
      ['blind', 'model'],
      ['constant', 'baseline'],
      ['persistence', 'baseline'],
    ])
    const entry = find(evaluation, 'skilled')
    expect(entry.rows).toBe(800)
    expect(entry.pooled.auc).toBe(rocAuc(y.subarray(400), poolPredictions('skilled', skilled).proba))
    expect(entry.folds.map(({ scores }) => scores.auc)).toEqual(
      skilled.map(({ rows: of, proba }) =>
        rocAuc(
          Array.from(of, (row) => y[row]!),
          proba,
        ),
      ),
    )
    const [a, b] = entry.folds.map(({ scores }) => scores.auc!) as [number, number]
    expect(entry.stability.auc).toEqual({
      mean: (a + b) / 2,
      std: expect.closeTo(Math.abs(a - b) / Math.SQRT2, 12) as number,
      worst: Math.min(a, b),
      best: Math.max(a, b),
      folds: 2,
    })
    expect(entry.stability.brier.worst).toBe(Math.max(...entry.folds.map(({ scores }) => scores.brier!)))
    expect(entry.aucInterval!.lower).toBeLessThan(entry.pooled.auc!)
  })

  it('sets two baselines beside them', () => {
    const constant = find(evaluation, 'constant')
    const share = y.subarray(0, 390).reduce((a, b) => a + b) / 390
    const up = y.subarray(400, 800).reduce((a, b) => a + b) / 400
    expect(constant.folds[0]!.scores.brier).toBeCloseTo(up * (1 - share) ** 2 + (1 - up) * share ** 2, 12)
    expect(constant.folds.map(({ scores }) => scores.auc)).toEqual([0.5, 0.5])
    const persistence = find(evaluation, 'persistence')
    const right = Array.from(rows(400, 1200)).filter((row) => (close[row]! > close[row - 1]! ? 1 : 0) === y[row]).length
    expect(persistence.pooled.accuracy).toBe(right / 800)
    expect(persistence.pooled.logLoss).toBeNull()
  })

  it('gives the same bytes for the same input', () => {
    expect(stableJson(evaluate([...skilled, ...blind]))).toBe(stableJson(evaluation))
    expect(stableJson(evaluate([...skilled].reverse()).models[0])).toBe(stableJson(evaluation.models[0]))
  })

  it('has null, not a number, where a score is not defined', () => {
    const ones = { ...labels, y: y.map(() => 1) }
    const entry = find(evaluate(blind, ones), 'blind')
    expect([entry.pooled.auc, entry.aucInterval, entry.stability.auc.mean]).toEqual([null, null, null])
    expect(stableJson(entry)).not.toContain('NaN')
  })

  it('refuses models that were scored on other rows', () => {
    expect(() => evaluate([blind[0]!])).toThrow(thrown('bad-predictions'))
    expect(() => evaluate([...blind, blind[0]!])).toThrow(thrown('bad-predictions'))
    expect(() => evaluate([blind[0]!, { ...blind[1]!, rows: rows(799, 1199) }])).toThrow(thrown('bad-predictions'))
    expect(() => evaluate([blind[0]!, { ...blind[1]!, proba: new Float64Array(3) }])).toThrow(thrown('bad-predictions'))
    expect(() => evaluate(blind.map((entry) => ({ ...entry, model: 'constant' })))).toThrow(thrown('bad-predictions'))
  })
})

describe('checkGates', () => {
  const thresholds = { min_auc: 0.52, max_brier: 0.25, min_samples: 800, min_accuracy: 0.5 }
  const pooled = { ...find(evaluate(skilled), 'skilled').pooled, auc: 0.52, brier: 0.25, accuracy: 0.5 }
  it('passes at the threshold itself, and nothing undefined', () => {
    expect(checkGates({ model: 'm', rows: 800, pooled }, thresholds).pass).toBe(true)
    const report = checkGates({ model: 'm', rows: 799, pooled: { ...pooled, auc: null, brier: 0.2501 } }, thresholds)
    expect(report.gates.map(({ name, pass }) => [name, pass])).toEqual([
      ['min_auc', false],
      ['max_brier', false],
      ['min_samples', false],
      ['min_accuracy', true],
    ])
    expect(report.pass).toBe(false)
  })
})

describe('verdict', () => {
  const returns = (gross: number, net: number) => [{ model: 'skilled', gross, net, buyAndHold: 0.25, fills: 40 }]

  it('finds no edge in blind guesses', () => {
    const { outcome, sentences, withEdge } = verdict(evaluate(blind))
    expect([outcome, withEdge]).toEqual(['no-edge', []])
    expect(sentences[0]).toBe(
      'No edge found: none of 1 model has both an AUC whose 95 % interval lies above 0.5 and a log-loss better than the constant baseline.',
    )
    expect(sentences[1]).toMatch(
      /^blind: AUC 0\.\d{3} \(95 % interval 0\.\d{3} to 0\.\d{3}\) on 800 rows, worst fold 0\.\d{3}; log-loss 0\.\d{4}, (not )?better than/,
    )
  })

  it('claims one only with interval and log-loss', () => {
    const evaluation = evaluate([...blind, ...skilled])
    expect(verdict(evaluation)).toMatchObject({ outcome: 'edge', withEdge: ['skilled'] })
    // Rightly ordered but far off the mark: AUC as before, log-loss worse than the constant's.
    const overconfident = skilled.map((entry) => ({ ...entry, proba: entry.proba.map((p) => p / 10) }))
    expect(verdict(evaluate(overconfident)).outcome).toBe('no-edge')
  })

  it('says when fees take the edge away', () => {
    const evaluation = evaluate([...blind, ...skilled])
    const lost = verdict(evaluation, returns(0.03, -0.05))
    expect(lost.outcome).toBe('edge-lost-to-fees')
    expect(lost.sentences[0]).toBe('An edge before fees that fees take away: skilled, 1 of 2 models tried.')
    expect(lost.sentences).toContain(
      'skilled, long or flat: +3.0 % before fees, -5.0 % after fees on 40 fills, beside +25.0 % for buy-and-hold: fees take the gain away.',
    )
    expect(verdict(evaluation, returns(0.1, 0.02)).outcome).toBe('edge')
    expect(verdict(evaluation, returns(-0.1, -0.2))).toMatchObject({
      outcome: 'edge',
      sentences: expect.arrayContaining(['Traded long or flat it made no money, not even before fees.']) as string[],
    })
  })

  it('claims no edge where every model that has one fails promotion, and says what would meet it', () => {
    const evaluation = evaluate([...blind, ...skilled])
    const gatesOf = (model: string, min_samples: number) =>
      checkGates(find(evaluation, model), { min_auc: 0, max_brier: 1, min_samples, min_accuracy: 0 })
    const failing = verdict(evaluation, [], [gatesOf('blind', 1), gatesOf('skilled', 1000)])
    expect(failing.outcome).toBe('edge')
    expect(failing.sentences[0]).toBe(
      'Edge in this test, not yet to be trusted: skilled, 1 of 2 models tried, fails promotion: min_samples (800 of 1,000).',
    )
    expect(failing.sentences).toContain('skilled fails promotion: min_samples (800 test rows of 1,000: more bars, or a larger testSize).')
    expect(failing.sentences).toContain('blind passes all 4 promotion gates; they measure prediction, not profit after fees.')
    expect(verdict(evaluation, [], [gatesOf('skilled', 800)]).sentences[0]).toBe('Edge found out of sample: skilled, 1 of 2 models tried.')
    const twin = skilled.map((entry) => ({ ...entry, model: 'twin' }))
    const both = evaluate([...skilled, ...twin])
    const reports = (skilledRows: number) =>
      ['skilled', 'twin'].map((model, i) =>
        checkGates(find(both, model), { min_auc: 0, max_brier: 1, min_samples: i === 0 ? skilledRows : 1000, min_accuracy: 0 }),
      )
    expect(verdict(both, [], reports(1)).sentences[0]).toBe(
      'Edge found out of sample: skilled, 1 of 2 models tried. Not yet to be trusted: twin, which fails promotion.',
    )
    expect(verdict(both, [], reports(1000)).sentences[0]).toBe(
      'Edge in this test, not yet to be trusted: skilled, twin, 2 of 2 models tried, fail promotion: min_samples (800 of 1,000).',
    )
  })

  it('tells the gates and the overlap', () => {
    const evaluation = evaluate(skilled, { ...labels, horizonBars: 3 })
    const gates = [checkGates(evaluation.models[0]!, { min_auc: 0.99, max_brier: 1, min_samples: 1, min_accuracy: 0 })]
    const { sentences } = verdict(evaluation, [], gates)
    expect(sentences.at(-2)).toMatch(/^skilled fails promotion: min_auc 0\.99 \(measured 0\.\d+\)\.$/)
    expect(sentences.at(-1)).toBe('Labels of 3 bars overlap: the intervals count the covariance of rows up to 8 apart.')
  })
})
