import { describe, expect, it } from 'vitest'
import { randomBars } from '../../test/fixtures/random-bars.js'
import type { Bars } from '../data/index.js'
import {
  atr,
  autocorrelation,
  barColumns,
  barsSinceExtreme,
  computeColumns,
  fractionalDifference,
  hma,
  hurstExponent,
  lag,
  linearRegression,
  logChange,
  meanDeviation,
  permutationEntropy,
  rollingCorrelation,
  rollingLine,
  rollingMax,
  rollingMin,
  rollingMoments,
  rollingPair,
  rollingShape,
  rollingSlopeOn,
  rollingSum,
  sma,
  sortedWindow,
  superTrend,
  trueRange,
  varianceRatio,
  wma,
  yangZhangVolatility,
  zScore,
  type Column,
} from './index.js'

const { open, high, low, close, volume } = barColumns()
const random = randomBars(400, 11)
/** Prices in steps of 0.5 %: many equal ones. */
const coarse: Bars = {
  ...random,
  close: random.close.map((v) => Math.round(v * 2) / 2),
  high: random.high.map(Math.round),
  low: random.low.map(Math.round),
}
/** A level at which sums of squares have no digits left for the moves. */
const level: Bars = { ...random, close: random.close.map((v) => 1e8 + (v - 100) * 1e-3) }

type Window = (window: readonly number[]) => number
const sum: Window = (w) => w.reduce((a, b) => a + b, 0)
/** As distances from its first value: exact, so that the reference does not suffer from the level of the prices. */
const distances = (w: readonly number[]): number[] => w.map((v) => v - w[0]!)
const mean: Window = (w) => w[0]! + sum(distances(w)) / w.length
const moment = (w: readonly number[], power: number): number => {
  const d = distances(w)
  const middle = sum(d) / d.length
  return sum(d.map((v) => (v - middle) ** power)) / d.length
}
const variance: Window = (w) => moment(w, 2)
const slope: Window = (w) => {
  const middle = (w.length - 1) / 2
  return sum(distances(w).map((v, k) => (k - middle) * v)) / sum(w.map((_, k) => (k - middle) ** 2))
}
const quantile = (w: readonly number[], q: number): number => {
  const s = [...w].sort((a, b) => a - b)
  const place = q * (s.length - 1)
  return s[Math.floor(place)]! + (s[Math.ceil(place)]! - s[Math.floor(place)]!) * (place % 1)
}
const rank: Window = (w) => {
  const v = w.at(-1)!
  return (w.filter((u) => u < v).length + (w.filter((u) => u === v).length + 1) / 2) / w.length
}
const age = (w: readonly number[], best: number, latest: boolean): number => w.length - 1 - (latest ? w.lastIndexOf(best) : w.indexOf(best))

/** Each value of a column against a function of the window that ends there. */
function expectWindows(bars: Bars, column: Column, of: Float64Array, period: number, reference: Window, relative = 1e-10): void {
  const values = computeColumns(bars, { column }).column
  const skipped = of.findIndex((v) => v === v)
  const wanted = Array.from(of, (_, i) => (i < skipped + period - 1 ? NaN : reference([...of.subarray(i - period + 1, i + 1)])))
  const sizes = wanted
    .filter((v) => v === v)
    .map(Math.abs)
    .sort((a, b) => a - b)
  const median = sizes[sizes.length >> 1]!
  for (const [i, value] of wanted.entries())
    if (value !== value) expect(values[i], `row ${i}`).toBeNaN()
    else
      expect(Math.abs(values[i]! - value), `row ${i}: ${values[i]} against ${value}`).toBeLessThanOrEqual(
        relative * Math.max(median, Math.abs(value)),
      )
}

