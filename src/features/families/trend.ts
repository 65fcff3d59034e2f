import {
  aroon,
  column,
  dema,
  directionalMovement,
  divide,
  ema,
  hma,
  kama,
  lag,
  linearRegression,
  logRatio,
  map2,
  mapAll,
  parabolicSar,
  rollingLine,
  rollingMax,
  rollingMin,
  rollingSum,
  scale,
  sma,
  subtract,
  superTrend,
  atr,
  t3,
  tema,
  trima,
  trueRange,
  wma,
  type BarColumns,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature, type FeatureFamily } from '../define-feature.js'

function averageDistance(kind: string, what: string, average: (close: Column, period: number) => Column) {
  return (period: number): Feature =>
    defineFeature({
      name: `${kind}_distance_${period}`,
      group: 'trend',
      description: `ln(close / ${what} over ${period} bars).`,
      params: { period },
      column: ({ close }) => logRatio(close, average(close, period)),
    })
}

const emaDistance = averageDistance('ema', 'exponential average (TA-Lib EMA, seeded with a plain mean)', ema)
const smaDistance = averageDistance('sma', 'mean', sma)
const wmaDistance = averageDistance('wma', 'weighted average (TA-Lib WMA)', wma)
const demaDistance = averageDistance('dema', 'double exponential average (TA-Lib DEMA)', dema)
const temaDistance = averageDistance('tema', 'triple exponential average (TA-Lib TEMA)', tema)
const trimaDistance = averageDistance('trima', 'triangular average (TA-Lib TRIMA)', trima)
const kamaDistance = averageDistance('kama', "Kaufman's adaptive average (TA-Lib KAMA)", kama)
const t3Distance = averageDistance('t3', "Tillson's T3, volume factor 0.7 (TA-Lib T3)", t3)
const hmaDistance = averageDistance('hma', "Hull's average", hma)
const regressionDistance = averageDistance('regression', 'end of the least-squares line (TA-Lib LINEARREG)', linearRegression)

function emaCross(fast: number, slow: number): Feature {
  return defineFeature({
    name: `ema_cross_${fast}_${slow}`,
    group: 'trend',
    description: `ln(exponential average over ${fast} bars / that over ${slow} bars).`,
    params: { fast, slow },
    column: ({ close }) => logRatio(ema(close, fast), ema(close, slow)),
  })
}

function direction(name: string, what: string, pick: (bars: BarColumns, period: number) => Column) {
  return (period: number): Feature =>
    defineFeature({
      name: `${name}_${period}`,
      group: 'trend',
      description: `${what} over ${period} bars, 0..100.`,
      params: { period },
      column: (bars) => pick(bars, period),
    })
}

const directionalIndex = direction(
  'adx',
  'Average directional index: how strongly the price trends, whichever way (TA-Lib ADX)',
  (bars, period) => directionalMovement(bars, period).adx,
)
const plusDirection = direction('plus_di', 'Plus directional indicator (TA-Lib PLUS_DI)', (bars, p) => directionalMovement(bars, p).plus)
const minusDirection = direction(
  'minus_di',
  'Minus directional indicator (TA-Lib MINUS_DI)',
  (bars, p) => directionalMovement(bars, p).minus,
)
const aroonUp = direction('aroon_up', 'Aroon up (TA-Lib AROON)', (bars, period) => aroon(bars, period, 1))
const aroonDown = direction('aroon_down', 'Aroon down (TA-Lib AROON)', (bars, period) => aroon(bars, period, -1))

const parabolic = defineFeature({
  name: 'psar_distance',
  group: 'trend',
  description: 'ln(close / parabolic stop and reverse), acceleration 0.02 up to 0.2 (TA-Lib SAR).',
  params: { acceleration: 0.02, maximum: 0.2 },
  column: (bars) => logRatio(bars.close, parabolicSar(bars)),
})

const SUPER_TREND = { period: 10, multiplier: 3 }
function superTrendOf(bars: BarColumns) {
  return superTrend(bars, atr(bars, SUPER_TREND.period), SUPER_TREND.multiplier)
}

const superTrendDistance = defineFeature({
  name: 'supertrend_distance_10',
  group: 'trend',
  description: 'ln(close / SuperTrend line), 10-bar average true range x 3 (Seban).',
  params: SUPER_TREND,
  column: (bars) => logRatio(bars.close, superTrendOf(bars).line),
})

const superTrendDirection = defineFeature({
  name: 'supertrend_direction_10',
  group: 'trend',
  description: '1 while the price is above its SuperTrend line, else -1.',
  params: SUPER_TREND,
  column: (bars) => superTrendOf(bars).direction,
})

/** Middle of the extremes: all lines of Ichimoku are made of it. */
function midline(bars: BarColumns, period: number): Column {
  return scale(map2(rollingMax(bars.high, period), rollingMin(bars.low, period), sum), 0.5)
}
function sum(a: number, b: number): number {
  return a + b
}

const conversion = defineFeature({
  name: 'ichimoku_conversion',
  group: 'trend',
  description: 'ln(close / Ichimoku conversion line, the middle of the range of 9 bars).',
  params: { period: 9 },
  column: (bars) => logRatio(bars.close, midline(bars, 9)),
})

const base = defineFeature({
  name: 'ichimoku_base',
  group: 'trend',
  description: 'ln(close / Ichimoku base line, the middle of the range of 26 bars).',
  params: { period: 26 },
  column: (bars) => logRatio(bars.close, midline(bars, 26)),
})

/** The cloud is drawn 26 bars ahead: the one over this bar was known 26 bars ago. The lagging span (chikou) would need later bars and is not offered. */
const CLOUD_SHIFT = 26
function leadingSpanA(bars: BarColumns): Column {
  return lag(scale(map2(midline(bars, 9), midline(bars, 26), sum), 0.5), CLOUD_SHIFT)
}
function leadingSpanB(bars: BarColumns): Column {
  return lag(midline(bars, 52), CLOUD_SHIFT)
}

