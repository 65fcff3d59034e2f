import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { downsampleRows } from './downsample.js'

describe('downsampleRows', () => {
  it('keeps short lines whole', () => {
    expect(downsampleRows([3, 1, 2], 3)).toEqual([0, 1, 2])
    expect(downsampleRows([], 10)).toEqual([])
  })

  it('keeps ends, extremes and at most maxPoints rows, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 60, maxLength: 400 }),
        fc.integer({ min: 5, max: 50 }),
        (values, most) => {
          const rows = downsampleRows(values, most)
          expect(rows.length).toBeLessThanOrEqual(most)
          expect(rows[0]).toBe(0)
          expect(rows.at(-1)).toBe(values.length - 1)
          expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b))
          const kept = rows.map((row) => values[row]!)
          expect(Math.min(...kept)).toBe(Math.min(...values))
          expect(Math.max(...kept)).toBe(Math.max(...values))
        },
      ),
    )
  })

  it('keeps a gap visible', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i === 517 ? NaN : i))
    expect(downsampleRows(values, 100)).toContain(517)
  })
})
