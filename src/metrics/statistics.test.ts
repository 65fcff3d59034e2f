import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, projectPath } from '../core/index.js'
import {
  averagePrecision,
  brier,
  brierDecomposition,
  calibrationTable,
  informationCoefficient,
  informationRatio,
  meanAbsoluteError,
  outOfSampleRSquared,
  overlapLags,
  pearson,
  precisionRecallPoints,
  regressionMetrics,
  rootMeanSquaredError,
  rSquared,
  spearman,
} from './index.js'

/** Made by scripts/reference/golden-statistics.py. */
const golden = JSON.parse(readFileSync(projectPath('src/metrics/golden-statistics.json'), 'utf8')) as Record<
  'y' | 'p' | 'x' | 'forward' | 'precision' | 'recall' | 'thresholds',
  number[]
> &
  Record<'averagePrecision' | 'brier' | 'pearson' | 'spearman' | 'rmse' | 'mae' | 'r2', number> & { standardErrors: Record<string, number> }
const { y, p, x, forward } = golden
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

describe('precision and recall', () => {
  it('are those of scikit-learn, with tied probabilities', () => {
    const points = precisionRecallPoints(y, p)
    // scikit-learn goes from recall 1 to 0 and begins with the first threshold that still finds all.
    const theirs = golden.precision.map((value, k) => [value, golden.recall[k]!]).reverse()
    for (const [k, [precision, recall]] of theirs.entries()) {
      expect(points[k]!.precision).toBeCloseTo(precision!, 14)
      expect(points[k]!.recall).toBeCloseTo(recall!, 14)
      if (k > 0) expect(points[k]!.threshold).toBe(golden.thresholds.at(-k))
    }
    expect(points).toHaveLength(golden.precision.length)
    expect(averagePrecision(y, p)).toBeCloseTo(golden.averagePrecision, 14)
  })

  it('are 1 for a perfect order, the share of ups for a constant, and not defined without ups', () => {
    expect(averagePrecision([0, 1, 1], [0.1, 0.8, 0.9])).toBe(1)
    expect(averagePrecision([0, 1, 0, 0], [0.5, 0.5, 0.5, 0.5])).toBe(0.25)
    expect(averagePrecision([0, 0], [0.5, 0.6])).toBeNaN()
    expect(averagePrecision([], [])).toBeNaN()
  })
})

