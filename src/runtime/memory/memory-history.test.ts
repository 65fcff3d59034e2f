import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryHistory, type MemoryPoint } from '../index.js'

const point = (time: number, hostUsed: number): MemoryPoint => ({
  time,
  hostUsed,
  hostLimit: 100 - hostUsed,
  gpuUsed: NaN,
  gpuLimit: NaN,
  cpuShare: NaN,
})

describe('the memory history', () => {
  it('keeps samples as they are while there is room', () => {
    const history = new MemoryHistory(4)
    for (let i = 0; i < 4; i++) history.add(point(i, i))
    expect([...history.columns().hostUsed]).toEqual([0, 1, 2, 3])
    expect(history.stride).toBe(1)
  })

  it('then puts neighbours together, with the highest use and the lowest limit', () => {
    const history = new MemoryHistory(4)
    for (const [i, used] of [5, 1, 2, 9, 4, 3, 7].entries()) history.add(point(i, used))
    const { time, hostUsed, hostLimit, gpuUsed } = history.columns()
    expect([...time]).toEqual([0, 2, 4, 6])
    expect([...hostUsed]).toEqual([5, 9, 4, 7])
    expect([...hostLimit]).toEqual([95, 91, 96, 93])
    expect(gpuUsed.every(Number.isNaN)).toBe(true)
    expect(history.stride).toBe(2)
  })

  it('stays bounded, in order, whole from the first sample on, and loses no peak', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 200 }),
        (room, used) => {
          const history = new MemoryHistory(room)
          for (const [i, value] of used.entries()) history.add(point(i, value))
          const { time, hostUsed } = history.columns()
          expect(time.length).toBeLessThanOrEqual(room)
          // Every point stands for `stride` samples from its time on.
          expect([...time]).toEqual(Array.from(time, (_, i) => i * history.stride))
          expect(time.length).toBe(Math.ceil(used.length / history.stride))
          expect([...hostUsed]).toEqual(Array.from(time, (_, i) => Math.max(...used.slice(i * history.stride, (i + 1) * history.stride))))
          if (used.length > room) expect(time.length).toBeGreaterThan((room - 1) / 2)
        },
      ),
    )
  })

  it('takes a card that appears or goes', () => {
    const history = new MemoryHistory(2)
    history.add(point(0, 1))
    history.add({ ...point(1, 1), gpuUsed: 7, gpuLimit: 9 })
    history.add(point(2, 1))
    expect(history.columns().gpuUsed[0]).toBe(7)
    expect(history.columns().gpuUsed[1]).toBeNaN()
  })

  it('needs room', () => {
    for (const wrong of [1, 2.5, NaN])
      expect(() => new MemoryHistory(wrong)).toThrow(expect.objectContaining({ code: 'bad-history-length' }) as Error)
  })
})
