import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, projectPath } from '../../core/index.js'
import { brierDecomposition, logLoss, rocAuc, sigmoid } from '../../metrics/index.js'
import { calibratorFromJson, fitCalibrator } from './calibrator.js'
import { fitIsotonic, isotonicAt } from './isotonic.js'
import { fitPlatt } from './platt.js'

/** Made by scripts/reference/golden-statistics.py. */
const golden = JSON.parse(readFileSync(projectPath('src/models/calibrate/golden-calibration.json'), 'utf8')) as {
  readonly y: number[]
  readonly p: number[]
  readonly weight: number[]
  readonly at: number[]
  readonly isotonic: Record<'plain' | 'weighted', { knots: number[]; levels: number[]; at: number[] }>
  readonly platt: Record<'plain' | 'weighted', { scikitLearn: [number, number]; exact: [number, number] }>
}
const { y, p, weight, at } = golden
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

describe.each(['plain', 'weighted'] as const)('%s calibration agrees with scikit-learn', (name) => {
  const w = name === 'weighted' ? weight : undefined

  it('isotonic: knots, levels, between and outside of them', () => {
    const fitted = fitIsotonic(p, y, w)
    const theirs = golden.isotonic[name]
    expect(fitted.knots).toEqual(theirs.knots)
    for (const [k, level] of fitted.levels.entries()) expect(level).toBeCloseTo(theirs.levels[k]!, 13)
    const applied = fitCalibrator({ kind: 'isotonic', proba: p, y, ...(w !== undefined && { weight: w }) }).apply(at)
    for (const [k, value] of applied.entries()) expect(value).toBeCloseTo(theirs.at[k]!, 13)
  })

  it('Platt: to its tolerance, and to the root of the gradient exactly', () => {
    const score = p.map((value) => Math.log(value / (1 - value)))
    const { a, b } = fitPlatt(score, y, w)
    const { scikitLearn, exact } = golden.platt[name]
    expect(a).toBeCloseTo(scikitLearn[0], 3)
    expect(b).toBeCloseTo(scikitLearn[1], 3)
    expect(a).toBeCloseTo(exact[0], 10)
    expect(b).toBeCloseTo(exact[1], 10)
  })
})

describe('isotonic regression', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 4 })), {
    minLength: 1,
    maxLength: 12,
  })
  it('is the max-min of weighted means (Barlow et al. 1972)', () => {
    fc.assert(
      fc.property(rows, (sample) => {
        const fitted = fitIsotonic(
          sample.map(([x]) => x),
          sample.map(([, y]) => y),
          sample.map(([, , w]) => w),
        )
        const values = [...new Set(sample.map(([x]) => x))].sort((a, b) => a - b)
        const mean = (from: number, to: number): number => {
          const inside = sample.filter(([x]) => x >= from && x <= to)
          return inside.reduce((sum, [, y, w]) => sum + w * y, 0) / inside.reduce((sum, [, , w]) => sum + w, 0)
        }
        for (const x of values) {
          const expected = Math.max(
            ...values.filter((s) => s <= x).map((s) => Math.min(...values.filter((t) => t >= x).map((t) => mean(s, t)))),
          )
          expect(isotonicAt(fitted, x)).toBeCloseTo(expected, 10)
        }
      }),
    )
  })
})

describe('fitCalibrator', () => {
  const rng = createRng(2, 'calibrate')
  const n = 4000
  const truth = Float64Array.from({ length: n }, () => sigmoid(rng.normal()))
  const outcome = truth.map((chance) => (rng.next() < chance ? 1 : 0))
  // Too sure by a factor of three in log-odds, and too high.
  const said = truth.map((chance) => sigmoid(3 * Math.log(chance / (1 - chance)) + 1))
  const [first, second] = [
    [0, 2000],
    [2000, n],
  ] as const

  it.each(['isotonic', 'platt'] as const)('%s takes away most of the miscalibration on rows it has not seen', (kind) => {
    const calibrator = fitCalibrator({ kind, proba: said.subarray(...first), y: outcome.subarray(...first) })
    const [later, y] = [said.subarray(...second), outcome.subarray(...second)]
    const calibrated = calibrator.apply(later)
    expect(brierDecomposition(y, calibrated).reliability).toBeLessThan(0.1 * brierDecomposition(y, later).reliability)
    if (kind === 'platt') expect(rocAuc(y, calibrated)).toBe(rocAuc(y, later))
    if (kind === 'platt') expect(logLoss(y, calibrated)).toBeLessThan(logLoss(y, later) - 0.1)
    const again = calibratorFromJson(JSON.parse(JSON.stringify(calibrator)))
    expect(again.apply(later)).toEqual(calibrated)
    expect(again.kind).toBe(kind)
  })

  it('stays finite for scores that separate the classes, or do not vary', () => {
    const sure = fitCalibrator({ kind: 'platt', proba: [0, 0, 1, 1], y: [0, 0, 1, 1] }).apply([0, 0.5, 1])
    expect(sure[0]).toBeGreaterThan(0.1)
    expect(sure[2]).toBeLessThan(0.9)
    const flat = fitCalibrator({ kind: 'platt', proba: [0.5, 0.5, 0.5], y: [0, 0, 1] }).apply([0.5])
    expect(flat[0]).toBeCloseTo((2 / 3 + 2 * (1 / 4)) / 3, 10)
    expect(fitCalibrator({ kind: 'isotonic', proba: [0.5, 0.5, 0.5], y: [0, 0, 1] }).apply([0, 1])[1]).toBeCloseTo(1 / 3, 14)
  })

  it('refuses what cannot be learned from', () => {
    expect(() => fitCalibrator({ kind: 'isotonic', proba: [0.5], y: [1, 0] })).toThrow(thrown('bad-calibration'))
    expect(() => fitCalibrator({ kind: 'platt', proba: [0.5, NaN], y: [1, 0] })).toThrow(thrown('bad-calibration'))
    expect(() => fitCalibrator({ kind: 'platt', proba: [0.5, 0.5], y: [1, 2] })).toThrow(thrown('bad-calibration'))
    expect(() => fitCalibrator({ kind: 'platt', proba: [0.5, 0.5], y: [1, 0], weight: [1, -1] })).toThrow(thrown('bad-calibration'))
    expect(() => fitCalibrator({ kind: 'beta' as 'platt', proba: [0.5], y: [1] })).toThrow(thrown('bad-calibration'))
    expect(() => fitCalibrator({ kind: 'platt', proba: [0.5, 0.6], y: [1, 0], weight: [1, 0] })).toThrow(thrown('one-class'))
    expect(() => calibratorFromJson({ kind: 'isotonic', knots: [0, 1], levels: [0] })).toThrow(thrown('bad-calibrator'))
    expect(() => calibratorFromJson(undefined)).toThrow(thrown('bad-calibrator'))
  })
})