const cloudPosition = defineFeature({
  name: 'ichimoku_cloud_position',
  group: 'trend',
  description:
    'How far the close lies above the top (positive) or below the bottom (negative) of the Ichimoku cloud computed 26 bars ago, as a share of the close; 0 inside. No lagging span.',
  params: { conversion: 9, base: 26, span: 52, shift: CLOUD_SHIFT },
  column: (bars) => mapAll([bars.close, leadingSpanA(bars), leadingSpanB(bars)], outsideCloud),
})
function outsideCloud([close, a, b]: readonly number[]): number {
  const top = Math.max(a!, b!)
  const bottom = Math.min(a!, b!)
  return close! > top ? 1 - top / close! : close! < bottom ? 1 - bottom / close! : 0
}

const cloudThickness = defineFeature({
  name: 'ichimoku_cloud_thickness',
  group: 'trend',
  description: '(leading span A - B) of the cloud computed 26 bars ago, as a share of the close.',
  params: { conversion: 9, base: 26, span: 52, shift: CLOUD_SHIFT },
  column: (bars) => divide(subtract(leadingSpanA(bars), leadingSpanB(bars)), bars.close),
})

function lineSlope(period: number): Feature {
  return defineFeature({
    name: `line_slope_${period}`,
    group: 'trend',
    description: `Slope a bar of the least-squares line through ${period} closes (TA-Lib LINEARREG_SLOPE) / their mean.`,
    params: { period },
    column: ({ close }) => {
      const { slope, mean } = rollingLine(close, period)
      return divide(slope, mean)
    },
  })
}

function lineFit(period: number): Feature {
  return defineFeature({
    name: `line_r2_${period}`,
    group: 'trend',
    description: `Share of the variance of ${period} closes that their least-squares line explains, 0..1; 0 in a flat window.`,
    params: { period },
    column: ({ close }) => rollingLine(close, period).rSquare,
  })
}

/** Absolute distance between this bar's extreme of one kind and the last bar's of the other. */
function reach(a: Column, b: Column): Column {
  return map2(a, lag(b, 1), distance)
}
function distance(a: number, b: number): number {
  return Math.abs(a - b)
}
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function vortex(period: number): Feature {
  return defineFeature({
    name: `vortex_${period}`,
    group: 'trend',
    description: `Vortex indicator: (sum of |high - low before| - sum of |low - high before|) / sum of true ranges over ${period} bars (Botes & Siepman 2010); 0 without any range.`,
    params: { period },
    column: (bars) => {
      const up = rollingSum(reach(bars.high, bars.low), period)
      const down = rollingSum(reach(bars.low, bars.high), period)
      return map2(subtract(up, down), rollingSum(trueRange(bars), period), share)
    },
  })
}

const massIndex = defineFeature({
  name: 'mass_index_25',
  group: 'trend',
  description:
    'Sum over 25 bars of the 9-bar average of (high - low) / its own 9-bar average (Dorsey 1992), / 25: above 1 the ranges widen; 1 for ranges of 0.',
  params: { smooth: 9, period: 25 },
  column: ({ high, low }) => {
    const single = ema(subtract(high, low), 9)
    return sma(map2(single, ema(single, 9), shareOrOne), 25)
  },
})
function shareOrOne(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}

function choppiness(period: number): Feature {
  return defineFeature({
    name: `choppiness_${period}`,
    group: 'trend',
    description: `log(sum of true ranges / (highest high - lowest low)) / log(${period}) over ${period} bars: about 1 in a market without direction, near 0 in a straight trend (Dreiss); 1 without any range.`,
    params: { period },
    column: (bars) => {
      const range = map2(rollingMax(bars.high, period), rollingMin(bars.low, period), difference)
      const ratio = map2(rollingSum(trueRange(bars), period), range, shareOrZero)
      return column({
        name: 'log_share',
        inputs: [ratio],
        params: [period],
        start: ([x], [y]) => {
          const whole = Math.log(period)
          return (from, to) => {
            for (let i = from; i < to; i++) y![i] = x![i] === 0 ? 1 : Math.log(x![i]!) / whole
          }
        },
      })
    },
  })
}
function difference(a: number, b: number): number {
  return a - b
}
function shareOrZero(part: number, whole: number): number {
  return whole <= 0 || part <= 0 ? 0 : part / whole
}

export const trendFeatures: readonly Feature[] = [
  emaDistance(12),
  emaDistance(48),
  smaDistance(20),
  smaDistance(72),
  wmaDistance(20),
  demaDistance(20),
  temaDistance(20),
  trimaDistance(20),
  kamaDistance(10),
  t3Distance(10),
  hmaDistance(20),
  regressionDistance(24),
  emaCross(12, 48),
  directionalIndex(14),
  plusDirection(14),
  minusDirection(14),
  aroonUp(25),
  aroonDown(25),
  parabolic,
  superTrendDistance,
  superTrendDirection,
  conversion,
  base,
  cloudPosition,
  cloudThickness,
  lineSlope(24),
  lineSlope(72),
  lineFit(24),
  vortex(14),
  massIndex,
  choppiness(14),
]

/** Those that take any period. */
export const trendFamilies: readonly FeatureFamily[] = [
  emaDistance,
  smaDistance,
  wmaDistance,
  demaDistance,
  temaDistance,
  trimaDistance,
  kamaDistance,
  t3Distance,
  hmaDistance,
  regressionDistance,
  directionalIndex,
  plusDirection,
  minusDirection,
  aroonUp,
  aroonDown,
  lineSlope,
  lineFit,
  vortex,
  choppiness,
]
