import { describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { createRng, DISPLAY } from '../../core/index.js'
import { blockPermutation, rocAuc, sigmoid } from '../../metrics/index.js'
import type { Model } from '../model.js'
import { permutationImportance } from './permutation-importance.js'
import { scoringOf } from './scoring.js'
import { shapSummary } from './shap-summary.js'

const { X, y } = market(800, 4)
const rows = range(100, 800)
const at = (of: typeof X, row: number, j: number): number => of.values[row * of.names.length + j]!
const plain = (bundle: unknown): string => (bundle as Record<string, string>)['text/plain']!

/** Knows the true log-odds: 1.6 x feature_0 + 0.8 x feature_1. */
const model = (task: Model['task'] = 'classification'): Model => {
  const score = (of: typeof X, row: number): number => 1.6 * at(of, row, 0) + 0.8 * at(of, row, 1)
  return {
    kind: 'logistic',
    task,
    fit: () => Promise.reject(new Error('not fitted here')),
    predict: (of, asked) => Promise.resolve(Float64Array.from(asked, (row) => score(of, row))),
    predictProba: (of, asked) => Promise.resolve(Float64Array.from(asked, (row) => sigmoid(score(of, row)))),
    featureImportance: () => undefined,
    shapValues: (of, asked) =>
      Promise.resolve({
        base: 0.25,
        values: Float64Array.from([...asked].flatMap((row) => [1.6 * at(of, row, 0), 0.8 * at(of, row, 1), 0, 0])),
      }),
    save: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}

describe('blockPermutation', () => {
  it('is an order of all rows that keeps neighbours together', () => {
    const order = blockPermutation(103, 10, createRng(1))
    expect([...order].sort((a, b) => a - b)).toEqual([...range(0, 103)])
    const kept = [...order].filter((row, i) => i > 0 && row === (order[i - 1]! + 1) % 103).length
    expect(kept).toBeGreaterThanOrEqual(103 - 11)
    expect(kept).toBeLessThan(102)
    expect(blockPermutation(0, 1, createRng(1))).toHaveLength(0)
  })
})

describe('permutationImportance', () => {
  it('is what the metric loses, by column, the same for the same seed', async () => {
    const before = X.values.slice()
    const seen: number[] = []
    const found = await permutationImportance(model(), { X, y, rows, seed: 1, onProgress: (done) => seen.push(done) })
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(X.values).toEqual(before)
    const outcome = Array.from(rows, (row) => y[row]!)
    expect(found.baseline).toBe(rocAuc(outcome, await model().predictProba(X, rows)))
    expect(found.mean[0]).toBeGreaterThan(found.mean[1]! + 0.05)
    expect(found.mean[1]).toBeGreaterThan(0.01)
    expect([...found.mean.slice(2)]).toEqual([0, 0])
    expect([...found.std.slice(2)]).toEqual([0, 0])
    expect((await permutationImportance(model(), { X, y, rows, seed: 1 })).mean).toEqual(found.mean)
    expect((await permutationImportance(model(), { X, y, rows, seed: 2 })).mean).not.toEqual(found.mean)
    expect(plain(await found[DISPLAY]())).toMatch(/feature_0 +0\.\d{4}/)
  })

  it('counts a loss the other way round, and permutes groups together', async () => {
    const groups = { both: ['feature_0', 'feature_1'], none: ['feature_2'] }
    const byLoss = await permutationImportance(model(), { X, y, rows, seed: 1, metric: 'logLoss', groups, blockRows: 5 })
    expect(byLoss.names).toEqual(['both', 'none'])
    expect(byLoss.mean[0]).toBeGreaterThan(0.3)
    expect(byLoss.mean[1]).toBe(0)
    const target = Float64Array.from({ length: 800 }, (_, row) => 1.6 * at(X, row, 0) + 0.8 * at(X, row, 1))
    const regression = await permutationImportance(model('regression'), { X, y: target, rows, seed: 1, repeats: 1 })
    expect(regression).toMatchObject({ metric: 'rmse', baseline: 0 })
    // Permuting doubles the variance of the column's part: sqrt(2) x 1.6.
    expect(regression.mean[0]).toBeCloseTo(Math.SQRT2 * 1.6, 0)
    expect(regression.std[0]).toBeNaN()
  })

  it('refuses what says nothing', async () => {
    const refused = async (options: object, code: string): Promise<void> => {
      await expect(permutationImportance(model(), { X, y, rows, seed: 1, ...options })).rejects.toMatchObject({ code })
    }
    await refused({ repeats: 0 }, 'bad-permutation')
    await refused({ blockRows: 400 }, 'bad-permutation')
    await refused({ groups: { a: ['feature_9'] } }, 'bad-permutation')
    await refused({ metric: 'rmse' }, 'bad-score-name')
    await refused({ y: y.map(() => 1) }, 'undefined-score')
    await refused({ signal: AbortSignal.abort() }, 'interrupted')
    expect(() => scoringOf('regression', 'auc')).toThrow(expect.objectContaining({ code: 'bad-score-name' }) as Error)
  })
})

describe('shapSummary', () => {
  it('adds up what features add, with their direction', async () => {
    const found = await shapSummary(model(), { X, rows })
    expect(found.base).toBe(0.25)
    const expected = Array.from(rows, (row) => Math.abs(1.6 * at(X, row, 0))).reduce((a, b) => a + b) / rows.length
    expect(found.meanAbsolute[0]).toBeCloseTo(expected, 12)
    expect(found.meanAbsolute[3]).toBe(0)
    expect(found.direction[1]).toBeCloseTo(1, 12)
    expect(found.direction[2]).toBeNaN()
    expect(found.featureValues.subarray(0, 4)).toEqual(X.values.subarray(400, 404))
    expect(plain(await found[DISPLAY]()).split('\n')[2]).toMatch(/^feature_0/)
    const { shapValues: _, ...without } = model()
    await expect(shapSummary(without, { X, rows })).rejects.toMatchObject({ code: 'no-shap-values' })
    await expect(shapSummary(model(), { X, rows: new Int32Array(0) })).rejects.toMatchObject({ code: 'no-rows' })
  })
})
