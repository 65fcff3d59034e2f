import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelledBars, spansMeet } from '../../test/fixtures/labelled-bars.js'
import { leakyFolds } from '../../test/fixtures/leaky-steps.js'
import { combinatorialPurged, purgedKFold, walkForward, type Fold, type SplitData } from '../split/index.js'
import { checkFolds } from './fold-leaks.js'

const time = Float64Array.from({ length: 100 }, (_, i) => i * 60_000)
const labelEndTime = time.map((_, i) => time[i + 5] ?? NaN)

describe('checkFolds', () => {
  it.each(Object.entries(leakyFolds))('catches: %s', (_name, fold) => {
    expect(checkFolds({ time, labelEndTime, folds: [fold] }).leaks.length).toBeGreaterThan(0)
  })

  it('passes whatever the splitters make, of labels of any span', () => {
    let checked = 0
    fc.assert(
      fc.property(labelledBars, (data) => {
        const small: SplitData = { ...data, minTrainRows: 1 }
        const makers = [
          () => walkForward({ ...small, nSplits: 2, testSize: 0.4 }),
          () => purgedKFold({ ...small, nSplits: 3 }),
          () => [...combinatorialPurged({ ...small, nGroups: 4, nTestGroups: 2 })],
        ]
        for (const make of makers) {
          const folds = made(make)
          checked += folds.length
          expect(checkFolds({ ...data, folds }).leaks).toEqual([])
        }
      }),
      { numRuns: 100 },
    )
    expect(checked).toBeGreaterThan(300)
  })

  it('finds exactly the training rows whose label meets a test label', () => {
    fc.assert(
      fc.property(labelledBars, fc.integer({ min: 1, max: 20 }), (data, wide) => {
        const standing = Array.from(data.time.keys()).filter((i) => !Number.isNaN(data.labelEndTime[i]))
        const test = standing.filter((_, k) => k % 23 < Math.min(3, wide))
        const train = standing.filter((i) => !test.includes(i))
        const folds: Fold[] = [
          {
            ...{ index: 0, train: Int32Array.from(train), validation: new Int32Array(), test: Int32Array.from(test) },
            ...{ embargoMs: 0, purged: 0, embargoed: 0, kind: 'purged-k-fold' },
          },
        ]
        const first = train.find((i) => test.some((j) => spansMeet(data, i, [j])))
        expect(checkFolds({ ...data, folds }).leaks[0]?.bar).toBe(first)
      }),
    )
  })

  it('refuses folds of other bars', () => {
    const folds = [leakyFolds.shuffled!]
    const thrown = expect.objectContaining({ code: 'bad-split' }) as Error
    expect(() => checkFolds({ time: time.slice(0, 50), labelEndTime: labelEndTime.slice(0, 50), folds })).toThrow(thrown)
    expect(() => checkFolds({ time, labelEndTime: labelEndTime.slice(1), folds })).toThrow(thrown)
  })
})

function made(make: () => Fold[]): Fold[] {
  try {
    return make()
  } catch (error) {
    if ((error as { code?: string }).code === 'too-few-bars') return []
    throw error
  }
}
