import { describe, expect, it } from 'vitest'
import { DISPLAY } from '../core/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import { barsAt, ohlc, thrown } from './ohlc.fixture.js'
import { trendScanLabels } from './trend-scan.js'

/** t-value of the slope by the normal equations, residual by residual. */
function tValueOf(values: readonly number[]): number {
  const n = values.length
  const meanX = (n - 1) / 2
  const meanY = values.reduce((a, b) => a + b) / n
  const sxx = values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0)
  const slope = values.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0) / sxx
  const residuals = values.map((y, x) => y - meanY - slope * (x - meanX))
  return slope / Math.sqrt(residuals.reduce((sum, e) => sum + e * e, 0) / (n - 2) / sxx)
}

describe('trendScanLabels', () => {
  it('is the strongest of the lines fitted one by one', () => {
    const bars = randomBars(300, 7)
    const [minBars, maxBars] = [4, 40]
    const logs = [...bars.close].map(Math.log)
    const { y, tValues, trendBars, endTime, returns } = trendScanLabels(bars, { minBars, maxBars })
    for (let i = 0; i < 300 - maxBars; i++) {
      const all = Array.from({ length: maxBars - minBars + 1 }, (_, k) => tValueOf(logs.slice(i, i + minBars + k + 1)))
      const best = all.reduce((at, t, k) => (Math.abs(t) > Math.abs(all[at]!) ? k : at), 0)
      expect(trendBars[i]).toBe(minBars + best)
      expect(tValues[i]! / all[best]!).toBeCloseTo(1, 10)
      expect(y[i]).toBe(all[best]! > 0 ? 1 : 0)
      expect(returns[i]).toBe(bars.close[i + minBars + best]! / bars.close[i]! - 1)
    }
    // The shorter lines won against the longest, so every label knows the longest window.
    expect(new Set(trendBars).size).toBeGreaterThan(20)
    expect([...endTime]).toEqual([...bars.time].map((_, i) => bars.time[i + maxBars] ?? NaN))
  })

  it('is not troubled by the level of the prices', () => {
    const bars = randomBars(200, 8, 1e-5)
    const high = { ...bars, close: bars.close.map((v) => 2 ** 40 * v) }
    const [a, b] = [bars, high].map((each) => trendScanLabels(each, { minBars: 5, maxBars: 30 }))
    expect(b!.tValues).toEqual(a!.tValues)
  })

  it('finds a perfect line and no trend where nothing moves', () => {
    const line = ohlc(...Array.from({ length: 12 }, (_, i) => 100 * 1.01 ** -i))
    const { y, tValues } = trendScanLabels(line, { minBars: 2, maxBars: 5 })
    expect([...y.subarray(0, 7)]).toEqual([0, 0, 0, 0, 0, 0, 0])
    for (const t of tValues.subarray(0, 7)) {
      expect(t).toBeLessThan(-1e5)
      expect(t).toBeGreaterThan(-1e9)
    }
    const flat = trendScanLabels(ohlc(5, 5, 5, 5), { minBars: 2, maxBars: 3 })
    expect([flat.y[0], flat.tValues[0]]).toEqual([0, 0])
  })

  it('drops weak trends and windows with a missing close', () => {
    const bars = randomBars(300, 9)
    const all = trendScanLabels(bars, { minBars: 3, maxBars: 20 })
    const strong = trendScanLabels(bars, { minBars: 3, maxBars: 20, minTValue: 6 })
    expect(strong.tValues).toEqual(all.tValues)
    expect(strong.y).toEqual(all.y.map((value, i) => (Math.abs(all.tValues[i]!) < 6 ? NaN : value)))
    expect(strong.y.filter((value) => Number.isNaN(value)).length).toBeGreaterThan(40)
    expect(strong.endTime.map((time) => (Number.isNaN(time) ? NaN : 1))).toEqual(strong.y.map((value) => (Number.isNaN(value) ? NaN : 1)))
    const holed = ohlc(1, 2, 3, 0, 5, 6, 7, 9)
    const labels = trendScanLabels(holed, { minBars: 2, maxBars: 2 })
    expect(barsAt(holed, labels.endTime)).toEqual([2, null, null, null, 6, 7, null, null])
    expect([...labels.trendBars]).toEqual([2, 0, 0, 0, 2, 2, 0, 0])
  })

  it('shows itself', () => {
    expect(trendScanLabels(ohlc(1, 2, 3, 4), { minBars: 2, maxBars: 2 })[DISPLAY]()).toEqual({
      'text/plain': 'trend_scan_2_2: 4 bars: 2 up (100.00 %), 0 not up (0.00 %), 2 without a label',
    })
  })

  it('explains what is wrong', () => {
    const run =
      (minBars: number, maxBars: number, minTValue = 0) =>
      () =>
        trendScanLabels(ohlc(1, 2, 3, 4), { minBars, maxBars, minTValue })
    for (const [min, max] of [
      [1, 3],
      [3, 2],
      [2.5, 3],
      [2, 2.5],
      [NaN, 3],
      [2, NaN],
    ] as const)
      expect(run(min, max)).toThrow(thrown('bad-horizon'))
    expect(run(2, 4)).toThrow(thrown('too-few-bars'))
    for (const t of [-1, NaN, Infinity]) expect(run(2, 3, t)).toThrow(thrown('bad-t-value'))
  })
})