describe.each([
  ['a random walk', random, 1e-10],
  ['many equal prices', coarse, 1e-10],
  ['a price of 100 million that moves by a thousandth', level, 1e-6],
])('windows over %s', (_, bars, relative) => {
  const x = bars.close
  it.each([2, 3, 7, 60])('of %i bars', (p) => {
    const moments = rollingMoments(close, p)
    const line = rollingLine(close, p)
    const check = (column: Column, reference: Window, tolerance = 1e-12): void => expectWindows(bars, column, x, p, reference, tolerance)
    check(rollingSum(close, p), sum)
    check(sma(close, p), mean, 1e-15)
    check(rollingMax(close, p), (w) => Math.max(...w), 0)
    check(rollingMin(close, p), (w) => Math.min(...w), 0)
    check(moments.mean, mean, 1e-15)
    check(moments.variance, variance, relative)
    check(moments.std, (w) => Math.sqrt(variance(w)), relative)
    check(line.slope, slope, relative)
    check(line.rSquare, (w) => (variance(w) === 0 ? 0 : (slope(w) ** 2 * (p * p - 1)) / 12 / variance(w)), relative)
    check(linearRegression(close, p), (w) => mean(w) + (slope(w) * (p - 1)) / 2, 1e-14)
    check(wma(close, p), (w) => w[0]! + sum(w.map((v, k) => (k + 1) * (v - w[0]!))) / ((p * (p + 1)) / 2), 1e-14)
    check(meanDeviation(close, sma(close, p), p), (w) => sum(w.map((v) => Math.abs(v - mean(w)))) / p, relative)
    check(sortedWindow(close, p).rank, rank, 0)
    const quantiles = [0, 0.1, 0.5, 0.9, 1]
    for (const [k, column] of sortedWindow(close, p, quantiles).quantiles.entries()) check(column, (w) => quantile(w, quantiles[k]!), 1e-15)
    check(barsSinceExtreme(close, p, 1), (w) => age(w, Math.max(...w), true), 0)
    check(barsSinceExtreme(close, p, -1), (w) => age(w, Math.min(...w), true), 0)
    check(barsSinceExtreme(close, p, 1, 'earliest'), (w) => age(w, Math.max(...w), false), 0)
    check(barsSinceExtreme(close, p, -1, 'earliest'), (w) => age(w, Math.min(...w), false), 0)
    // The mean itself has no more digits than the level leaves it.
    const score: Window = (w) => (variance(w) === 0 ? 0 : sum(w.map((v) => w.at(-1)! - v)) / p / Math.sqrt(variance(w)))
    check(zScore(close, p), score, 1e4 * relative)
  })
})

describe('shape', () => {
  it.each([4, 20, 60])('is the skewness and kurtosis of pandas over %i bars', (p) => {
    const { moves } = computeColumns(random, { moves: logChange(close) })
    const { skewness, kurtosis } = rollingShape(logChange(close), p)
    expectWindows(random, skewness, moves, p, (w) => (Math.sqrt(p * (p - 1)) / (p - 2)) * (moment(w, 3) / moment(w, 2) ** 1.5), 1e-9)
    const excess: Window = (w) => ((p - 1) / ((p - 2) * (p - 3))) * ((p + 1) * (moment(w, 4) / moment(w, 2) ** 2) - 3 * (p - 1))
    expectWindows(random, kurtosis, moves, p, excess, 1e-9)
  })
})

describe('pairs', () => {
  const both = [...random.close.keys()]
  const at = (w: readonly number[], of: Float64Array): number[] => w.map((i) => of[i]!)
  const covariance: Window = (w) => {
    const [a, b] = [at(w, random.close), at(w, random.volume)]
    return sum(a.map((v, k) => (v - mean(a)) * (b[k]! - mean(b)))) / w.length
  }
  it.each([2, 5, 60])('of %i bars', (p) => {
    const places = Float64Array.from(both)
    const check = (column: Column, reference: Window): void => expectWindows(random, column, places, p, reference, 1e-9)
    const pair = rollingPair(close, volume, p)
    check(pair.covariance, covariance)
    check(pair.varianceB, (w) => variance(at(w, random.volume)))
    const deviations: Window = (w) => Math.sqrt(variance(at(w, random.close)) * variance(at(w, random.volume)))
    check(rollingCorrelation(close, volume, p), (w) => covariance(w) / deviations(w))
    check(rollingSlopeOn(close, volume, p), (w) => covariance(w) / variance(at(w, random.volume)))
  })
})

