import {
  barsSinceExtreme,
  change,
  divide,
  lag,
  map,
  map2,
  mapAll,
  relativeChange,
  rollingCorrelation,
  rollingLine,
  rollingMax,
  rollingMin,
  rollingMoments,
  rollingSum,
  linearRegression,
  scale,
  sma,
  sortedWindow,
  subtract,
  typicalPrice,
  type BarColumns,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature } from '../define-feature.js'

/**
 * Alpha158 of Microsoft's Qlib (qlib/contrib/data/loader.py): 9 candle shapes, 4 prices, 29 rolling measures over 5, 10, 20, 30 and 60 bars. Two differences: windows must be
 * full (Qlib starts with one bar), and as bars have no volume-weighted price of their own, (high + low + close) / 3 stands in for it.
 */

/** Qlib's guard against division by zero. */
const TINY = 1e-12
/** Windows of its rolling measures, in bars. */
export const ALPHA158_WINDOWS = [5, 10, 20, 30, 60] as const

type Build = (bars: BarColumns) => Column
type Values = readonly number[]

function alpha(name: string, formula: string, column: Build, params: Record<string, number> = {}): Feature {
  return defineFeature({
    name: `alpha158_${name}`,
    group: 'statistical',
    description: `Alpha158 ${name.toUpperCase()}: ${formula}.`,
    params,
    column,
  })
}

function candle(name: string, formula: string, shape: (values: Values) => number): Feature {
  return alpha(name, formula, ({ open, high, low, close }) => mapAll([open, high, low, close], shape))
}

function body(v: Values): number {
  return v[3]! - v[0]!
}
function range(v: Values): number {
  return v[1]! - v[2]! + TINY
}
function upper(v: Values): number {
  return v[1]! - Math.max(v[0]!, v[3]!)
}
function lower(v: Values): number {
  return Math.min(v[0]!, v[3]!) - v[2]!
}
function shift(v: Values): number {
  return 2 * v[3]! - v[1]! - v[2]!
}

const CANDLES = [
  candle('kmid', '(close - open) / open', (v) => body(v) / v[0]!),
  candle('klen', '(high - low) / open', (v) => (v[1]! - v[2]!) / v[0]!),
  candle('kmid2', '(close - open) / (high - low)', (v) => body(v) / range(v)),
  candle('kup', '(high - max(open, close)) / open', (v) => upper(v) / v[0]!),
  candle('kup2', '(high - max(open, close)) / (high - low)', (v) => upper(v) / range(v)),
  candle('klow', '(min(open, close) - low) / open', (v) => lower(v) / v[0]!),
  candle('klow2', '(min(open, close) - low) / (high - low)', (v) => lower(v) / range(v)),
  candle('ksft', '(2 close - high - low) / open', (v) => shift(v) / v[0]!),
  candle('ksft2', '(2 close - high - low) / (high - low)', (v) => shift(v) / range(v)),
]

const PRICES = [
  alpha('open0', 'open / close', ({ open, close }) => divide(open, close)),
  alpha('high0', 'high / close', ({ high, close }) => divide(high, close)),
  alpha('low0', 'low / close', ({ low, close }) => divide(low, close)),
  alpha('vwap0', 'typical price / close', (bars) => divide(typicalPrice(bars), bars.close)),
]

function up(v: number): number {
  return v > 0 ? v : 0
}
function down(v: number): number {
  return v < 0 ? -v : 0
}
function size(v: number): number {
  return Math.abs(v)
}
function isUp(v: number): number {
  return v > 0 ? 1 : 0
}
function isDown(v: number): number {
  return v < 0 ? 1 : 0
}
function logPlusTwo(v: number): number {
  return Math.log(v + 2)
}
function logPlusOne(v: number): number {
  return Math.log(v + 1)
}
function guarded(a: number, b: number): number {
  return a / (b + TINY)
}
function product(a: number, b: number): number {
  return Math.abs(a) * b
}

/** Sample standard deviation, as pandas has it. */
function sampleStd(a: Column, d: number): Column {
  return scale(rollingMoments(a, d).std, Math.sqrt(d / (d - 1)))
}
function sinceWindowBegan(a: Column, d: number, sign: 1 | -1): Column {
  return scale(barsSinceExtreme(a, d, sign, 'earliest'), -1 / d, 1)
}
/** Share of one kind of change in all: up, down, or their difference. */
function shareOfChanges(a: Column, d: number, part: (v: number) => number): Column {
  const move = change(a)
  return map2(rollingSum(map(move, part), d), rollingSum(map(move, size), d), guarded)
}
function asIs(v: number): number {
  return v
}
function place([close, bottom, top]: Values): number {
  return (close! - bottom!) / (top! - bottom! + TINY)
}
function moved({ close, volume }: BarColumns): Column {
  return map2(relativeChange(close), volume, product)
}
function volumeRatio({ volume }: BarColumns): Column {
  return map(relativeChange(volume), logPlusTwo)
}

