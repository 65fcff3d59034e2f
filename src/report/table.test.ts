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

  describe('that is long, in a notebook', () => {
    const long = (rows: number, columns = 2) =>
      table(Object.fromEntries(Array.from({ length: columns }, (_, j) => [`c${j}`, Float64Array.from({ length: rows }, (_, i) => i)])))
    const html = (shown: ReturnType<typeof table>) => shown[DISPLAY]()['text/html'] as string

    it('shows its first rows, and opens the others by a click without a script', () => {
      const page = html(long(120))
      const [first, others] = page.split('<details>')
      expect(first!.match(/<tr>/g)).toHaveLength(51)
      expect(others).toMatch(/^<summary>Rows 51 to 120 of 120<\/summary>/)
      expect(others!.match(/<tr>/g)).toHaveLength(71)
      expect(others).toContain('<td style="text-align:right">50</td>')
      expect(others!.match(/position:sticky/g)).toHaveLength(2)
      expect(page).not.toMatch(/<script|<style|more row|are not in this output/)
      expect(long(120)[DISPLAY]()['text/plain']).toContain('70 more rows')
    })

    it('says what is not in the output at all, by rows and by cells', () => {
      expect(html(long(20_000))).toContain('Rows 51 to 1,000 of 20,000')
      expect(html(long(20_000))).toContain(
        'Rows from 1,001 on are not in this output: cut the data before it is shown, for example with <code>.slice(1000)</code>.',
      )
      expect(html(long(20_000, 40))).toContain('Rows 51 to 100 of 20,000')
      expect(html(long(20_000, 200))).not.toContain('<details>')
      expect(html(long(20_000, 200))).toContain('19,950 more rows')
    })

    it('counts by the total where it has only the first rows', () => {
      expect(html(table([{ a: 1 }, { a: 2 }], { maxRows: 1, total: 9 }))).toMatch(/Rows 2 to 2 of 9.*Rows from 3 on/)
    })
  })
})
