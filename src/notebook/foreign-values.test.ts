import { table as arqueroTable } from 'arquero'
import { describe, expect, it } from 'vitest'
import { showForeign } from './foreign-values.js'

describe('showForeign', () => {
  it('shows a table that a library alone has made', () => {
    const bundle = showForeign(arqueroTable({ a: [1, 2], b: ['x', 'y'] }))
    expect(bundle!['text/plain']).toMatch(/2 rows x 2 columns\na +b\n/)
    expect(bundle!['text/html']).toContain('<th scope="col"')
  })

  it('shows a typed column by what it comes to and its first values; its text is as usual', () => {
    const column = Float64Array.from({ length: 2000 }, (_, i) => (i === 5 ? NaN : i))
    const bundle = showForeign(column)
    expect(bundle!['text/html']).toContain('<caption>Float64Array: 2,000 values, 1 NaN, from 0 to 1,999, mean 1,000.0</caption>')
    expect(bundle!['text/html']).toContain('Rows 11 to 1,000 of 2,000')
    expect(bundle!['text/plain']).toMatch(/^Float64Array\(2000\) \[\n/)
    expect(showForeign(Int8Array.of(3))!['text/html']).toContain('Int8Array: 1 value, from 3 to 3, mean 3')
    expect(showForeign(Float32Array.of(NaN))!['text/html']).toContain('Float32Array: 1 value, 1 NaN<')
    expect(showForeign(BigInt64Array.of(1n, 3n))!['text/html']).toContain('2 values, from 1 to 3, mean 2')
  })

  it('leaves the rest alone', () => {
    for (const value of [null, {}, [1], new Date(0), Buffer.from('a'), new DataView(new ArrayBuffer(8)), new Float64Array(), 'a'])
      expect(showForeign(value)).toBeUndefined()
  })
})
