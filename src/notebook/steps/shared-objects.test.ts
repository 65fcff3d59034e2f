import { describe, expect, it } from 'vitest'
import { CONTENT } from '../../core/index.js'
import { sharingNames } from './shared-objects.js'

describe('sharingNames', () => {
  const base = { x: { y: 1 } }
  const column = Float64Array.of(1, 2, 3)

  it.each<[string, unknown, unknown]>([
    ['an object itself', base, base],
    ['a part of it', [new Map([['k', base.x]])], base],
    ['a member of a set', new Set([base]), { base }],
    ['the memory of a column', { view: column.subarray(1) }, [column]],
    ['the content of a class', base.x, { [CONTENT]: () => base, constructor: class Engine {} }],
  ])('finds %s', (_what, value, other) => {
    expect(sharingNames([value], { other, apart: { x: { y: 1 } } })).toEqual(['other'])
  })

  it('finds nothing where values are equal alone, however deep', () => {
    let list: unknown = null
    for (let i = 0; i < 100_000; i++) list = { next: list }
    expect(sharingNames([{ x: { y: 1 } }, 1, 'a', column.slice(), list], { base, column, text: 'a', one: 1 })).toEqual([])
  })
})
