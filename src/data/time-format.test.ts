import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeClock, looksLikeDate, parseDateTexts, parseNumberTimes } from './time-format.js'

const read = (...texts: string[]): string[] =>
  [...parseDateTexts(texts).time].map((t) => (Number.isNaN(t) ? 'NaN' : new Date(t).toISOString()))

describe('parseDateTexts', () => {
  it.each([
    ['2019-10-17 09-AM', '2019-10-17T09:00:00.000Z'],
    ['2017-07-01 12-PM', '2017-07-01T12:00:00.000Z'],
    ['2017-07-01 12-AM', '2017-07-01T00:00:00.000Z'],
    ['17.10.2019 00:00:00.000', '2019-10-17T00:00:00.000Z'],
    ['2019-10-17', '2019-10-17T00:00:00.000Z'],
    ['2019-10-17T09:30:15Z', '2019-10-17T09:30:15.000Z'],
    ['2019-10-17 09:30:15.123456', '2019-10-17T09:30:15.123Z'],
    ['2019-10-17T09:30:00+02:00', '2019-10-17T07:30:00.000Z'],
    ['2019-10-17 09:30:00-0500', '2019-10-17T14:30:00.000Z'],
    ['2019-10-17 09:30:00 UTC', '2019-10-17T09:30:00.000Z'],
    ['17.10.2019 09:30:00.000 GMT+0200', '2019-10-17T07:30:00.000Z'],
    ['2019/10/17 09:30', '2019-10-17T09:30:00.000Z'],
    ['2019.10.17 09:30', '2019-10-17T09:30:00.000Z'],
    ['10/17/2019 9:30 PM', '2019-10-17T21:30:00.000Z'],
    ['17-Oct-2019', '2019-10-17T00:00:00.000Z'],
    ['17 October 2019 09:30', '2019-10-17T09:30:00.000Z'],
    ['Oct 17, 2019', '2019-10-17T00:00:00.000Z'],
    ['20191017 093000', '2019-10-17T09:30:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toEqual([expected])
    expect(looksLikeDate(text)).toBe(true)
  })

  it.each(['2019-02-30', '2019-13-01', '2019-10-17 25:00', '2019-10-17 13-PM', 'Total', '2019-10-17 09:30 EST', ''])(
    'does not read %j',
    (text) => {
      expect(read(text, '2019-10-17')).toEqual(['NaN', '2019-10-17T00:00:00.000Z'])
    },
  )

  it('decides day or month first by a day above 12, wherever it stands', () => {
    expect(read('1/4/1999', '1/5/1999', '1/13/1999')[0]).toBe('1999-01-04T00:00:00.000Z')
    expect(read('4/1/1999', '5/1/1999', '13/1/1999')[0]).toBe('1999-01-04T00:00:00.000Z')
  })

  it('decides by order of time where no day is above 12', () => {
    expect(read('05/11/2018', '06/11/2018', '03/12/2018')[2]).toBe('2018-12-03T00:00:00.000Z')
    expect(read('12/03/2018', '11/06/2018', '11/05/2018')[0]).toBe('2018-12-03T00:00:00.000Z')
  })

  it('does not guess where both readings fit', () => {
    expect(() => parseDateTexts(['1/4/1999', '1/5/1999', '1/6/1999'])).toThrow(expect.objectContaining({ code: 'ambiguous-dates' }))
    expect(new Date(parseDateTexts(['1/4/1999', '1/5/1999'], 'mdy').time[1]!).toISOString()).toBe('1999-01-05T00:00:00.000Z')
    expect(new Date(parseDateTexts(['1/4/1999', '1/5/1999'], 'dmy').time[1]!).toISOString()).toBe('1999-05-01T00:00:00.000Z')
  })

  it('reads every moment that JavaScript writes', () => {
    const moments = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    fc.assert(fc.property(moments, (moment) => void expect(read(moment.toISOString())).toEqual([moment.toISOString()])))
  })
})

describe('parseNumberTimes', () => {
  const moment = Date.UTC(2019, 9, 17, 9)

  it.each([
    ['s', 1e-3],
    ['ms', 1],
    ['us', 1e3],
    ['ns', 1e6],
  ])('reads epochs in %s', (unit, factor) => {
    const { time, format } = parseNumberTimes(Float64Array.of(moment * factor, (moment + 3_600_000) * factor))
    expect([...time]).toEqual([moment, moment + 3_600_000])
    expect(format).toBe(`epoch in ${unit}`)
  })

  it('reads a file that changes its unit midway, and says so', () => {
    const { time, format } = parseNumberTimes(Float64Array.of(moment / 1000, moment + 3_600_000))
    expect([...time]).toEqual([moment, moment + 3_600_000])
    expect(format).toBe('epoch in s and ms')
  })

  it('reads dates written as one number', () => {
    expect([...parseNumberTimes(Float64Array.of(20191017, NaN)).time]).toEqual([Date.UTC(2019, 9, 17), NaN])
    expect([...parseNumberTimes(Float64Array.of(20191017093000)).time]).toEqual([Date.UTC(2019, 9, 17, 9, 30)])
  })

  it('takes no row number for a time', () => {
    expect([...parseNumberTimes(Float64Array.of(0, 1, 2)).time]).toEqual([NaN, NaN, NaN])
  })
})

it('knows a time of day', () => {
  expect(['09:30', '9:30:00', '093000', '0930'].every(looksLikeClock)).toBe(true)
  expect(['2019-10-17', '9', '1571302800'].some(looksLikeClock)).toBe(false)
})
