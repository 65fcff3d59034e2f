import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkWindows, gatherWindows } from './sequence-data.js'

describe('windows over one matrix', () => {
  it('are the rows up to and with the last one, oldest first', () => {
    const features = Float32Array.from({ length: 12 }, (_, i) => i)
    const data = { features, featureCount: 2, lookback: 3, endRow: Int32Array.of(5, 2) }
    expect([...gatherWindows(data, Int32Array.of(1, 0))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('are accepted exactly where every value is finite', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(29),
        (missing, lookback, end) => {
          const features = Float32Array.from(missing.flatMap((hole) => [1, hole ? NaN : 2]))
          const endRow = end % missing.length
          const start = endRow - lookback + 1
          const whole = start >= 0 && !missing.slice(start, endRow + 1).includes(true)
          const check = (): void => checkWindows({ features, featureCount: 2, lookback, endRow: Int32Array.of(endRow) }, ['a', 'b'])
          if (whole) expect(check).not.toThrow()
          else expect(check).toThrowError(expect.objectContaining({ code: 'incomplete-window' }) as Error)
        },
      ),
    )
  })

  it('say which value is missing', () => {
    const features = Float32Array.of(1, 1, 1, NaN, 1, 1)
    const at =
      (row: number): (() => void) =>
      () =>
        checkWindows({ features, featureCount: 2, lookback: 2, endRow: Int32Array.of(row) }, ['rsi', 'atr'])
    expect(at(2)).toThrowError(expect.objectContaining({ received: 'row 2: atr is missing in row 1' }) as Error)
    expect(at(0)).toThrowError(expect.objectContaining({ received: 'row 0: the window would start 1 rows before the first' }) as Error)
    expect(at(7)).toThrowError(expect.objectContaining({ received: 'row 7 of 3' }) as Error)
  })
})
