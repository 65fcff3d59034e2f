import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../core/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { thrown } from './ohlc.fixture.js'
import { ewmVolatility, volatilityColumn } from './volatility-target.js'

/** Made once by pandas; how is written in the file's first key. */
const golden = JSON.parse(readFileSync(projectPath('src/labels/golden-pandas-ewm.json'), 'utf8')) as Record<
  'close' | 'volatility',
  (number | null)[]
>

describe('ewmVolatility', () => {
  it('is that of pandas, also beside a missing close', () => {
    const volatility = ewmVolatility(
      Float64Array.from(golden.close, (value) => value ?? NaN),
      6,
    )
    expect(golden.volatility.filter((value) => value === null)).toHaveLength(7)
    for (const [i, value] of golden.volatility.entries())
      if (value === null) expect(volatility[i], `bar ${i}`).toBeNaN()
      else expect(volatility[i], `bar ${i}`).toBeCloseTo(value, 14)
  })

  it('uses closes up to its bar only', () => {
    const { close } = randomBars(200, 1)
    const full = ewmVolatility(close, 10)
    for (const cut of [11, 50, 199]) expect(ewmVolatility(close.slice(0, cut), 10)).toEqual(full.slice(0, cut))
  })

  it('begins anew after a hole as long as its span, and lives through a shorter one', () => {
    const { close } = randomBars(60, 2)
    // 20 bars without a close are 21 without a return.
    const holed = (from: number, to: number): Float64Array =>
      ewmVolatility(
        close.map((v, i) => (i >= from && i < to ? NaN : v)),
        20,
      )
    expect(holed(30, 48)[48]).toBeGreaterThan(0)
    expect(holed(30, 50).subarray(30)).toEqual(new Float64Array(30).fill(NaN))
    expect(holed(0, 20).subarray(20)).toEqual(ewmVolatility(close.slice(20), 20))
  })

  it('takes prices that are not positive as missing', () => {
    const { close } = randomBars(40, 3)
    const bad = (value: number): Float64Array =>
      ewmVolatility(
        close.map((v, i) => (i === 25 ? value : v)),
        5,
      )
    for (const value of [0, -1, Infinity]) expect(bad(value)).toEqual(bad(NaN))
  })

  it('explains what is wrong', () => {
    const { close } = randomBars(40, 3)
    for (const span of [1, 0, 2.5, NaN]) expect(() => ewmVolatility(close, span)).toThrow(thrown('bad-span'))
    expect(() => volatilityColumn(close, { span: 40 })).toThrow(thrown('too-few-bars'))
    expect(() => volatilityColumn(close, new Float64Array(39))).toThrow(thrown('bad-volatility'))
    for (const value of [-0.01, Infinity])
      expect(() =>
        volatilityColumn(
          close,
          close.map((v, i) => (i === 3 ? value : v)),
        ),
      ).toThrow(thrown('bad-volatility'))
    expect(volatilityColumn(close, close)).toBe(close)
  })
})
