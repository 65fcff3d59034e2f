import { describe, expect, it } from 'vitest'
import { randomBars } from '../../../test/fixtures/random-bars.js'
import { makeConfig } from '../../config/index.js'
import { DISPLAY, plainText } from '../../core/index.js'
import { directionLabels } from '../../labels/index.js'
import type { Embargo } from '../../split/index.js'
import { directionSplit, type DirectionSplitInput } from './direction-split.js'

const bars = randomBars(1000, 1)
const base: DirectionSplitInput = {
  bars,
  X: { names: ['close'], time: bars.time, rows: 1000, values: bars.close },
  labels: directionLabels(bars, { horizonBars: 3 }),
  models: [{ name: 'logistic', spec: { kind: 'logistic', params: {} } }],
  folds: 2,
  testSize: 0.2,
  config: makeConfig(),
}
const cut = async (options: { embargoMinutes?: number | 'none'; embargo?: Embargo }) => {
  const { folds, embargo, [DISPLAY]: shown } = directionSplit({ ...base, ...options })
  const gap = folds[0]!.test[0]! - folds[0]!.validation.at(-1)!
  return { gap, ms: embargo.ms, bars: embargo.bars, text: plainText(await shown())! }
}

describe('directionSplit', () => {
  it('takes the embargo in minutes, in bars or none, never below the horizon unasked, and shows which is in force', async () => {
    expect(await cut({})).toMatchObject({ gap: 4, ms: 3 * 3_600_000, text: expect.stringContaining('label horizon') as string })
    const short = await cut({ embargoMinutes: 30 })
    expect(short).toMatchObject({ gap: 4, ms: 3 * 3_600_000 })
    expect(short.text).toContain('label horizon, longer than the 30 minutes asked for')
    expect(await cut({ embargoMinutes: 600 })).toMatchObject({ gap: 10, ms: 600 * 60_000 })
    expect(await cut({ embargoMinutes: 600, embargo: { bars: 20 } })).toMatchObject({ gap: 20, ms: 0, bars: 20 })
    const none = await cut({ embargoMinutes: 'none' })
    expect(await cut({ embargo: 'none' })).toEqual(none)
    expect(none).toMatchObject({ gap: 4, ms: 0, bars: 0 }) // what purging takes
    expect(none.text).toMatch(/no embargo: asked for/)
  })

  it('takes rows with a hole where every model fills it, never the warm-up', () => {
    const values = bars.close.slice()
    values.fill(NaN, 0, 30).fill(NaN, 500, 502)
    const rows = (...missing: unknown[]): Set<number> => {
      const models = missing.map(
        (policy, i) => ({ name: `m${i}`, spec: { kind: 'logistic', params: { preprocess: { missing: policy } } } }) as const,
      )
      return new Set(directionSplit({ ...base, X: { ...base.X, values }, models }).folds[0]!.train)
    }
    const reject = rows('reject')
    const filled = rows('median')
    expect([29, 30, 499, 500, 501, 502].map((row) => reject.has(row))).toEqual([false, true, true, false, false, true])
    expect([29, 30, 499, 500, 501, 502].map((row) => filled.has(row))).toEqual([false, true, true, true, true, true])
    expect(rows('median', 'reject')).toEqual(reject)
    const forward = rows({ policy: 'forward-fill', maxAgeRows: 1 }, 'median')
    expect([29, 499, 500, 501].map((row) => forward.has(row))).toEqual([false, true, true, false])
  })
})
