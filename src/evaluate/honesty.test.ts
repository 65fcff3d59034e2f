import { describe, expect, it } from 'vitest'
import { createRng, DISPLAY } from '../core/index.js'
import {
  backtestOverfitting,
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  rocAuc,
  sharpeEstimate,
  sigmoid,
} from '../metrics/index.js'
import { labelPermutationTest } from './label-permutation.js'
import { overfittingReport } from './overfitting-report.js'

const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
const plain = (bundle: unknown): string => (bundle as Record<string, string>)['text/plain']!

describe('labelPermutationTest', () => {
  const sample = (seed: number, n: number, skill: number) => {
    const rng = createRng(seed, 'permutation-test')
    const score = Float64Array.from({ length: n }, () => rng.normal())
    return { predicted: score.map(sigmoid), y: score.map((value) => (skill * value + rng.normal() > 0 ? 1 : 0)) }
  }

  it('finds skill, with the smallest p value there is, and the null around chance', async () => {
    const given = sample(1, 400, 0.6)
    const test = labelPermutationTest({ ...given, permutations: 300, seed: 1 })
    expect(test).toMatchObject({ metric: 'auc', value: rocAuc(given.y, given.predicted), asGood: 0, pValue: 1 / 301, permutations: 300 })
    const mean = test.nullValues.reduce((sum, value) => sum + value, 0) / 300
    expect(mean).toBeCloseTo(0.5, 2)
    expect(plain(await test[DISPLAY]())).toContain('0 of 300 permutations of the labels scored as well or better.')
    expect(labelPermutationTest({ ...given, permutations: 50, seed: 1, metric: 'logLoss' }).pValue).toBe(1 / 51)
    expect(labelPermutationTest({ ...given, permutations: 300, seed: 1 }).nullValues).toEqual(test.nullValues)
  })

  it('has p values of all sizes where there is no skill', () => {
    const ps = Array.from({ length: 200 }, (_, seed) => labelPermutationTest({ ...sample(seed, 60, 0), permutations: 39, seed }).pValue)
    for (const level of [0.1, 0.25, 0.5]) {
      const share = ps.filter((p) => p <= level).length / 200
      expect(Math.abs(share - level)).toBeLessThan(3.5 * Math.sqrt((level * (1 - level)) / 200))
    }
  })

  it('needs blocks where labels overlap', () => {
    const horizon = 20
    const share = (blockRows: number): number => {
      const trials = Array.from({ length: 60 }, (_, seed) => {
        const rng = createRng(seed, 'overlap')
        const step = Array.from({ length: 400 + horizon }, () => rng.normal())
        const y = Float64Array.from({ length: 400 }, (_, i) =>
          step.slice(i, i + horizon).reduce((sum, value) => sum + value, 0) > 0 ? 1 : 0,
        )
        let level = 0
        const predicted = y.map(() => sigmoid((level = 0.95 * level + rng.normal())))
        return labelPermutationTest({ y, predicted, blockRows, permutations: 39, seed }).pValue
      })
      return trials.filter((p) => p <= 0.1).length / 60
    }
    expect(share(1)).toBeGreaterThan(0.3)
    expect(share(3 * horizon)).toBeLessThan(0.25)
  })

  it('refuses what cannot be permuted', () => {
    const given = sample(1, 40, 0)
    for (const options of [{ permutations: 0 }, { blockRows: 20 }, { blockRows: 0.5 }, { predicted: new Float64Array(3) }])
      expect(() => labelPermutationTest({ ...given, seed: 1, ...options })).toThrow(thrown('bad-permutation-test'))
    expect(() => labelPermutationTest({ ...given, y: given.y.map(() => 1), seed: 1 })).toThrow(thrown('undefined-score'))
    expect(() => labelPermutationTest({ ...given, task: 'regression', metric: 'auc', seed: 1 })).toThrow(thrown('bad-score-name'))
  })
})

