import { describe, expect, it } from 'vitest'
import { randomBars } from '../../../test/fixtures/random-bars.js'
import { createRng } from '../../core/index.js'
import { computeFeature } from '../compute-feature.js'
import { ALPHA158_WINDOWS, alpha158 } from './alpha158.js'
import { alpha360 } from './alpha360.js'

const bars = randomBars(300, 21)
const { open, high, low, close, volume } = bars
const TINY = 1e-12

const values = (x: Float64Array, t: number, d: number): number[] => Array.from(x.subarray(t - d + 1, t + 1))
const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length
const covariance = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, v, i) => sum + (v - mean(x)) * (y[i]! - mean(y)), 0) / (x.length - 1)
const std = (x: readonly number[]): number => Math.sqrt(covariance(x, x))
const correlation = (x: readonly number[], y: readonly number[]): number => covariance(x, y) / (std(x) * std(y))
const quantile = (x: readonly number[], q: number): number => {
  const sorted = [...x].sort((a, b) => a - b)
  const at = q * (x.length - 1)
  const below = Math.floor(at)
  return sorted[below]! + ((sorted[below + 1] ?? 0) - sorted[below]!) * (at - below)
}
const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0)
const changes = (x: Float64Array, t: number, d: number): number[] => values(x, t, d).map((v, k) => v - x[t - d + k]!)
const places = (d: number): number[] => Array.from({ length: d }, (_, i) => i + 1)

/** The formulas as Qlib writes them, value by value. */
const SLOW: Record<string, (t: number, d: number) => number> = {
  roc: (t, d) => close[t - d]! / close[t]!,
  ma: (t, d) => mean(values(close, t, d)) / close[t]!,
  std: (t, d) => std(values(close, t, d)) / close[t]!,
  beta: (t, d) => covariance(places(d), values(close, t, d)) / covariance(places(d), places(d)) / close[t]!,
  rsqr: (t, d) => correlation(places(d), values(close, t, d)) ** 2,
  resi: (t, d) => {
    const slope = covariance(places(d), values(close, t, d)) / covariance(places(d), places(d))
    return (close[t]! - (mean(values(close, t, d)) + slope * (d - (d + 1) / 2))) / close[t]!
  },
  max: (t, d) => Math.max(...values(high, t, d)) / close[t]!,
  min: (t, d) => Math.min(...values(low, t, d)) / close[t]!,
  qtlu: (t, d) => quantile(values(close, t, d), 0.8) / close[t]!,
  qtld: (t, d) => quantile(values(close, t, d), 0.2) / close[t]!,
  rank: (t, d) => values(close, t, d).filter((v) => v <= close[t]!).length / d,
  rsv: (t, d) => (close[t]! - Math.min(...values(low, t, d))) / (Math.max(...values(high, t, d)) - Math.min(...values(low, t, d)) + TINY),
  imax: (t, d) => (values(high, t, d).indexOf(Math.max(...values(high, t, d))) + 1) / d,
  imin: (t, d) => (values(low, t, d).indexOf(Math.min(...values(low, t, d))) + 1) / d,
  imxd: (t, d) => SLOW.imax!(t, d) - SLOW.imin!(t, d),
  corr: (t, d) =>
    correlation(
      values(close, t, d),
      values(volume, t, d).map((v) => Math.log(v + 1)),
    ),
  cord: (t, d) =>
    correlation(
      values(close, t, d).map((v, k) => v / close[t - d + k]!),
      values(volume, t, d).map((v, k) => Math.log(v / volume[t - d + k]! + 1)),
    ),
  cntp: (t, d) => mean(changes(close, t, d).map((v) => (v > 0 ? 1 : 0))),
  cntn: (t, d) => mean(changes(close, t, d).map((v) => (v < 0 ? 1 : 0))),
  cntd: (t, d) => SLOW.cntp!(t, d) - SLOW.cntn!(t, d),
  sump: (t, d) => sum(changes(close, t, d).map((v) => Math.max(v, 0))) / (sum(changes(close, t, d).map(Math.abs)) + TINY),
  sumn: (t, d) => sum(changes(close, t, d).map((v) => Math.max(-v, 0))) / (sum(changes(close, t, d).map(Math.abs)) + TINY),
  sumd: (t, d) => SLOW.sump!(t, d) - SLOW.sumn!(t, d),
  vma: (t, d) => mean(values(volume, t, d)) / (volume[t]! + TINY),
  vstd: (t, d) => std(values(volume, t, d)) / (volume[t]! + TINY),
  wvma: (t, d) => {
    const moved = values(close, t, d).map((v, k) => Math.abs(v / close[t - d + k]! - 1) * volume[t - d + 1 + k]!)
    return std(moved) / (mean(moved) + TINY)
  },
  vsump: (t, d) => sum(changes(volume, t, d).map((v) => Math.max(v, 0))) / (sum(changes(volume, t, d).map(Math.abs)) + TINY),
  vsumn: (t, d) => sum(changes(volume, t, d).map((v) => Math.max(-v, 0))) / (sum(changes(volume, t, d).map(Math.abs)) + TINY),
  vsumd: (t, d) => SLOW.vsump!(t, d) - SLOW.vsumn!(t, d),
}

describe('Alpha158', () => {
  it('has 158 columns, each named once', () => {
    expect(alpha158.length).toBe(158)
    expect(new Set(alpha158.map(({ name }) => name)).size).toBe(158)
  })

  it("equals Qlib's formulas written out, for every measure and window", () => {
    const rng = createRng(1, 'rows')
    const rows = Array.from({ length: 12 }, () => 70 + rng.int(230))
    for (const [name, slow] of Object.entries(SLOW))
      for (const d of ALPHA158_WINDOWS) {
        const column = computeFeature(
          alpha158.find((feature) => feature.name === `alpha158_${name}_${d}`)!,
          bars,
        )
        for (const t of rows) expect(column[t], `${name}_${d} at ${t}`).toBeCloseTo(slow(t, d), 9)
      }
  })

  it('has the candle shapes', () => {
    const at = (name: string): number =>
      computeFeature(
        alpha158.find((feature) => feature.name === `alpha158_${name}`)!,
        bars,
      )[7]!
    const [o, h, l, c] = [open[7]!, high[7]!, low[7]!, close[7]!]
    expect(at('kmid')).toBeCloseTo((c - o) / o, 14)
    expect(at('klen')).toBeCloseTo((h - l) / o, 14)
    expect(at('kup2')).toBeCloseTo((h - Math.max(o, c)) / (h - l + TINY), 12)
    expect(at('klow')).toBeCloseTo((Math.min(o, c) - l) / o, 14)
    expect(at('ksft2')).toBeCloseTo((2 * c - h - l) / (h - l + TINY), 12)
    expect(at('vwap0')).toBeCloseTo((h + l + c) / 3 / c, 14)
  })
})

describe('Alpha360', () => {
  it('is the last 60 bars, oldest first', () => {
    expect(alpha360.length).toBe(360)
    expect(alpha360[0]!.name).toBe('alpha360_close_59')
    const at = (name: string): number =>
      computeFeature(
        alpha360.find((feature) => feature.name === `alpha360_${name}`)!,
        bars,
      )[200]!
    expect(at('close_0')).toBe(1)
    expect(at('high_13')).toBe(high[187]! / close[200]!)
    expect(at('volume_59')).toBeCloseTo(volume[141]! / volume[200]!, 12)
  })
})
