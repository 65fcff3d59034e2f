import { describe, expect, it } from 'vitest'
import { randomBars } from '../../../test/fixtures/random-bars.js'
import { makeConfig } from '../../config/index.js'
import { directionLabels } from '../../labels/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'
import { tuningSplit, type TuningSplitInput } from './tuning-split.js'

const bars = randomBars(1000, 1)
const X: FeatureMatrix = { names: ['a'], time: bars.time, rows: 1000, values: bars.close }
const labels = directionLabels(bars, { horizonBars: 12 })
const split = (more: Partial<TuningSplitInput> = {}) =>
  tuningSplit({
    ...{ bars, X, labels, model: 'lstm', fixed: {}, holdoutShare: 0.2, config: makeConfig() },
    space: { lookbackBars: { kind: 'categorical', choices: [8, 64, 16] } },
    ...more,
  })

describe('tuningSplit', () => {
  it('shows the trials neither a bar that is kept back nor a label that needs one', () => {
    const { folds, holdout, holdoutFrom } = split()
    expect([folds.length, holdoutFrom]).toEqual([5, 800])
    for (const { train, validation, test } of folds)
      for (const row of [...train, ...validation, ...test]) {
        expect(row).toBeLessThan(800)
        expect(labels.endTime[row]).toBeLessThan(bars.time[800]!)
      }
    expect(folds.at(-1)!.test.at(-1)).toBe(800 - 13)
    expect([holdout.test[0], holdout.test.at(-1)]).toEqual([800, 1000 - 13])
    expect(Math.max(...holdout.train, ...holdout.validation)).toBeLessThan(800 - 11)
  })

  it('fits all trials on the rows that the longest look-back can use', () => {
    expect(split().folds[0]!.train[0]).toBe(63)
    expect(split({ space: { lookbackBars: { kind: 'int', low: 4, high: 20 } } }).folds[0]!.train[0]).toBe(19)
    expect(split({ model: 'lightgbm', space: { numLeaves: { kind: 'int', low: 4, high: 20 } } }).folds[0]!.train[0]).toBe(0)
  })

  it('needs bars on both sides', () =>
    expect(() => split({ holdoutShare: 0.0001 })).toThrow(expect.objectContaining({ code: 'too-few-bars' })))
})