describe('brierDecomposition', () => {
  const rows = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 60 })

  it('adds up to the score for any bins', () => {
    const strategy = fc.constantFrom('equal-frequency' as const, 'equal-width' as const)
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), strategy, (sample, bins, strategy) => {
        const [y, p] = [sample.map(([target]) => target), sample.map(([, score]) => score)]
        const parts = brierDecomposition(y, p, { bins, strategy })
        const { reliability, resolution, uncertainty, withinBinVariance, withinBinCovariance, generalisedResolution } = parts
        expect(parts.brier).toBeCloseTo(brier(y, p), 12)
        expect(reliability - resolution + uncertainty + withinBinVariance - withinBinCovariance).toBeCloseTo(parts.brier, 12)
        expect(reliability - generalisedResolution + uncertainty).toBeCloseTo(parts.brier, 12)
        expect(parts.bins).toBe(calibrationTable(y, p, { bins, strategy }).length)
        expect(Math.min(reliability, resolution, uncertainty, withinBinVariance)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('has the parts of the definitions by hand', () => {
    // Two bins: p 0.2 and 0.4 with outcomes 0, 0; p 0.6 and 0.8 with outcomes 0, 1.
    const parts = brierDecomposition([0, 0, 0, 1], [0.2, 0.4, 0.6, 0.8], { bins: 2 })
    expect(parts.uncertainty).toBe(3 / 16)
    expect(parts.reliability).toBeCloseTo((2 * 0.3 ** 2 + 2 * 0.2 ** 2) / 4, 14)
    expect(parts.resolution).toBeCloseTo((2 * 0.25 ** 2 + 2 * 0.25 ** 2) / 4, 14)
    expect(parts.withinBinVariance).toBeCloseTo(0.01, 14)
    expect(parts.withinBinCovariance).toBeCloseTo((2 * 2 * 0.5 * 0.1) / 4, 14)
    expect(brierDecomposition([], []).brier).toBeNaN()
    expect(() => brierDecomposition([1], [0.5], { bins: 0 })).toThrow(thrown('bad-bins'))
  })
})

describe('correlations', () => {
  it('are those of SciPy', () => {
    expect(pearson(x, forward)).toBeCloseTo(golden.pearson, 14)
    expect(spearman(x, forward)).toBeCloseTo(golden.spearman, 14)
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN()
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN()
    expect(spearman([1], [1])).toBeNaN()
    expect(() => pearson([1, NaN], [1, 2])).toThrow(thrown('bad-series'))
    expect(() => spearman([1, 2], [1])).toThrow(thrown('bad-series'))
  })
})

describe('informationCoefficient', () => {
  it('has the standard error that the delta method gives, with and without overlap', () => {
    for (const [lags, expected] of Object.entries(golden.standardErrors)) {
      const found = informationCoefficient(x, forward, { method: 'pearson', lags: Number(lags) })
      expect(found.ic).toBeCloseTo(golden.pearson, 14)
      expect(found.standardError / expected).toBeCloseTo(1, 6)
      expect(found.t).toBe(found.ic / found.standardError)
    }
    expect(informationCoefficient(x, forward).ic).toBeCloseTo(golden.spearman, 14)
    expect(informationCoefficient([1, 1], [1, 2])).toMatchObject({ ic: NaN, t: NaN, observations: 2 })
    expect(() => informationCoefficient(x, forward, { lags: 1.5 })).toThrow(thrown('bad-lags'))
  })

  it('calls noise significant about as often as said where returns overlap, which a plain standard error does not', () => {
    const horizon = 10
    let [plain, aware] = [0, 0]
    const trials = 300
    for (let trial = 0; trial < trials; trial++) {
      const rng = createRng(trial, 'overlap')
      const n = 600
      const step = Float64Array.from({ length: n + horizon }, () => rng.normal())
      const level = Float64Array.from({ length: n }, () => 0)
      let last = 0
      const prediction = level.map(() => (last = 0.95 * last + rng.normal()))
      const forward = level.map((_, i) => step.subarray(i, i + horizon).reduce((sum, value) => sum + value, 0))
      if (informationCoefficient(prediction, forward).pValue < 0.05) plain += 1
      if (informationCoefficient(prediction, forward, { lags: overlapLags(horizon) }).pValue < 0.05) aware += 1
    }
    expect(plain / trials).toBeGreaterThan(0.25)
    expect(aware / trials).toBeLessThan(0.15)
  })
})

describe('informationRatio', () => {
  it('is mean over deviation of the periods that count', () => {
    const rng = createRng(3, 'periods')
    const n = 60
    const period = Array.from({ length: n }, (_, i) => Math.floor(i / 10))
    const prediction = Array.from({ length: n }, () => rng.normal())
    const forward = prediction.map((value) => 0.5 * value + rng.normal())
    // A period with two rows only, and one without variation.
    const more = informationRatio(
      [...prediction, 1, 2, ...new Array<number>(6).fill(5)],
      [...forward, 1, 2, 1, 2, 3, 4, 5, 6],
      [...period, ...[6, 6, 7, 7, 7, 7, 7, 7]],
    )
    const ics = [0, 1, 2, 3, 4, 5].map((k) => spearman(prediction.slice(10 * k, 10 * k + 10), forward.slice(10 * k, 10 * k + 10)))
    const mean = ics.reduce((sum, ic) => sum + ic, 0) / 6
    const std = Math.sqrt(ics.reduce((sum, ic) => sum + (ic - mean) ** 2, 0) / 5)
    expect(more.periods.map(({ ic }) => ic)).toEqual(ics)
    expect(more.left).toBe(2)
    expect(more.mean).toBeCloseTo(mean, 14)
    expect(more.icir).toBeCloseTo(mean / std, 12)
    expect(more.t).toBeCloseTo((mean / std) * Math.sqrt(6), 12)
    expect(more.positiveShare).toBe(ics.filter((ic) => ic > 0).length / 6)
    expect(informationRatio([1, 2, 3], [1, 2, 3], [0, 0, 0]).icir).toBeNaN()
  })
})

describe('regression metrics', () => {
  it('are those of scikit-learn', () => {
    expect(rootMeanSquaredError(forward, x)).toBeCloseTo(golden.rmse, 14)
    expect(meanAbsoluteError(forward, x)).toBeCloseTo(golden.mae, 14)
    expect(rSquared(forward, x)).toBeCloseTo(golden.r2, 12)
  })

  it('set a model beside the constant that was known beforehand', () => {
    const [y, prediction] = [
      [1, 2, 3, 6],
      [1, 2, 4, 5],
    ]
    expect(outOfSampleRSquared(y, prediction, 0)).toBeCloseTo(1 - 2 / 50, 14)
    expect(outOfSampleRSquared(y, [2, 2, 2, 2], 2)).toBe(0)
    expect(outOfSampleRSquared(y, prediction, y)).toBeNaN()
    expect(rSquared([2, 2], [1, 2])).toBeNaN()
    const scores = Object.fromEntries(regressionMetrics.map(({ name, compute }) => [name, compute({ y, prediction, baseline: 0 })]))
    expect(scores).toMatchObject({ mae: 0.5, rmse: Math.SQRT1_2, rankIc: 1 })
    expect(() => rootMeanSquaredError([1], [Infinity])).toThrow(thrown('bad-series'))
  })
})