describe('statistics of returns', () => {
  const returns = (bars: number): Float64Array => computeColumns(random, { moves: logChange(close, bars) }).moves
  const tail = (of: Float64Array, i: number, p: number): number[] => [...of.subarray(i - p + 1, i + 1)]
  const meanSquare: Window = (w) => sum(w.map((v) => v * v)) / w.length

  it('variance ratio, autocorrelation and Hurst exponent', () => {
    const p = 50
    const columns = { ratio: varianceRatio(close, 5, p), auto: autocorrelation(logChange(close), 2, p), hurst: hurstExponent(close, p) }
    const values = computeColumns(random, columns)
    const lags = [1, 2, 4, 8, 16]
    const by = new Map([...lags, 5].map((k) => [k, returns(k)]))
    for (const i of [66, 100, 333, 399]) {
      expect(values.ratio[i]).toBeCloseTo(meanSquare(tail(by.get(5)!, i, p)) / (5 * meanSquare(tail(by.get(1)!, i, p))), 10)
      const [a, b] = [tail(by.get(1)!, i, p), tail(by.get(1)!, i - 2, p)]
      const both = sum(a.map((v, k) => (v - mean(a)) * (b[k]! - mean(b)))) / p
      expect(values.auto[i]).toBeCloseTo(both / Math.sqrt(variance(a) * variance(b)), 10)
      const points = lags.map((k) => [Math.log(k), Math.log(Math.sqrt(meanSquare(tail(by.get(k)!, i, p))))] as const)
      const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
      const wanted = sum(points.map(([x, y]) => (x - mx) * (y - my))) / sum(points.map(([x]) => (x - mx) ** 2))
      expect(values.hurst[i]).toBeCloseTo(wanted, 10)
    }
  })

  it('Hurst exponent is about 1/2 for a random walk and 1 for a straight line', () => {
    const walk = randomBars(6000, 3)
    expect(computeColumns(walk, { h: hurstExponent(close, 5000) }).h.at(-1)).toBeCloseTo(0.5, 1)
    const line = { ...walk, close: walk.close.map((_, i) => Math.exp(i * 1e-3)) }
    expect(computeColumns(line, { h: hurstExponent(close, 500) }).h.at(-1)).toBeCloseTo(1, 9)
  })

  it('permutation entropy counts orderings', () => {
    const p = 40
    const { entropy } = computeColumns(coarse, { entropy: permutationEntropy(close, p) })
    for (const i of [41, 200, 399]) {
      const counts = new Map<string, number>()
      for (let t = i - p + 1; t <= i; t++) {
        const three = [0, 1, 2].map((k) => coarse.close[t - 2 + k]!)
        const order = [0, 1, 2].sort((a, b) => three[a]! - three[b]! || a - b).join('')
        counts.set(order, (counts.get(order) ?? 0) + 1)
      }
      const wanted = sum([...counts.values()].map((n) => (-n / p) * Math.log(n / p))) / Math.log(6)
      expect(entropy[i]).toBeCloseTo(wanted, 12)
    }
    const rising = { ...random, close: random.close.map((_, i) => i) }
    expect(computeColumns(rising, { e: permutationEntropy(close, p) }).e.at(-1)).toBe(0)
  })

  it('fractional difference is its sum of binomial weights', () => {
    const [order, p] = [0.4, 30]
    const weights = [1]
    for (let k = 1; k < p; k++) weights.push((-weights[k - 1]! * (order - k + 1)) / k)
    expectWindows(
      random,
      fractionalDifference(close, order, p),
      random.close,
      p,
      (w) => sum(w.map((v, k) => weights[p - 1 - k]! * v)),
      1e-11,
    )
    const whole = computeColumns(random, { d: fractionalDifference(close, 1, 2) }).d
    expect(whole[300]).toBeCloseTo(random.close[300]! - random.close[299]!, 12)
  })

  it('Yang and Zhang', () => {
    const p = 30
    const gappy = { ...random, open: random.open.map((v, i) => v * (1 + 0.002 * Math.sin(i))) }
    gappy.high = gappy.high.map((v, i) => Math.max(v, gappy.open[i]!))
    gappy.low = gappy.low.map((v, i) => Math.min(v, gappy.open[i]!))
    const { volatility } = computeColumns(gappy, { volatility: yangZhangVolatility(barColumns(), p) })
    const [o, h, l, c] = [gappy.open, gappy.high, gappy.low, gappy.close]
    const sample: Window = (w) => (variance(w) * w.length) / (w.length - 1)
    for (const i of [30, 77, 399]) {
      const rows = Array.from({ length: p }, (_, k) => i - p + 1 + k)
      const night = sample(rows.map((t) => Math.log(o[t]! / c[t - 1]!)))
      const day = sample(rows.map((t) => Math.log(c[t]! / o[t]!)))
      const free = mean(
        rows.map((t) => Math.log(h[t]! / c[t]!) * Math.log(h[t]! / o[t]!) + Math.log(l[t]! / c[t]!) * Math.log(l[t]! / o[t]!)),
      )
      const k = 0.34 / (1.34 + (p + 1) / (p - 1))
      expect(volatility[i]).toBeCloseTo(Math.sqrt(night + k * day + (1 - k) * free), 12)
    }
  })
})

