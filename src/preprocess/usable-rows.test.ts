import { describe, expect, it } from 'vitest'
import { completeRows } from './complete-rows.js'
import { usableRows } from './usable-rows.js'

const values = Float64Array.of(NaN, 1, 2, NaN, 3, 4, NaN, 5, NaN, 6, NaN, 7, 8, 9)
const X = { names: ['a', 'b'], time: Float64Array.from({ length: 7 }, (_, i) => i), rows: 7, values }
const median = { policy: 'median', indicators: false } as const
const fill = (maxAgeRows: number) => ({ policy: 'forward-fill', maxAgeRows, indicators: false }) as const

describe('usableRows', () => {
  it('are the complete ones where nothing is filled', () => {
    expect(usableRows(X, { policy: 'reject' }, { historyRows: 1 })).toEqual(completeRows(X))
    expect([...usableRows(X, { policy: 'reject' })]).toEqual([0, 0, 1, 0, 0, 0, 1])
  })

  it('reach as far as a value may be filled forward', () => {
    expect([...usableRows(X, fill(1))]).toEqual([0, 1, 1, 1, 0, 0, 1])
    expect([...usableRows(X, fill(2))]).toEqual([0, 1, 1, 1, 1, 0, 1])
    expect([...usableRows(X, fill(3), { historyRows: 3 })]).toEqual([0, 0, 0, 1, 1, 1, 1])
  })

  it('begin for medians where every column has had a value', () => {
    expect([...usableRows(X, median)]).toEqual([0, 1, 1, 1, 1, 1, 1])
    expect([...usableRows(X, median, { historyRows: 2 })]).toEqual([0, 0, 1, 1, 1, 1, 1])
    expect(usableRows({ ...X, values: values.map((v, i) => (i % 2 === 0 ? NaN : v)) }, median)).toEqual(new Uint8Array(7))
  })
})
