import { describe, expect, it } from 'vitest'
import { DISPLAY, stableJson } from '../core/index.js'
import { combinatorialPurged } from './combinatorial-purged.js'
import { describeFolds } from './describe-folds.js'
import type { Fold } from './fold.js'
import { purgedKFold } from './purged-k-fold.js'
import { walkForward } from './walk-forward.js'

const MINUTE = 60_000
const time = Float64Array.from({ length: 1000 }, (_, i) => i * MINUTE)
const data = { time, labelEndTime: time.map((t) => t + 5 * MINUTE), horizonMs: 5 * MINUTE, horizonBars: 5 }
const shown = (folds: Iterable<Fold>, as = 'text/plain'): string => String(describeFolds(folds, time)[DISPLAY]()[as as never])

describe('describeFolds', () => {
  it('says where the parts lie, how wide the gap came out, and which embargo is in force', () => {
    const folds = walkForward({ ...data, nSplits: 1, testSize: 0.2, embargo: { minutes: 30 } })
    expect([...describeFolds(folds, time)]).toEqual([
      {
        fold: 0,
        trainRows: 771,
        trainFrom: '1970-01-01T00:00:00.000Z',
        trainTo: '1970-01-01T12:50:00.000Z',
        validationRows: 0,
        validationFrom: '',
        validationTo: '',
        testRows: 200,
        testFrom: '1970-01-01T13:20:00.000Z',
        testTo: '1970-01-01T16:39:00.000Z',
        purged: 5,
        embargoed: 24,
        gapMinutes: 30,
        embargoAsked: '30 minutes',
        embargo: '30 minutes',
        embargoWhy: 'asked for',
      },
    ])
    expect(shown(folds)).toBe(
      [
        'fold  train (UTC)                                validation  test                                       purged  embargoed  embargo     gap',
        '0     771, 1970-01-01 00:00 to 1970-01-01 12:50  0           200, 1970-01-01 13:20 to 1970-01-01 16:39  5       24         30 minutes  30 min',
        'embargo of 30 minutes: asked for',
      ].join('\n'),
    )
  })

  it('does not hide an embargo without effect, or none at all', () => {
    const [short] = describeFolds(walkForward({ ...data, nSplits: 1, testSize: 0.2, embargo: { minutes: 1 } }), time)
    expect(short).toMatchObject({
      embargoAsked: '1 minute',
      embargo: '5 minutes',
      embargoWhy: 'label horizon, longer than the 1 minute asked for',
    })
    const none = walkForward({ ...data, nSplits: 1, testSize: 0.2, embargo: 'none' })
    expect(describeFolds(none, time)[0]).toMatchObject({
      embargoAsked: 'none',
      embargo: 'no embargo',
      embargoWhy: 'asked for',
      gapMinutes: 6,
    })
    for (const as of ['text/plain', 'text/html']) expect(shown(none, as)).toContain('no embargo: asked for')
  })

  it('counts what is trained on later than the test, and the gap on both sides', () => {
    const folds = purgedKFold({ ...data, nSplits: 4, validationShare: 0.1 })
    const rows = describeFolds(folds, time)
    const of = (fold: number) => [rows[fold]!.laterTrainRows, rows[fold]!.gapMinutes, rows[fold]!.gapAfterMinutes]
    expect(of(0)).toEqual([folds[0]!.train.length + folds[0]!.validation.length, null, 10])
    expect(of(1)).toEqual([[...folds[1]!.train, ...folds[1]!.validation].filter((i) => i > 249).length, 6, 10])
    expect(of(3)).toEqual([0, 6, null])
    expect(shown(folds)).toContain('\ntrained on later data too: for choosing, not for final claims')
  })

  it('takes the narrowest gap where several groups are tested, and shows at most 50 folds', () => {
    const split = combinatorialPurged({ ...data, nGroups: 8, nTestGroups: 3, embargo: { bars: 9 } })
    const rows = describeFolds(split, time)
    expect(rows).toHaveLength(56)
    expect(rows[1]).toMatchObject({ fold: 1, testGroups: '0, 1, 3', gapMinutes: 6, gapAfterMinutes: 14, embargo: '9 bars' })
    const text = shown(split).split('\n')
    expect(text).toHaveLength(1 + 50 + 3)
    expect(text[51]).toBe('6 more folds')
  })

  it('looks at each change between trained and tested rows', () => {
    const [train, test] = [Int32Array.of(0, 8, 18, 45, 60), Int32Array.of(5, 20, 40)]
    const fold = {
      index: 0,
      kind: 'combinatorial' as const,
      train,
      validation: Int32Array.of(70),
      test,
      embargoMs: 0,
      purged: 0,
      embargoed: 0,
    }
    expect(describeFolds([fold], time)[0]).toMatchObject({ gapMinutes: 2, gapAfterMinutes: 3, laterTrainRows: 5 })
  })

  it('takes folds made by hand, and serialises like a plain list', () => {
    const fold = {
      index: 0,
      train: Int32Array.of(0),
      validation: new Int32Array(),
      test: Int32Array.of(5),
      embargoMs: MINUTE,
      purged: 0,
      embargoed: 4,
    }
    const rows = describeFolds([fold], time)
    expect(rows[0]).toMatchObject({ gapMinutes: 5, embargoAsked: '', embargo: '1 minute', embargoWhy: '' })
    expect(JSON.parse(stableJson(rows))).toEqual([...rows])
    expect(shown([])).toBe('fold')
  })
})
