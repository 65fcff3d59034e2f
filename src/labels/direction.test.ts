import { describe, expect, it } from 'vitest'
import { DISPLAY } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { classBalance } from './class-balance.js'
import { directionLabels } from './direction.js'

function barsOf(close: number[]): Bars {
  const column = Float64Array.from(close)
  const time = Float64Array.from(close, (_, i) => 1000 * i + (i >= 3 ? 5000 : 0)) // a gap in time before bar 3
  return { symbol: 'X', timeframeMs: 1000, time, open: column, high: column, low: column, close: column, volume: column }
}

describe('directionLabels', () => {
  it('asks whether the close is higher; a tie is not', () => {
    const { y, endTime, horizonBars, name } = directionLabels(barsOf([1, 2, 2, 1, 3]), { horizonBars: 1 })
    expect([...y]).toEqual([1, 0, 0, 1, NaN])
    expect([...endTime]).toEqual([1000, 2000, 8000, 9000, NaN])
    expect([name, horizonBars]).toEqual(['direction_1', 1])
  })

  it('has no label where it is not known: the last bars, and beside a missing close', () => {
    const { y, endTime } = directionLabels(barsOf([1, NaN, 2, 4, 3]), { horizonBars: 2 })
    expect([...y]).toEqual([1, NaN, 1, NaN, NaN])
    expect([...endTime].map(Number.isNaN)).toEqual([false, true, false, true, true])
  })

  it('leaves out moves within the dead zone, its edge included', () => {
    expect([...directionLabels(barsOf([100, 101, 101, 90]), { horizonBars: 1, deadZone: 0.01 }).y]).toEqual([NaN, NaN, 0, NaN])
  })

  it('knows how far the price went, and shows itself', () => {
    const labels = directionLabels(barsOf([100, 150, -1, 50]), { horizonBars: 1 })
    expect([...labels.returns]).toEqual([0.5, NaN, NaN, NaN])
    expect(labels[DISPLAY]()).toEqual({ 'text/plain': 'direction_1: 4 bars: 2 up (66.67 %), 1 not up (33.33 %), 1 without a label' })
  })

  it('explains what is wrong', () => {
    const run =
      (horizonBars: number, deadZone = 0) =>
      () =>
        directionLabels(barsOf([1, 2]), { horizonBars, deadZone })
    const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
    for (const h of [0, 1.5, NaN, -1]) expect(run(h)).toThrow(thrown('bad-horizon'))
    for (const zone of [-0.1, 1, NaN]) expect(run(1, zone)).toThrow(thrown('bad-dead-zone'))
    expect(run(2)).toThrow(thrown('too-few-bars'))
  })
})

describe('classBalance', () => {
  it('counts, and shows itself', () => {
    const balance = classBalance(Float64Array.of(1, 0, NaN, 1))
    expect(balance).toMatchObject({ rows: 4, up: 2, down: 1, missing: 1, upShare: 2 / 3 })
    expect(balance[DISPLAY]()['text/plain']).toBe('4 bars: 2 up, 1 not up (66.67 % up), 1 without a label')
    expect(classBalance(Float64Array.of(1, 0, NaN), Int32Array.of(2)).upShare).toBeNaN()
  })
})
