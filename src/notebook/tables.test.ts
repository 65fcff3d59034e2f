import { describe, expect, it } from 'vitest'
import { DISPLAY, type Displayable } from '../core/index.js'
import { asTable, fromArquero, installTableDisplay, toArquero, toDanfo } from './tables.js'

const bars = {
  symbol: 'BTCUSD',
  timeframeMs: 3_600_000,
  time: Float64Array.of(0, 3_600_000, 7_200_000),
  open: Float64Array.of(1, 2, 3),
  high: Float64Array.of(2, 3, 4),
  low: Float64Array.of(0.5, 1.5, 2.5),
  close: Float64Array.of(2, 1, 4),
  volume: Float64Array.of(10, NaN, 30),
}
const matrix = { names: ['rsi', 'return_1'], time: bars.time, rows: 3, values: Float64Array.of(50, NaN, 60, -0.5, 70, 3) }

describe('arquero', () => {
  it('carries bars there and back', async () => {
    const back = fromArquero(await toArquero(bars))
    expect(Object.keys(back)).toEqual(['time', 'open', 'high', 'low', 'close', 'volume'])
    expect(back.time).toEqual(bars.time)
    expect(back.volume).toEqual(bars.volume)
  })

  it('carries a feature matrix by column, in the order and filter of the table', async () => {
    const { desc, escape } = await import('arquero')
    const sorted = (await toArquero(matrix)).filter(escape((row: { rsi: number }) => row.rsi > 50)).orderby(desc('rsi'))
    expect(fromArquero(sorted)).toEqual({
      time: Float64Array.of(7_200_000, 3_600_000),
      rsi: Float64Array.of(70, 60),
      return_1: Float64Array.of(3, -0.5),
    })
  })

  it('keeps text as it is', async () => expect(fromArquero(await toArquero({ a: ['x', null] }))).toEqual({ a: ['x', null] }))

  it('shows itself after installTableDisplay, twice harmless', async () => {
    await installTableDisplay()
    await installTableDisplay(['arquero'])
    const shown = (await toArquero(bars)) as unknown as Displayable
    const bundle = await shown[DISPLAY]()
    expect(bundle['text/plain']).toContain('3 rows x 6 columns')
    expect(bundle['text/plain']).toContain('1970-01-01 01:00')
    expect(bundle['text/html']).toContain('<th scope="col"')
  })
})

describe('danfojs', () => {
  it('makes a DataFrame that shows itself', async () => {
    const frame = await toDanfo(matrix)
    expect(frame.columns).toEqual(['time', 'rsi', 'return_1'])
    expect(frame.shape).toEqual([3, 3])
    await installTableDisplay(['danfojs'])
    const bundle = await (frame as unknown as Displayable)[DISPLAY]()
    expect(bundle['text/plain']).toContain('1970-01-01T01:00:00.000Z')
    const column = frame.column('rsi') as unknown as Displayable
    expect((await column[DISPLAY]())['text/plain']).toMatch(/rsi\n-+\n\s*50\n\s*60\n\s*70/)
  })
})

it('shows bars and matrices, and refuses what is no table', () => {
  expect(asTable(bars, { maxRows: 1 }).hidden).toBe(2)
  expect(asTable(matrix).headings).toEqual(['time', 'rsi', 'return_1'])
  for (const value of [null, 5, {}, [1]]) expect(() => asTable(value)).toThrow(expect.objectContaining({ code: 'not-a-table' }))
})
