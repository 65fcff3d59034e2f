import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isClearBefore, labelledBars, spansMeet, stands } from '../../test/fixtures/labelled-bars.js'
import type { Embargo, EmbargoInForce } from './embargo.js'
import type { Fold } from './fold.js'
import { walkForward, type WalkForwardOptions } from './walk-forward.js'

const MINUTE = 60_000
/** n one-minute bars whose label ends `horizon` bars later. */
function minutes(n: number, horizon: number): { time: Float64Array; labelEndTime: Float64Array; horizonMs: number } {
  const time = Float64Array.from({ length: n }, (_, i) => i * MINUTE)
  const labelEndTime = time.map((t, i) => (i + horizon < n ? t + horizon * MINUTE : NaN))
  return { time, labelEndTime, horizonMs: horizon * MINUTE }
}
const range = (part: Int32Array): [number, number] => [part[0]!, part.at(-1)!]
const thrown = (code: string): Error => expect.objectContaining({ code }) as Error

describe('walkForward', () => {
  it('cuts the last share into consecutive blocks, with the gap before each', () => {
    const folds = walkForward({ ...minutes(1000, 1), nSplits: 2, testSize: 0.2, embargo: { minutes: 30 }, minTrainRows: 10 })
    expect(folds.map(({ test }) => range(test))).toEqual([
      [800, 899],
      [900, 998], // the last bar has no label
    ])
    expect(folds.map(({ train }) => range(train))).toEqual([
      [0, 770],
      [0, 870],
    ])
    // Bar 799's label ends at bar 800: purged. Bars 771..798 stand within 30 minutes of 800.
    expect(folds.map(({ purged, embargoed, embargoMs }) => [purged, embargoed, embargoMs])).toEqual([
      [1, 28, 30 * MINUTE],
      [1, 28, 30 * MINUTE],
    ])
  })

  it('uses the horizon where it is longer than the embargo', () => {
    const [fold] = walkForward({ ...minutes(1000, 60), nSplits: 1, testSize: 0.2, minTrainRows: 10 })
    expect(fold!.embargoMs).toBe(60 * MINUTE)
    expect(range(fold!.train)).toEqual([0, 739]) // bar 740's label ends at bar 800 itself
    expect([fold!.purged, fold!.embargoed]).toEqual([60, 0])
  })

  it('holds out the tail of training with a gap of its own', () => {
    const [fold] = walkForward({
      ...minutes(1000, 1),
      nSplits: 1,
      testSize: 0.2,
      embargo: { minutes: 10 },
      validationShare: 0.1,
      minTrainRows: 10,
    })
    expect(range(fold!.validation)).toEqual([712, 790])
    expect(range(fold!.train)).toEqual([0, 702])
    expect([fold!.purged, fold!.embargoed]).toEqual([2, 16])
  })

  it('keeps the training span constant when rolling', () => {
    const folds = walkForward({ ...minutes(1000, 1), nSplits: 2, testSize: 0.2, mode: 'rolling', minTrainRows: 10 })
    expect(folds.map(({ train }) => range(train))).toEqual([
      [0, 798],
      [100, 898],
    ])
  })

  it('takes only usable bars', () => {
    const usable = Uint8Array.from({ length: 1000 }, (_, i) => (i >= 50 && i !== 850 ? 1 : 0))
    const [fold] = walkForward({ ...minutes(1000, 1), usable, nSplits: 1, testSize: 0.2, minTrainRows: 10 })
    expect(fold!.train[0]).toBe(50)
    expect(fold!.test).not.toContain(850)
    expect(fold!.test).toHaveLength(198)
  })

  it('says how many bars would do, and is right', () => {
    const attempt = (n: number): Fold[] =>
      walkForward({ ...minutes(n, 1), nSplits: 3, testSize: 0.5, embargo: { minutes: 20 }, validationShare: 0.2, minTrainRows: 100 })
    let message = ''
    try {
      attempt(100)
    } catch (error) {
      expect(error).toMatchObject({
        code: 'too-few-bars',
        received: '100 bars: fold 0 would have 6 training, 6 validation and 16 test rows',
      })
      message = (error as { expected: string }).expected
    }
    const needed = Number(/about (\d+) bars/.exec(message)![1])
    expect(attempt(needed)[0]!.train.length).toBeGreaterThanOrEqual(100)
    expect(attempt(needed)[0]!.train.length).toBeLessThan(110)
    expect(() => walkForward({ ...minutes(150, 1), nSplits: 40, testSize: 0.1, minTrainRows: 10 })).toThrow(thrown('too-few-bars'))
  })

  it('refuses settings that make no sense', () => {
    const base: WalkForwardOptions = { ...minutes(1000, 1), nSplits: 2, testSize: 0.2 }
    const wrong: Partial<WalkForwardOptions>[] = [
      { nSplits: 0 },
      { nSplits: 2.5 },
      { testSize: 0 },
      { testSize: 1 },
      { testSize: NaN },
      { embargo: { minutes: -1 } },
      { embargo: { minutes: Infinity } },
      { validationShare: 1 },
      { embargo: { bars: 2.5 }, horizonBars: 1 },
      { embargo: { bars: 2 } }, // no horizon in bars to compare it with
      { embargo: {} as Embargo },
      { embargo: { minutes: 1, bars: 1 } as unknown as Embargo },
      { embargo: 'None' as 'none' },
      { embargo: null as unknown as 'none' },
      { horizonMs: NaN },
      { horizonBars: 0.5 },
      { minTrainRows: 0 },
      { mode: 'sliding' as 'rolling' },
      { time: base.time.map((t, i) => (i === 500 ? NaN : t)) },
      { time: base.time.slice().reverse() },
      { labelEndTime: base.labelEndTime.map((t, i) => (i === 500 ? 0 : t)) },
      { usable: new Uint8Array(3) },
      { labelEndTime: new Float64Array(3) },
      { time: new Float64Array(1000) },
    ]
    for (const part of wrong)
      expect(() => walkForward({ ...base, ...part }), JSON.stringify(Object.keys(part))).toThrow(thrown('bad-split'))
  })

  it('keeps rows away in bars, whatever lies between them', () => {
    // Hourly bars of five days a week: Friday's last bar stands 49 hours before Monday's first.
    const all = Array.from({ length: 24 * 40 }, (_, i) => i * 60 * MINUTE)
    const time = Float64Array.from(all.filter((t) => Math.floor(t / (24 * 60 * MINUTE)) % 7 < 5))
    const labelEndTime = time.map((_, i) => time[i + 2] ?? NaN)
    const monday = time.findIndex((t, i) => i > 400 && t - time[i - 1]! > 60 * MINUTE)
    const base = { time, labelEndTime, horizonMs: 120 * MINUTE, horizonBars: 2, nSplits: 1, testSize: (time.length - monday) / time.length }
    const lastTrained = (embargo?: Embargo): number => walkForward({ ...base, ...(embargo && { embargo }) })[0]!.train.at(-1)!
    // Rows monday - 1 and - 2 are always purged: their labels end on Monday.
    expect(lastTrained('none')).toBe(monday - 3)
    expect(lastTrained()).toBe(monday - 3)
    expect(lastTrained({ minutes: 49 * 60 })).toBe(monday - 3)
    expect(lastTrained({ minutes: 60 * 60 })).toBe(monday - 12)
    expect(lastTrained({ bars: 12 })).toBe(monday - 12)
  })

  it('goes below the horizon only where none is asked for, and then still purges', () => {
    const base = { ...minutes(1000, 60), labelEndTime: minutes(1000, 5).labelEndTime, nSplits: 1, testSize: 0.2, horizonBars: 60 }
    const trained = (embargo?: Embargo): [number, EmbargoInForce | undefined] => {
      const [fold] = walkForward({ ...base, ...(embargo && { embargo }) })
      return [fold!.train.at(-1)!, fold!.embargo]
    }
    const ms = 60 * MINUTE
    expect(trained()).toEqual([740, { asked: undefined, ms, bars: 0, why: 'label horizon' }])
    expect(trained({ minutes: 0 })).toEqual([740, { asked: { minutes: 0 }, ms, bars: 0, why: 'label horizon' }])
    expect(trained({ minutes: 61 })).toEqual([739, { asked: { minutes: 61 }, ms: ms + MINUTE, bars: 0, why: 'asked for' }])
    expect(trained({ bars: 3 })).toEqual([740, { asked: { bars: 3 }, ms: 0, bars: 60, why: 'label horizon' }])
    expect(trained('none')).toEqual([794, { asked: 'none', ms: 0, bars: 0, why: 'asked for' }])
  })

  it('cuts the same rows as an obvious slow reference, over random bars, label spans and settings', () => {
    const settings = fc.record({
      nSplits: fc.integer({ min: 1, max: 4 }),
      testSize: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
      mode: fc.constantFrom('anchored' as const, 'rolling' as const),
    })
    let cut = 0
    fc.assert(
      fc.property(labelledBars, settings, (data, { nSplits, testSize, mode }) => {
        let folds: Fold[]
        try {
          folds = walkForward({ ...data, nSplits, testSize, mode, minTrainRows: 1 })
        } catch (error) {
          expect(error).toMatchObject({ code: 'too-few-bars' })
          return
        }
        cut += 1
        const n = data.time.length
        const bars = Array.from({ length: n }, (_, i) => i)
        const testBars = Math.round(n * testSize)
        const tested = bars.filter((i) => i >= n - testBars && stands(data, i))
        expect(folds.flatMap(({ test }) => [...test])).toEqual(tested)
        for (const [k, { train, validation, test }] of folds.entries()) {
          const from = n - testBars + Math.floor((k * testBars) / nSplits)
          const first = mode === 'rolling' ? from - (n - testBars) : 0
          const later = bars.filter((j) => j >= from)
          const kept = bars.filter((i) => i >= first && i < from && stands(data, i) && later.every((j) => isClearBefore(data, i, j)))
          const held = Math.round(kept.length * (data.validationShare ?? 0))
          const tail = kept.slice(kept.length - held)
          expect([...validation]).toEqual(tail)
          expect([...train]).toEqual(kept.slice(0, kept.length - held).filter((i) => tail.every((j) => isClearBefore(data, i, j))))
          for (const i of [...train, ...validation]) expect(spansMeet(data, i, [...test])).toBe(false)
        }
      }),
      { numRuns: 200 },
    )
    expect(cut).toBeGreaterThan(80)
  })
})
