import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../core/index.js'
import { calibrationTable } from './calibration.js'
import { classificationMetrics } from './classification-metrics.js'
import { rocPoints } from './roc.js'

type Name = 'auc' | 'brier' | 'logLoss' | 'accuracy' | 'precision' | 'recall' | 'f1' | 'mcc'
/** Made once by scikit-learn; how is written in the file's first key. */
const golden = JSON.parse(readFileSync(projectPath('src/metrics/golden-scikit-learn.json'), 'utf8')) as Record<Name, number> &
  Record<'y' | 'p' | 'fpr' | 'tpr' | 'observed' | 'meanPredicted', number[]>
const { y, p } = golden

describe('metrics agree with scikit-learn', () => {
  it('scores, with tied probabilities', () => {
    expect(new Set(p).size).toBeLessThan(p.length)
    for (const { name, compute } of classificationMetrics)
      if (name !== 'calibrationError') expect(compute({ y, p, threshold: 0.5 }), name).toBeCloseTo(golden[name], 14)
  })

  it('the ROC curve', () => {
    const points = rocPoints(y, p)
    expect(points.map((point) => point.falsePositiveRate)).toEqual(golden.fpr)
    expect(points.map((point) => point.truePositiveRate)).toEqual(golden.tpr)
    expect(points[0]!.threshold).toBe(Infinity)
  })

  it('the calibration curve of equal width', () => {
    const table = calibrationTable(y, p, { bins: 5, strategy: 'equal-width' })
    for (const [k, bin] of table.entries()) {
      expect(bin.observed).toBeCloseTo(golden.observed[k]!, 14)
      expect(bin.meanPredicted).toBeCloseTo(golden.meanPredicted[k]!, 14)
    }
    expect(table).toHaveLength(golden.observed.length)
  })
})
