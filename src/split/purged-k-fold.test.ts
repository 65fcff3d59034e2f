import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isClearBefore, isEmbargoedAfter, labelledBars, spansMeet, stands } from '../../test/fixtures/labelled-bars.js'
import type { Fold } from './fold.js'
import { purgedKFold, type PurgedKFoldOptions } from './purged-k-fold.js'

const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
const runs = (rows: Int32Array): number[][] => {
  const ends: number[][] = []
  for (const row of rows)
    if (ends.at(-1)?.[1] === row - 1) ends.at(-1)![1] = row
    else ends.push([row, row])
  return ends
}
/** n bars an hour apart whose label ends 5 hours later. */
function hours(n: number): Omit<PurgedKFoldOptions, 'nSplits'> {
  const time = Float64Array.from({ length: n }, (_, i) => i * 3_600_000)
  return { time, labelEndTime: time.map((t, i) => (i + 5 < n ? t + 5 * 3_600_000 : NaN)), horizonMs: 5 * 3_600_000, horizonBars: 5 }
}

describe('purgedKFold', () => {
  it('trains on both sides of each block: purged before, purged and embargoed after', () => {
    const folds = purgedKFold({ ...hours(1005), nSplits: 4 })
    expect(folds.map(({ test }) => runs(test))).toEqual([[[0, 249]], [[250, 499]], [[500, 749]], [[750, 999]]])
    // Row 244's label ends before bar 250 opens; the labels of the block end with bar 504, and 5 hours later is bar 509.
    expect(folds.map(({ train }) => runs(train))).toEqual([
      [[259, 999]],
      [
        [0, 244],
        [509, 999],
      ],
      [
        [0, 494],
        [759, 999],
      ],
      [[0, 744]],
    ])
    expect(folds.map(({ purged, embargoed }) => [purged, embargoed])).toEqual([
      [5, 4],
      [10, 4],
      [10, 4],
      [5, 0],
    ])
    expect(folds[0]).toMatchObject({ kind: 'purged-k-fold', embargo: { why: 'label horizon' }, embargoMs: 5 * 3_600_000 })
    expect(runs(purgedKFold({ ...hours(1005), nSplits: 4, embargo: 'none' })[0]!.train)).toEqual([[255, 999]])
    expect(runs(purgedKFold({ ...hours(1005), nSplits: 4, embargo: { bars: 20 } })[0]!.train)).toEqual([[274, 999]])
  })

  it('holds out the latest training rows, with their own gap', () => {
    const [fold] = purgedKFold({ ...hours(1005), nSplits: 4, validationShare: 0.1 })
    expect(runs(fold!.validation)).toEqual([[926, 999]])
    expect(runs(fold!.train)).toEqual([[259, 920]])
  })

  it('cuts the same rows as an obvious slow reference, over random bars, label spans and settings', () => {
    let cut = 0
    fc.assert(
      fc.property(labelledBars, fc.integer({ min: 2, max: 6 }), (data, nSplits) => {
        let folds: Fold[]
        try {
          folds = purgedKFold({ ...data, nSplits, minTrainRows: 1 })
        } catch (error) {
          expect(error).toMatchObject({ code: 'too-few-bars' })
          return
        }
        cut += 1
        const standing = Array.from(data.time, (_, i) => i).filter((i) => stands(data, i))
        expect(folds.flatMap(({ test }) => [...test])).toEqual(standing)
        const sizes = folds.map(({ test }) => test.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        for (const { train, validation, test, purged, embargoed } of folds) {
          const tested = [...test]
          const others = standing.filter((i) => !tested.includes(i))
          const clear = others.filter((i) => !spansMeet(data, i, tested))
          const kept = clear.filter((i) => !isEmbargoedAfter(data, i, tested))
          const held = Math.round(kept.length * (data.validationShare ?? 0))
          const tail = kept.slice(kept.length - held)
          expect([...validation]).toEqual(tail)
          expect([...train]).toEqual(kept.slice(0, kept.length - held).filter((i) => tail.every((j) => isClearBefore(data, i, j))))
          expect(train.length + validation.length + purged + embargoed).toBe(others.length)
          if (held === 0) expect([purged, embargoed]).toEqual([others.length - clear.length, clear.length - kept.length])
        }
      }),
      { numRuns: 200 },
    )
    expect(cut).toBeGreaterThan(80)
  })

  it('refuses what makes no sense, and too few bars', () => {
    const base = { ...hours(1005), nSplits: 4 }
    for (const nSplits of [1, 0, 2.5, NaN, Infinity]) expect(() => purgedKFold({ ...base, nSplits })).toThrow(thrown('bad-split'))
    expect(() => purgedKFold({ ...base, embargo: { minutes: -1 } })).toThrow(thrown('bad-split'))
    expect(() => purgedKFold({ ...base, time: base.time.slice().reverse() })).toThrow(thrown('bad-split'))
    expect(() => purgedKFold({ ...base, nSplits: 1001 })).toThrow(thrown('too-few-bars'))
    expect(() => purgedKFold({ ...base, usable: new Uint8Array(1005) })).toThrow(thrown('too-few-bars'))
    expect(() => purgedKFold({ ...hours(150), nSplits: 2 })).toThrow(
      expect.objectContaining({
        code: 'too-few-bars',
        received: '150 bars: fold 0 would have 64 training, 0 validation and 72 test rows',
      }) as Error,
    )
    expect(() => purgedKFold({ ...hours(0), nSplits: 2 })).toThrow(thrown('too-few-bars'))
  })
})
