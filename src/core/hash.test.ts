import { describe, expect, it } from 'vitest'
import { sha256, stableJson } from './hash.js'

describe('stableJson', () => {
  it('sorts keys at every level and leaves out undefined', () => {
    expect(stableJson({ b: 1, a: { d: undefined, c: [{ z: 1, y: 2 }] } })).toBe('{"a":{"c":[{"y":2,"z":1}]},"b":1}')
  })
  it('writes NaN and infinities as text and typed arrays as lists', () => {
    expect(stableJson({ a: NaN, b: -Infinity, c: Float64Array.of(1, NaN) })).toBe('{"a":"NaN","b":"-Infinity","c":[1,"NaN"]}')
  })
})

describe('sha256', () => {
  it('depends on where the parts are cut', () => {
    expect(sha256('ab', 'c')).not.toBe(sha256('a', 'bc'))
  })
  it('reads a view of a buffer, not the whole buffer', () => {
    const all = Float64Array.of(1, 2, 3)
    expect(sha256(all.subarray(1, 2))).toBe(sha256(Float64Array.of(2)))
  })
})
