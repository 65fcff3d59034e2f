import { describe, expect, it } from 'vitest'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { alignBars, barRange, HOUR_MS, resample, type Bars } from '../data/index.js'
import { FeatureEngineer } from '../features/index.js'
import type { BarTransform } from './bar-transform.js'
import { checkFeatures } from './feature-leaks.js'
import { checkJoin } from './join-leaks.js'
import { checkResampling } from './resampling-leaks.js'

const bars = randomBars(600, 1)
const without = (series: Bars, missing: (i: number) => boolean): Bars => {
  const kept = Array.from(series.time.keys()).filter((i) => !missing(i))
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (i) => column[i]!)
  return {
    ...series,
    time: pick(series.time),
    open: pick(series.open),
    high: pick(series.high),
    low: pick(series.low),
    close: pick(series.close),
    volume: pick(series.volume),
  }
}
const ether: Bars = { ...without(randomBars(600, 2), (i) => i === 200), symbol: 'ETHUSD' }
const day = resample(bars, 24 * HOUR_MS)

const byIndex = ({ time }: Bars, other: Bars): Float64Array => time.map((_, i) => other.close[i] ?? NaN)
const byOpenLabel = ({ time }: Bars, other: Bars): Float64Array =>
  time.map((now) => other.close[other.time.findLastIndex((open) => open <= now)] ?? NaN)
const byCloseOnly = ({ time, timeframeMs }: Bars, other: Bars): Float64Array =>
  time.map((now) => other.close[other.time.findLastIndex((open) => open + other.timeframeMs <= now + timeframeMs)] ?? NaN)
const ratioTransform = (join: typeof byIndex): BarTransform => ({
  transform: (part, [other] = []) => {
    const joined = join(part, other!)
    return { names: ['ratio'], time: part.time, rows: part.time.length, values: part.close.map((v, i) => v / joined[i]!) }
  },
})

describe('checkJoin', () => {
  it('reads off which bar each row got', () => {
    expect(checkJoin({ name: 'aligned', join: (a, b) => alignBars(a, b, { maxAgeBars: 3 }).close, bars, other: ether }).leaks).toEqual([])
    expect(checkJoin({ name: 'day, closed', join: byCloseOnly, bars, other: day }).leaks).toEqual([])
    expect(checkJoin({ name: 'index', join: byIndex, bars, other: ether }).leaks[0]).toMatchObject({
      ...{ column: 'index', bar: 200, time: '2020-01-09T08:00:00.000Z' },
      detail: 'gets the 1h bar of 2020-01-09T09:00:00.000Z, which closes 1h later',
    })
    expect(checkJoin({ name: 'day', join: byOpenLabel, bars, other: day }).leaks[0]).toMatchObject({
      ...{ bar: 0, detail: 'gets the 1d bar of 2020-01-01T00:00:00.000Z, which closes 23h later' },
    })
  })

  it('refuses what is no join', () => {
    const thrown = (code: string): Error => expect.objectContaining({ code }) as Error
    const halves = (a: Bars, b: Bars): Float64Array => byIndex(a, b).map((v) => v / 2)
    expect(() => checkJoin({ name: 'halves', join: halves, bars, other: ether })).toThrow(thrown('not-a-join'))
    expect(() => checkJoin({ name: 'short', join: () => [1], bars, other: ether })).toThrow(thrown('bad-transform'))
  })
})

describe('checkFeatures beside other bars', () => {
  it('catches another symbol joined by position, from the missing bar on, and a longer bar joined by its open', () => {
    const [index] = checkFeatures({ transform: ratioTransform(byIndex), bars, others: [ether] }).leaks
    expect(index).toMatchObject({ column: 'ratio', bar: 200, evidence: "other symbols' later bars altered", nearestBars: 1, reachBars: 1 })
    const [open] = checkFeatures({ transform: ratioTransform(byOpenLabel), bars, others: [day] }).leaks
    expect(open).toMatchObject({ bar: 0, nearestBars: 23, reachBars: 23 })
  })

  it('passes joins on time, and the features that compare symbols, bar by bar', () => {
    expect(checkFeatures({ transform: ratioTransform(byCloseOnly), bars, others: [day] }).leaks).toEqual([])
    const engineer = new FeatureEngineer({ references: ['ETHUSD'], groups: ['cross-asset'] }).fit(bars, [ether])
    const { leaks, columns, methods } = checkFeatures({ transform: engineer, bars, others: [ether] })
    expect(leaks).toEqual([])
    expect(columns.length).toBeGreaterThan(3)
    expect(methods[0]!.comparedValues).toBe(600 * columns.length)
  })
})

describe('checkResampling', () => {
  it('tells right labels from bars that hold what comes after them', () => {
    const right = (part: Bars): Bars => resample(part, 4 * HOUR_MS)
    const early = (part: Bars): Bars => {
      const longer = right(part)
      return { ...longer, time: longer.time.map((open) => open - 4 * HOUR_MS) }
    }
    expect(checkResampling({ name: 'four hours', resample: right, bars }).leaks).toEqual([])
    expect(checkResampling({ name: 'early', resample: early, bars: barRange(bars, 0, 100) }).leaks[0]).toMatchObject({
      column: 'early',
      bar: 0,
    })
  })
})
