import { describe, expect, it } from 'vitest'
import { parseCell } from '../cell-syntax.js'
import { freeNames } from './free-names.js'

const takesRow = (code: string): boolean => freeNames(parseCell(code, 1)).has('row')

describe('freeNames', () => {
  it.each([
    'rows.map((row) => row.x)',
    'function first({ row }: T) { return row }',
    'type T = { row: number }',
    'interface T { row: number; get(row: number): void }',
    'class C { row = 1; get() { return this.row } }',
    'for (const row of rows) console.log(row)',
    'if (x) { const row = 1; console.log(row) }',
    'try { f() } catch (row) { console.log(row) }',
    'const f = function row() { return row }',
    'const { row: other } = x',
    'x.row + { row: 1 }.row',
  ])('binds row itself: %s', (code) => expect(takesRow(code)).toBe(false))

  it.each([
    'row.x',
    'const f = (rows) => row',
    'rows.map((row) => row.x); row.x',
    'if (x) { const row = 1 }; row',
    'const x = { row }',
    'const x = { [row]: 1, y: row }',
    'const g = (x = row) => x',
    'class C extends row {}',
    'const x: typeof row = 1',
  ])('takes row from elsewhere: %s', (code) => expect(takesRow(code)).toBe(true))
})
