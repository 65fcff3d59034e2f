import { describe, expect, it } from 'vitest'
import { DISPLAY } from '../core/index.js'
import { formatNumber } from './format-number.js'
import { table, tableHtml, tableText } from './table.js'

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [20111, '20,111'],
    [-1234567.891, '−1,234,568'],
    [0.53371, '0.5337'],
    [123.456, '123.5'],
    [1234.5678, '1,235'],
    [0.00001234, '1.234e-5'],
    [NaN, 'n/a'],
    [Infinity, '∞'],
  ])('%s is %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

describe('table', () => {
  it('aligns numbers right and text left', () => {
    const shown = table(
      [
        { model: 'lstm', auc: 0.5123456 },
        { model: 'lightgbm', auc: 0.6 },
      ],
      { title: 'Scores', digits: 3 },
    )
    expect(tableText(shown)).toBe(['Scores', 'model       auc', '--------  -----', 'lstm      0.512', 'lightgbm  0.600'].join('\n'))
    expect(shown[DISPLAY]()).toEqual({ 'text/html': tableHtml(shown), 'text/plain': tableText(shown) })
  })

  it('takes typed columns, dates and missing values, and counts what it leaves out', () => {
    const shown = table({ time: [new Date(0), new Date(3_600_000), new Date(NaN)], close: Float64Array.of(1, NaN, 2.5) }, { maxRows: 2 })
    expect(shown.cells).toEqual([
      ['1970-01-01 00:00', '1'],
      ['1970-01-01 01:00', 'n/a'],
    ])
    expect(shown.hidden).toBe(1)
    expect(tableText(shown)).toContain('1 more row')
  })

  it('escapes everything', () => {
    const hostile = '<img src=x onerror="alert(1)">\'&'
    const html = tableHtml(table([{ [hostile]: hostile }], { title: hostile }))
    expect(html).not.toContain('<img')
    expect(html).not.toContain('"alert')
  })

  it('marks headings for readers', () => {
    const html = tableHtml(table([{ model: 'lstm', auc: 0.5 }], { title: 'Scores' }))
    expect(html).toContain('<caption>Scores</caption>')
    expect(html).toContain('<th scope="col"')
    expect(html).toContain('<th scope="row"')
  })

  it('refuses columns of different lengths and unknown names', () => {
    expect(() => table({ a: [1, 2], b: [1] })).toThrow(expect.objectContaining({ code: 'bad-table' }))
    expect(() => table([{ a: 1 }], { columns: ['b'] })).toThrow(expect.objectContaining({ code: 'bad-table', received: 'b' }))
  })

  it('shows an empty table', () => expect(tableText(table([], { title: 'Nothing', columns: ['a'] }))).toBe('Nothing\na\n-'))
})