describe('overfittingReport', () => {
  const trialsOf = (seed: number, count: number, edge: number) => {
    const rng = createRng(seed, 'trials')
    return Array.from({ length: count }, (_, k) => ({
      name: `trial ${k}`,
      returns: Float64Array.from({ length: 500 }, () => 0.01 * ((k === 2 ? edge : 0) + rng.normal())),
    }))
  }

  it('says of every number what the metrics say', async () => {
    const trials = trialsOf(1, 12, 0.25)
    const report = overfittingReport({ trials, trialCount: 40, periodsAYear: 252 })
    const estimates = trials.map(({ returns }) => sharpeEstimate(returns))
    const best = estimates[2]!
    const mean = estimates.reduce((sum, { sharpe }) => sum + sharpe, 0) / 12
    const variance = estimates.reduce((sum, { sharpe }) => sum + (sharpe - mean) ** 2, 0) / 11
    const overfitting = backtestOverfitting(
      trials.map(({ returns }) => returns),
      10,
    )
    expect(report).toMatchObject({
      chosen: 'trial 2',
      trials: 40,
      observations: 500,
      sharpePerYear: best.sharpe * Math.sqrt(252),
      varianceOfSharpes: expect.closeTo(variance, 14) as number,
      probabilisticSharpe: probabilisticSharpe(best),
      minimumTrackRecord: minimumTrackRecord(best),
      probabilityOfOverfitting: overfitting.probability,
      probabilityOfLoss: overfitting.probabilityOfLoss,
    })
    expect(report.deflatedSharpe).toBeCloseTo(deflatedSharpe(best, 40, variance), 12)
    expect(report.expectedMaximumPerYear).toBeCloseTo(expectedMaximumSharpe(40, variance) * Math.sqrt(252), 12)
    expect(report.deflatedSharpe).toBeLessThan(report.probabilisticSharpe)
    expect(report.sentences[0]).toBe('trial 2 survives: its Sharpe ratio stands out even among 40 trials.')
    expect(plain(await report[DISPLAY]())).toMatch(/deflated Sharpe ratio +9\d\.\d %/)
  })

  it('lets the best of noise seldom survive, though it looks good by itself', () => {
    const reports = Array.from({ length: 30 }, (_, seed) => overfittingReport({ trials: trialsOf(seed + 5, 30, 0), periodsAYear: 252 }))
    expect(reports.filter(({ probabilisticSharpe }) => probabilisticSharpe > 0.95).length).toBeGreaterThan(20)
    expect(reports.filter(({ sentences }) => sentences[0]!.includes(' survives')).length).toBeLessThan(4)
  })

  it('judges the trial that was chosen, one alone, and short records', () => {
    const trials = trialsOf(1, 3, 0.3)
    const worst = overfittingReport({ trials, chosen: 'trial 0', periodsAYear: 252 })
    expect(worst.sharpePerPeriod).toBe(sharpeEstimate(trials[0]!.returns).sharpe)
    const single = overfittingReport({ trials: [trials[2]!], periodsAYear: 252 })
    expect(single).toMatchObject({ trials: 1, varianceOfSharpes: 0, probabilityOfOverfitting: null })
    expect(single.deflatedSharpe).toBe(single.probabilisticSharpe)
    expect(single.sentences.at(-1)).toContain('not known')
    const losing = overfittingReport({ trials: [{ name: 'loses', returns: [-0.01, -0.02, 0.005, -0.01] }], periodsAYear: 252 })
    expect(losing.minimumTrackRecord).toBe(Infinity)
    expect(losing.sentences).toContain('No length of such a record would show a ratio above 0.')
    // One that never traded counts with a ratio of 0.
    expect(overfittingReport({ trials: [...trials, { name: 'flat', returns: new Float64Array(500) }], periodsAYear: 252 }).trials).toBe(4)
  })

  it('refuses what says nothing', () => {
    const trials = trialsOf(1, 3, 0)
    const refused = (input: object): void =>
      expect(() => overfittingReport({ trials, periodsAYear: 252, ...input })).toThrow(thrown('bad-overfitting-input'))
    refused({ trials: [] })
    refused({ trials: [trials[0], trials[0]] })
    refused({ trials: [trials[0], { name: 'short', returns: [1] }] })
    refused({ trials: [{ name: 'a', returns: [NaN, 1] }] })
    refused({ trials: [{ name: 'flat', returns: [0, 0, 0] }] })
    refused({ trialCount: 2 })
    refused({ chosen: 'other' })
    refused({ periodsAYear: NaN })
  })
})
