import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeFolds } from './describe-folds.js'
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
    const folds = walkForward({ ...minutes(1000, 1), nSplits: 2, testSize: 0.2, embargoMs: 30 * MINUTE, minTrainRows: 10 })
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
    const [fold] = walkForward({ ...minutes(1000, 60), nSplits: 1, testSize: 0.2, embargoMs: 0, minTrainRows: 10 })
    expect(fold!.embargoMs).toBe(60 * MINUTE)
    expect(range(fold!.train)).toEqual([0, 739]) // bar 740's label ends at bar 800 itself
    expect([fold!.purged, fold!.embargoed]).toEqual([60, 0])
  })

  it('holds out the tail of training with a gap of its own', () => {
    const [fold] = walkForward({
      ...minutes(1000, 1),
      nSplits: 1,
      testSize: 0.2,
      embargoMs: 10 * MINUTE,
      validationShare: 0.1,
      minTrainRows: 10,
    })
    expect(range(fold!.validation)).toEqual([712, 790])
    expect(range(fold!.train)).toEqual([0, 702])
    expect([fold!.purged, fold!.embargoed]).toEqual([2, 16])
  })

  it('keeps the training span constant when rolling', () => {
    const folds = walkForward({ ...minutes(1000, 1), nSplits: 2, testSize: 0.2, embargoMs: 0, mode: 'rolling', minTrainRows: 10 })
    expect(folds.map(({ train }) => range(train))).toEqual([
      [0, 798],
      [100, 898],
    ])
  })

  it('takes only usable bars', () => {
    const usable = Uint8Array.from({ length: 1000 }, (_, i) => (i >= 50 && i !== 850 ? 1 : 0))
    const [fold] = walkForward({ ...minutes(1000, 1), usable, nSplits: 1, testSize: 0.2, embargoMs: 0, minTrainRows: 10 })
    expect(fold!.train[0]).toBe(50)
    expect(fold!.test).not.toContain(850)
    expect(fold!.test).toHaveLength(198)
  })

  it('says how many bars would do, and is right', () => {
    const attempt = (n: number): Fold[] =>
      walkForward({ ...minutes(n, 1), nSplits: 3, testSize: 0.5, embargoMs: 20 * MINUTE, validationShare: 0.2, minTrainRows: 100 })
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
    expect(() => walkForward({ ...minutes(150, 1), nSplits: 40, testSize: 0.1, embargoMs: 0, minTrainRows: 10 })).toThrow(
      thrown('too-few-bars'),
    )
  })

  it('refuses settings that make no sense', () => {
    const base: WalkForwardOptions = { ...minutes(1000, 1), nSplits: 2, testSize: 0.2, embargoMs: 0 }
    const wrong: Partial<WalkForwardOptions>[] = [
      { nSplits: 0 },
      { nSplits: 2.5 },
      { testSize: 0 },
      { testSize: 1 },
      { testSize: NaN },
      { embargoMs: -1 },
      { embargoMs: Infinity },
      { validationShare: 1 },
      { usable: new Uint8Array(3) },
      { labelEndTime: new Float64Array(3) },
      { time: new Float64Array(1000) },
    ]
    for (const part of wrong)
      expect(() => walkForward({ ...base, ...part }), JSON.stringify(Object.keys(part))).toThrow(thrown('bad-split'))
  })

  it('is pure: over random bars, label spans and settings no earlier part touches a later one', () => {
    const scenario = fc.record({
      steps: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 60, maxLength: 200 }),
      spans: fc.array(fc.integer({ min: -1, max: 12 }), { minLength: 60, maxLength: 60 }),
      usable: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 60, maxLength: 60 }),
      nSplits: fc.integer({ min: 1, max: 4 }),
      testSize: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
      embargoMs: fc.integer({ min: 0, max: 20_000 }),
      horizonMs: fc.integer({ min: 0, max: 20_000 }),
      validationShare: fc.constantFrom(0, 0.1, 0.3),
      mode: fc.constantFrom('anchored' as const, 'rolling' as const),
    })
    let cut = 0
    fc.assert(
      fc.property(scenario, ({ steps, spans, usable, ...settings }) => {
        let now = 0
        const time = Float64Array.from(steps, (step) => (now += step))
        const n = time.length
        // Labels of any length, some missing: ends are taken from the bars, as labels do.
        const labelEndTime = time.map((_, i) => (spans[i % 60]! < 1 ? NaN : (time[i + spans[i % 60]!] ?? NaN)))
        const mask = time.map((_, i) => usable[i % 60]!)
        let folds: Fold[]
        try {
          folds = walkForward({ time, labelEndTime, usable: mask, ...settings, minTrainRows: 1 })
        } catch (error) {
          return (error as { code: string }).code === 'too-few-bars'
        }
        cut += 1
        const gap = Math.max(settings.embargoMs, settings.horizonMs)
        const tested = folds.flatMap(({ test }) => [...test])
        const increasing = (rows: ArrayLike<number>): boolean => Array.from(rows).every((row, i) => i === 0 || row > rows[i - 1]!)
        return (
          increasing(tested) &&
          tested[0]! >= n - Math.round(n * settings.testSize) &&
          folds.every(({ train, validation, test, purged, embargoed }) => {
            const parts = [train, validation, test].filter((part) => part.length > 0)
            const candidates = train.length + validation.length + purged + embargoed
            return (
              candidates <= test[0]! &&
              parts.every((part) => increasing(part) && part.every((i) => mask[i]! > 0 && Number.isFinite(labelEndTime[i]))) &&
              parts.every((earlier, a) =>
                parts
                  .slice(a + 1)
                  .every((later) => earlier.every((i) => labelEndTime[i]! < time[later[0]!]! && time[i]! + gap <= time[later[0]!]!)),
              )
            )
          })
        )
      }),
      { numRuns: 300 },
    )
    expect(cut).toBeGreaterThan(100)
  })
})

describe('describeFolds', () => {
  it('says where the parts lie and how wide the gap came out', () => {
    const data = minutes(1000, 1)
    const [row] = describeFolds(walkForward({ ...data, nSplits: 1, testSize: 0.2, embargoMs: 30 * MINUTE }), data.time)
    expect(row).toMatchObject({
      fold: 0,
      trainRows: 771,
      trainFrom: '1970-01-01T00:00:00.000Z',
      validationRows: 0,
      validationFrom: '',
      testFrom: '1970-01-01T13:20:00.000Z',
      embargoMinutes: 30,
      gapMinutes: 30,
    })
  })
})
