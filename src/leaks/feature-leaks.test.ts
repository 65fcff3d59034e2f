import { describe, expect, it } from 'vitest'
import { traps, trapFeature } from '../../test/fixtures/leaky-features.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { barRange, loadBars, type Bars } from '../data/index.js'
import { allFeatures, FeatureEngineer } from '../features/index.js'
import type { BarTransform } from './bar-transform.js'
import { checkFeatures } from './feature-leaks.js'
import type { LeakCheck } from './leak.js'

/** A month with its end, and 500 bars ahead of somewhere. */
const bars = randomBars(800, 5)

/** The traps as a bare transform, without any engineer around them. */
const bare: BarTransform = {
  transform: (part) => {
    const columns = traps.map(({ compute }) => compute(part))
    const values = new Float64Array(part.time.length * traps.length)
    for (const [j, column] of columns.entries()) for (const [i, value] of column.entries()) values[i * traps.length + j] = value
    return { names: traps.map(({ name }) => name), time: part.time, rows: part.time.length, values }
  },
}
const found = ({ leaks }: LeakCheck) => Object.fromEntries(leaks.map((leak) => [leak.column, leak]))

describe('traps', () => {
  it(`catches all ${traps.length} of a bare transform, with first bar and reach`, () => {
    const check = checkFeatures({ transform: bare, bars }, { seed: 1 })
    const leaks = found(check)
    expect(Object.keys(leaks)).toEqual(traps.map(({ name }) => name))
    for (const { name, bar, nearestBars, reachBars } of traps)
      expect(leaks[name], name).toMatchObject({
        ...(bar !== undefined && { bar, time: new Date(bars.time[bar]!).toISOString() }),
        ...(nearestBars !== undefined && { nearestBars }),
        ...(reachBars !== undefined && { reachBars }),
      })
    expect(check.methods.map(({ name, everyBar }) => [name, everyBar])).toEqual([
      ['whole series cut and lengthened', false],
      ['short stretches cut', true],
    ])
  })

  it('catches all of them among the features of an engineer, and nothing else', () => {
    const engineer = new FeatureEngineer({ features: [...allFeatures, ...traps.map(trapFeature)] }).fit(bars)
    const { leaks, methods } = checkFeatures({ transform: engineer, bars }, { seed: 2 })
    expect(leaks.map(({ column }) => column)).toEqual(traps.map(({ name }) => name))
    expect(methods[0]).toMatchObject({ name: 'bar by bar', points: 800, everyBar: true })
  })
})

describe('what ships', () => {
  const ofDataset = async (dataset: string, symbol?: string): Promise<Bars> => {
    const { bars: all } = await loadBars({ dataset, ...(symbol && { symbol }) })
    return barRange(all, Math.max(0, all.time.length - 900), all.time.length)
  }

  it('raises no false alarm: every feature on datasets, random bars, and bars with holes and gaps', async () => {
    const holed: Bars = {
      ...bars,
      close: bars.close.map((v, i) => (i % 97 === 50 ? NaN : v)),
      volume: bars.volume.map((v, i) => (i % 31 === 7 ? NaN : v)),
    }
    const kept = Array.from(bars.time.keys()).filter((i) => i % 61 > 3)
    const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (i) => column[i]!)
    const gappy: Bars = {
      ...{ symbol: 'GAPPY', timeframeMs: bars.timeframeMs, time: pick(bars.time), open: pick(bars.open), high: pick(bars.high) },
      ...{ low: pick(bars.low), close: pick(bars.close), volume: pick(bars.volume) },
    }
    const datasets = ['btc-usd-1h', 'eur-usd-1h', 'googl-1d', 'sp500-1d']
    const all = [bars, holed, gappy, ...(await Promise.all(datasets.map((name) => ofDataset(name))))]
    let columns = 0
    for (const sample of all) {
      const check = checkFeatures({ transform: new FeatureEngineer().fit(sample), bars: sample }, { seed: 3 })
      expect(check.leaks, sample.symbol).toEqual([])
      expect(check.methods[0]).toEqual({
        ...{ name: 'bar by bar', points: sample.time.length, everyBar: true },
        comparedValues: sample.time.length * check.columns.length,
      })
      columns += check.columns.length
    }
    expect(columns).toBeGreaterThan(6 * allFeatures.length)
  })
})
