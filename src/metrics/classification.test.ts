import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrationTable, expectedCalibrationError } from './calibration.js'
import { classificationMetrics } from './classification-metrics.js'
import { confusion, f1, mcc, precision, recall } from './confusion.js'
import { logLoss } from './probability.js'
import { midranks } from './ranks.js'
import { rocAuc, rocPoints } from './roc.js'

const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

describe('rocAuc', () => {
  it('is the share of pairs in the right order, ties half', () => {
    const sample = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 0.1, 0.2, 0.5, 0.9, 1)), { minLength: 2, maxLength: 40 })
    fc.assert(
      fc.property(sample, (rows) => {
        const [y, p] = [rows.map(([target]) => target), rows.map(([, score]) => score)]
        let right = 0
        let pairs = 0
        for (const [i, a] of y.entries())
          for (const [j, b] of y.entries())
            if (a === 1 && b === 0) {
              pairs += 1
              right += p[i]! > p[j]! ? 1 : p[i] === p[j] ? 0.5 : 0
            }
        const auc = rocAuc(y, p)
        if (pairs === 0) return Number.isNaN(auc)
        // The area under its own curve, by trapezoids.
        const points = rocPoints(y, p)
        const area = points.slice(1).reduce((sum, b, k) => {
          const a = points[k]!
          return sum + ((b.falsePositiveRate - a.falsePositiveRate) * (a.truePositiveRate + b.truePositiveRate)) / 2
        }, 0)
        return Math.abs(auc - right / pairs) < 1e-12 && Math.abs(auc - area) < 1e-12
      }),
    )
  })

  it('is not defined with one class, and 0.5 for a constant', () => {
    expect(rocAuc([1, 1], [0.2, 0.9])).toBeNaN()
    expect(rocAuc([], [])).toBeNaN()
    expect(rocAuc([1, 0, 0], [0.3, 0.3, 0.3])).toBe(0.5)
  })
})

describe('scores', () => {
  it('clip a sure and wrong probability as they say', () => {
    expect(logLoss([1], [0])).toBeCloseTo(-Math.log(1e-15), 10)
    expect(logLoss([0], [1])).toBeCloseTo(-Math.log(1e-15), 0)
    expect(logLoss([0, 1], [0, 1])).toBeLessThan(1e-14)
  })

  it('count a probability at the threshold as not up', () => {
    expect(confusion([1, 0, 1, 0], [0.5, 0.5, 0.6, 0.7])).toEqual({
      truePositives: 1,
      falsePositives: 1,
      trueNegatives: 1,
      falseNegatives: 1,
    })
  })

  it('are not defined where they divide by nothing', () => {
    const never = confusion([1, 0], [0.1, 0.1])
    expect(precision(never)).toBeNaN()
    expect(mcc(never)).toBeNaN()
    expect(recall(never)).toBe(0)
    expect(f1(never)).toBe(0)
    expect(f1(confusion([0], [0.1]))).toBeNaN()
    for (const { name, compute } of classificationMetrics) expect(compute({ y: [], p: [], threshold: 0.5 }), name).toBeNaN()
  })

  it('refuse what cannot be scored', () => {
    expect(() => rocAuc([1], [])).toThrow(thrown('bad-scores'))
    expect(() => logLoss([NaN], [0.5])).toThrow(thrown('bad-scores'))
    expect(() => confusion([1], [NaN])).toThrow(thrown('bad-scores'))
    expect(() => confusion([1], [1.01])).toThrow(thrown('bad-scores'))
  })

  it('rank ties in the middle', () => {
    expect([...midranks([5, 1, 5, 3])]).toEqual([3.5, 1, 3.5, 2])
  })
})

describe('calibration', () => {
  it('keeps ties together and leaves out empty bins', () => {
    const table = calibrationTable([1, 0, 1, 1], [0.2, 0.2, 0.2, 0.8], { bins: 2 })
    expect(table.map(({ rows, from, to, observed }) => [rows, from, to, observed])).toEqual([
      [3, 0.2, 0.2, 2 / 3],
      [1, 0.8, 0.8, 1],
    ])
    expect(calibrationTable([1, 0], [0.05, 1], { strategy: 'equal-width' }).map(({ from, to }) => [from, to])).toEqual([
      [0, 0.1],
      [0.9, 1],
    ])
  })

  it('has the error of its table, and Wilson intervals', () => {
    expect(expectedCalibrationError([1, 0, 1, 1], [0.2, 0.2, 0.2, 0.8], { bins: 2 })).toBeCloseTo((3 * (2 / 3 - 0.2) + 0.2) / 4, 14)
    const [bin] = calibrationTable([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], new Array<number>(10).fill(0.5))
    expect([bin!.lower, bin!.upper].map((v) => v.toFixed(4))).toEqual(['0.0179', '0.4042']) // Wilson 1927, 1 of 10
    expect(() => calibrationTable([], [], { bins: 0 })).toThrow(thrown('bad-bins'))
  })
})
