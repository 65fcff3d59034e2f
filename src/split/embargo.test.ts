import { describe, expect, it } from 'vitest'
import { embargoInForce, embargoNote, type Embargo } from './embargo.js'

const note = (asked: Embargo | undefined, horizonBars = 12): string =>
  embargoNote(embargoInForce(asked, { horizonMs: horizonBars * 300_000, horizonBars }))

describe('embargoInForce', () => {
  it('is the larger of asked for and horizon, and says why', () => {
    expect(note(undefined)).toBe('embargo of 60 minutes: label horizon')
    expect(note({ minutes: 90 })).toBe('embargo of 90 minutes: asked for')
    expect(note({ minutes: 60 })).toBe('embargo of 60 minutes: asked for')
    expect(note({ minutes: 30.5 })).toBe('embargo of 60 minutes: label horizon, longer than the 30.5 minutes asked for')
    expect(note({ bars: 20 })).toBe('embargo of 20 bars: asked for')
    expect(note({ bars: 1 })).toBe('embargo of 12 bars: label horizon, longer than the 1 bar asked for')
    expect(note('none')).toBe('no embargo: asked for')
    expect(note({ bars: 0 }, 0)).toBe('no embargo: asked for')
    expect(note(undefined, 0)).toBe('no embargo: label horizon of 0')
  })
})