const ROLLING: readonly [string, string, (bars: BarColumns, d: number) => Column][] = [
  ['roc', 'close d bars ago / close', ({ close }, d) => divide(lag(close, d), close)],
  ['ma', 'mean(close) / close', ({ close }, d) => divide(sma(close, d), close)],
  ['std', 'sample std(close) / close', ({ close }, d) => divide(sampleStd(close, d), close)],
  ['beta', 'slope(close) / close', ({ close }, d) => divide(rollingLine(close, d).slope, close)],
  ['rsqr', 'R^2 of the line through close', ({ close }, d) => rollingLine(close, d).rSquare],
  ['resi', '(close - end of its line) / close', ({ close }, d) => divide(subtract(close, linearRegression(close, d)), close)],
  ['max', 'max(high) / close', ({ high, close }, d) => divide(rollingMax(high, d), close)],
  ['min', 'min(low) / close', ({ low, close }, d) => divide(rollingMin(low, d), close)],
  ['qtlu', '80 % quantile of close / close', ({ close }, d) => divide(sortedWindow(close, d, [0.2, 0.8]).quantiles[1]!, close)],
  ['qtld', '20 % quantile of close / close', ({ close }, d) => divide(sortedWindow(close, d, [0.2, 0.8]).quantiles[0]!, close)],
  ['rank', 'rank of close', ({ close }, d) => sortedWindow(close, d, [0.2, 0.8]).rank],
  [
    'rsv',
    '(close - min(low)) / (max(high) - min(low))',
    ({ high, low, close }, d) => mapAll([close, rollingMin(low, d), rollingMax(high, d)], place),
  ],
  ['imax', 'place of the highest high / d', ({ high }, d) => sinceWindowBegan(high, d, 1)],
  ['imin', 'place of the lowest low / d', ({ low }, d) => sinceWindowBegan(low, d, -1)],
  ['imxd', 'imax - imin', ({ high, low }, d) => subtract(sinceWindowBegan(high, d, 1), sinceWindowBegan(low, d, -1))],
  ['corr', 'corr(close, ln(volume + 1))', ({ close, volume }, d) => rollingCorrelation(close, map(volume, logPlusOne), d)],
  [
    'cord',
    'corr(close / close before, ln(volume / volume before + 1))',
    (bars, d) => rollingCorrelation(relativeChange(bars.close), volumeRatio(bars), d),
  ],
  ['cntp', 'share of rising closes', ({ close }, d) => sma(map(change(close), isUp), d)],
  ['cntn', 'share of falling closes', ({ close }, d) => sma(map(change(close), isDown), d)],
  ['cntd', 'cntp - cntn', ({ close }, d) => subtract(sma(map(change(close), isUp), d), sma(map(change(close), isDown), d))],
  ['sump', 'sum of rises / sum of |changes|', ({ close }, d) => shareOfChanges(close, d, up)],
  ['sumn', 'sum of falls / sum of |changes|', ({ close }, d) => shareOfChanges(close, d, down)],
  ['sumd', 'sump - sumn', ({ close }, d) => shareOfChanges(close, d, asIs)],
  ['vma', 'mean(volume) / volume', ({ volume }, d) => map2(sma(volume, d), volume, guarded)],
  ['vstd', 'sample std(volume) / volume', ({ volume }, d) => map2(sampleStd(volume, d), volume, guarded)],
  ['wvma', 'sample std / mean of |change| x volume', (bars, d) => map2(sampleStd(moved(bars), d), sma(moved(bars), d), guarded)],
  ['vsump', 'sum of rises of volume / sum of its |changes|', ({ volume }, d) => shareOfChanges(volume, d, up)],
  ['vsumn', 'sum of falls of volume / sum of its |changes|', ({ volume }, d) => shareOfChanges(volume, d, down)],
  ['vsumd', 'vsump - vsumn', ({ volume }, d) => shareOfChanges(volume, d, asIs)],
]

/** The 158 features of Microsoft Qlib's set of that name. */
export const alpha158: readonly Feature[] = [
  ...CANDLES,
  ...PRICES,
  ...ROLLING.flatMap(([name, formula, build]) =>
    ALPHA158_WINDOWS.map((d) => alpha(`${name}_${d}`, `${formula}, d = ${d}`, (bars) => build(bars, d), { bars: d })),
  ),
]