describe('indicators of their own making', () => {
  it('HMA is a WMA of WMAs', () => {
    const [a, b] = [wma(close, 10), wma(close, 20)]
    const { hull, half, whole } = computeColumns(random, { hull: hma(close, 20), half: a, whole: b })
    const raw = half.map((v, i) => 2 * v - whole[i]!)
    for (const i of [25, 300]) expect(hull[i]).toBeCloseTo((4 * raw[i]! + 3 * raw[i - 1]! + 2 * raw[i - 2]! + raw[i - 3]!) / 10, 10)
  })

  it('SuperTrend only tightens, and turns when the close breaks through', () => {
    const range = atr(barColumns(), 10)
    const { line, direction } = superTrend(barColumns(), range, 2)
    const v = computeColumns(random, { line, direction, range })
    let turns = 0
    for (let i = 11; i < 400; i++) {
      const middle = (random.high[i]! + random.low[i]!) / 2
      const long = v.direction[i] === 1
      if (v.direction[i] === v.direction[i - 1]) {
        const fresh = middle - (long ? 2 : -2) * v.range[i]!
        expect(v.line[i]).toBe(long ? Math.max(v.line[i - 1]!, fresh) : Math.min(v.line[i - 1]!, fresh))
        expect(long ? random.close[i]! >= v.line[i]! : random.close[i]! <= v.line[i]!).toBe(true)
      } else {
        turns++
        expect(long ? random.close[i]! > v.line[i - 1]! : random.close[i]! < v.line[i - 1]!).toBe(true)
      }
    }
    expect(turns).toBeGreaterThan(5)
  })

  it('true range and lag by hand', () => {
    const { range, before } = computeColumns(random, { range: trueRange(barColumns()), before: lag(open, 3) })
    const [h, l, c] = [random.high, random.low, random.close]
    for (const i of [1, 300])
      expect(range[i]).toBeCloseTo(Math.max(h[i]! - l[i]!, Math.abs(h[i]! - c[i - 1]!), Math.abs(l[i]! - c[i - 1]!)), 12)
    expect(before[300]).toBe(random.open[297])
  })
})

describe('a spike', () => {
  it('leaves with the window, to the last bit of what came before it', () => {
    const spiked = { ...random, close: random.close.slice() }
    spiked.close[200] = 1e12
    const columns = {
      sum: rollingSum(close, 20),
      mean: sma(close, 20),
      std: rollingMoments(close, 20).std,
      slope: rollingLine(close, 20).slope,
      skew: rollingShape(close, 20).skewness,
      correlation: rollingCorrelation(close, high, 20),
      top: rollingMax(close, 20),
      bottom: rollingMin(low, 20),
    }
    const [with_, without] = [computeColumns(spiked, columns), computeColumns(random, columns)]
    for (const name of Object.keys(columns) as (keyof typeof columns)[])
      for (let i = 220; i < 400; i++) expect(with_[name][i], `${name}, row ${i}`).toBe(without[name][i])
  })
})

describe('bad periods', () => {
  it.each([0, -1, 1.5, NaN, Infinity, 2_000_000])('%s is refused', (period) => {
    for (const make of [sma, rollingMax, wma, hma, rollingShape, hurstExponent, zScore, sortedWindow])
      expect(() => make(close, period), make.name).toThrow(expect.objectContaining({ code: 'bad-period' }))
    expect(() => atr(barColumns(), period)).toThrow(expect.objectContaining({ code: 'bad-period' }))
  })

  it('so are quantiles outside 0..1', () => {
    expect(() => sortedWindow(close, 5, [1.1])).toThrow(expect.objectContaining({ code: 'bad-quantile' }))
  })
})
