import { describe, expect, it } from 'vitest'
import { displayPayload, MAX_LINE_POINTS } from './payload.js'

describe('displayPayload', () => {
  it('rounds to six significant digits, keeps whole numbers, and writes what JSON lacks as null', () => {
    const { data, layout } = displayPayload({
      data: [{ y: Float64Array.of(1234.56789, 1514764800123, NaN, Infinity) }],
      layout: { at: new Date(0), none: undefined },
    })
    expect(data[0]!.y).toEqual([1234.57, 1514764800123, null, null])
    expect(layout).toEqual({ at: '1970-01-01T00:00:00.000Z' })
  })

  it('thins every per-point member of a line alike, and only lines', () => {
    const long = Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 50))
    const x = long.map((_, i) => `p${i}`)
    const { data } = displayPayload({
      data: [
        { type: 'scatter', mode: 'lines', x, y: long, line: { width: 2 } },
        { type: 'bar', x, y: long },
      ],
      layout: {},
    })
    const line = data[0] as { x: string[]; y: number[]; line: unknown }
    expect(line.y.length).toBeLessThanOrEqual(MAX_LINE_POINTS)
    expect(line.x.length).toBe(line.y.length)
    expect(line.y.every((value, k) => Math.abs(value - long[Number(line.x[k]!.slice(1))]!) < 1e-5)).toBe(true)
    expect(line.line).toEqual({ width: 2 })
    expect((data[1]!.y as number[]).length).toBe(10_000)
  })
})
