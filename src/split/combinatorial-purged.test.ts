import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isClearBefore, isEmbargoedAfter, labelledBars, spansMeet, stands } from '../../test/fixtures/labelled-bars.js'
import { DISPLAY } from '../core/index.js'
import { recombinePaths } from './backtest-paths.js'
import { binomial } from './combinations.js'
import { combinatorialPurged, type CombinatorialPurgedOptions, type CombinatorialSplit } from './combinatorial-purged.js'
import { purgedKFold } from './purged-k-fold.js'

const thrown = (code: string, received?: string): Error =>
  expect.objectContaining({ code, ...(received !== undefined && { received }) }) as Error
const HOUR = 3_600_000
function hours(n: number, horizon: number): Omit<CombinatorialPurgedOptions, 'nGroups' | 'nTestGroups'> {
  const time = Float64Array.from({ length: n }, (_, i) => i * HOUR)
  return { time, labelEndTime: time.map((t) => t + horizon * HOUR), horizonMs: horizon * HOUR, horizonBars: horizon }
}

describe('combinatorialPurged', () => {
  it('tests every choice of groups, with purge and embargo around each of them', () => {
    const split = combinatorialPurged({ ...hours(600, 3), nGroups: 6, nTestGroups: 2 })
    const folds = [...split]
    expect(folds.map(({ index, testGroups }) => [index, testGroups])).toEqual(split.combinations.map((groups, index) => [index, groups]))
    expect(folds).toHaveLength(15)
    const fold = folds.find(({ testGroups }) => String(testGroups) === '1,3')!
    const trained = Array.from({ length: 600 }, (_, i) => i).filter(
      (i) => i <= 96 || (i >= 205 && i <= 296) || i >= 405, // 3 purged before each group; 3 purged and 2 embargoed after it
    )
    expect([...fold.train]).toEqual(trained)
    expect([fold.purged, fold.embargoed]).toEqual([12, 4])
    expect(fold).toEqual(split.fold(fold.index))
    expect(() => split.fold(15)).toThrow(RangeError)
    expect(split[DISPLAY]()).toEqual({
      'text/plain':
        '15 combinatorial folds: every 2 of 6 groups tested, 5 backtest paths. After each tested group embargo of 180 minutes: label horizon. Trains on later data too: not for final claims.',
    })
  })

  it('is purged k-fold where one group is tested at a time', () => {
    const data = { ...hours(600, 3), validationShare: 0.2 }
    const folds = [...combinatorialPurged({ ...data, nGroups: 6, nTestGroups: 1 })]
    expect(folds.map(({ testGroups: _, ...fold }) => ({ ...fold, kind: 'purged-k-fold' }))).toEqual(purgedKFold({ ...data, nSplits: 6 }))
  })

  it('cuts the same rows as an obvious slow reference, and joins them to whole paths', () => {
    let cut = 0
    fc.assert(
      fc.property(labelledBars, fc.integer({ min: 2, max: 6 }), fc.nat(), (data, nGroups, choice) => {
        const nTestGroups = 1 + (choice % (nGroups - 1))
        let split: CombinatorialSplit
        try {
          split = combinatorialPurged({ ...data, nGroups, nTestGroups, minTrainRows: 1 })
        } catch (error) {
          expect(error).toMatchObject({ code: 'too-few-bars' })
          return
        }
        cut += 1
        const standing = Array.from(data.time, (_, i) => i).filter((i) => stands(data, i))
        const groups = split.groups.map((group) => [...group])
        expect(groups.flat()).toEqual(standing)
        const folds = [...split]
        expect(BigInt(folds.length)).toBe(binomial(nGroups, nTestGroups))
        for (const { train, validation, test, testGroups } of folds) {
          const tested = testGroups!.map((group) => groups[group]!)
          expect([...test]).toEqual(tested.flat())
          const kept = standing.filter(
            (i) =>
              tested.every((rows) => !rows.includes(i)) &&
              tested.every((rows) => !spansMeet(data, i, rows) && !isEmbargoedAfter(data, i, rows)),
          )
          const held = Math.round(kept.length * (data.validationShare ?? 0))
          const tail = kept.slice(kept.length - held)
          expect([...validation]).toEqual(tail)
          expect([...train]).toEqual(kept.slice(0, kept.length - held).filter((i) => tail.every((j) => isClearBefore(data, i, j))))
        }
        const paths = recombinePaths(split)
        expect(paths).toHaveLength((folds.length * nTestGroups) / nGroups)
        for (let group = 0; group < nGroups; group++) {
          const testing = folds.filter(({ testGroups }) => testGroups!.includes(group))
          expect(paths.map(({ foldOfGroup }) => foldOfGroup[group])).toEqual(testing.map(({ index }) => index))
        }
      }),
      { numRuns: 120 },
    )
    expect(cut).toBeGreaterThan(40)
  })

  it('refuses what makes no sense, too few bars and too many folds', () => {
    const base = { ...hours(3000, 1), minTrainRows: 1 }
    const attempt = (nGroups: number, nTestGroups: number, maxFolds?: number) => () =>
      combinatorialPurged({ ...base, nGroups, nTestGroups, ...(maxFolds !== undefined && { maxFolds }) })
    for (const [groups, tested] of [
      [1, 1],
      [6, 0],
      [6, 6],
      [6, 7],
      [6.5, 2],
      [6, 1.5],
      [NaN, 1],
      [Infinity, 1],
    ] as const)
      expect(attempt(groups, tested)).toThrow(thrown('bad-split'))
    for (const maxFolds of [0, 1.5, NaN]) expect(attempt(6, 2, maxFolds)).toThrow(thrown('bad-split'))
    expect(attempt(3001, 1)).toThrow(thrown('too-few-bars'))
    expect(attempt(20, 10)).toThrow(thrown('too-many-combinations', '10 of 20 groups: 184,756 folds'))
    expect(attempt(6, 3, 19)).toThrow(thrown('too-many-combinations', '3 of 6 groups: 20 folds'))
    expect(attempt(60, 30)).toThrow(thrown('too-many-combinations', '30 of 60 groups: 118,264,581,564,861,424 folds'))
    expect(attempt(3000, 1500)).toThrow(thrown('too-many-combinations', '1500 of 3000 groups: about 10^901 folds'))
    expect(attempt(14, 4, 1001)().combinations).toHaveLength(1001)
    expect(() => combinatorialPurged({ ...base, labelEndTime: base.time.map(() => 1e15), nGroups: 4, nTestGroups: 2 })).toThrow(
      thrown('too-few-bars', '3000 bars: fold 0 would have 0 training, 0 validation and 1500 test rows'),
    )
  })
})
