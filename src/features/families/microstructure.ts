import {
  add,
  change,
  closeLocation,
  lag,
  logChange,
  logRatio,
  map,
  map2,
  mapAll,
  multiply,
  rollingMoments,
  rollingPair,
  rollingSlopeOn,
  rollingSum,
  shareOrZero,
  signedVolume,
  sma,
  subtract,
  type BarColumns,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature, type FeatureFamily } from '../define-feature.js'
import { withoutVolume } from './volume.js'

/** What bars tell about trading costs and order flow. All estimates: the trades themselves are not there. */

function size(v: number): number {
  return Math.abs(v)
}

/** |return| per money traded, of one bar; 0 for a bar without volume. */
function illiquidity({ close, volume }: BarColumns): Column {
  return map2(map(logChange(close), size), multiply(close, volume), shareOrZero)
}
function logOf(fast: number, slow: number): number {
  return fast > 0 && slow > 0 ? Math.log(fast / slow) : 0
}

function amihud(fast: number, slow: number): Feature {
  return defineFeature({
    name: `amihud_${fast}_${slow}`,
    group: 'microstructure',
    description: `ln(mean of |log return| / (close x volume) over ${fast} bars / the same over ${slow}) (illiquidity of Amihud 2002 against its own normal); 0 where either is 0.`,
    params: { fast, slow },
    unavailable: withoutVolume,
    column: (bars) => {
      const cost = illiquidity(bars)
      return map2(sma(cost, fast), sma(cost, slow), logOf)
    },
  })
}

function rollSpread(bars: number): Feature {
  return defineFeature({
    name: `roll_spread_${bars}`,
    group: 'microstructure',
    description: `Effective spread as a share of the price: 2 sqrt(-covariance of neighbouring log returns) over ${bars} bars (Roll 1984); 0 where the covariance is not negative.`,
    params: { bars },
    column: ({ close }) => {
      const move = logChange(close)
      return map(rollingPair(move, lag(move, 1), bars).covariance, spreadOf)
    },
  })
}
function spreadOf(covariance: number): number {
  return covariance < 0 ? 2 * Math.sqrt(-covariance) : 0
}

const K = 3 - 2 * Math.SQRT2
/** Corwin & Schultz (2012) for two bars; negative estimates count as 0, as the authors do. */
function twoBarSpread([single, before, both]: readonly number[]): number {
  const beta = single! * single! + before! * before!
  const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / K - Math.sqrt((both! * both!) / K)
  return alpha > 0 ? (2 * (Math.exp(alpha) - 1)) / (1 + Math.exp(alpha)) : 0
}
function higher(a: number, b: number): number {
  return a > b ? a : b
}
function lower(a: number, b: number): number {
  return a < b ? a : b
}

function corwinSchultz(bars: number): Feature {
  return defineFeature({
    name: `corwin_schultz_${bars}`,
    group: 'microstructure',
    description: `Mean over ${bars} bars of the spread as a share of the price from highs and lows of two bars (Corwin & Schultz 2012), without their correction for gaps.`,
    params: { bars },
    column: ({ high, low }) => {
      const range = logRatio(high, low)
      const both = logRatio(map2(high, lag(high, 1), higher), map2(low, lag(low, 1), lower))
      return sma(mapAll([range, lag(range, 1), both], twoBarSpread), bars)
    },
  })
}

function kyleLambda(bars: number): Feature {
  return defineFeature({
    name: `kyle_lambda_${bars}`,
    group: 'microstructure',
    description: `Price impact: slope of one-bar log returns on signed volume over ${bars} bars x mean volume (Kyle 1985): the return that a mean bar's volume makes; missing where the signed volume is constant.`,
    params: { bars },
    unavailable: withoutVolume,
    column: (columns) => multiply(rollingSlopeOn(logChange(columns.close), signedVolume(columns), bars), sma(columns.volume, bars)),
  })
}

function orderImbalance(bars: number): Feature {
  return defineFeature({
    name: `order_imbalance_${bars}`,
    group: 'microstructure',
    description: `Sum of volume x sign of the bar's move / sum of volume over ${bars} bars, -1..1; 0 without any volume.`,
    params: { bars },
    unavailable: withoutVolume,
    column: (columns) => map2(rollingSum(signedVolume(columns), bars), rollingSum(columns.volume, bars), shareOrZero),
  })
}

/** Normal distribution function, absolute error below 7.5e-8 (Abramowitz & Stegun 26.2.17). */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    0.3989422804014327 *
    Math.exp((-z * z) / 2) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}
function buyLean(move: number, std: number): number {
  return std === 0 ? 0 : 2 * normalCdf(move / std) - 1
}

/** Bulk volume classification (Easley, Lopez de Prado & O'Hara 2012): buy volume less sell volume of a bar as a share, from its move in standard deviations. */
function bulkLean({ close }: BarColumns, window: number): Column {
  const move = change(close)
  return map2(move, rollingMoments(move, window).std, buyLean)
}

function bulkImbalance(bars: number): Feature {
  return defineFeature({
    name: `bulk_imbalance_${bars}`,
    group: 'microstructure',
    description: `Buy less sell volume by bulk volume classification / volume over ${bars} bars, -1..1 (Easley, Lopez de Prado & O'Hara 2012); 0 without any volume.`,
    params: { bars, window: 48 },
    unavailable: withoutVolume,
    column: (columns) =>
      map2(rollingSum(multiply(bulkLean(columns, 48), columns.volume), bars), rollingSum(columns.volume, bars), shareOrZero),
  })
}

function flowToxicity(bars: number): Feature {
  return defineFeature({
    name: `vpin_${bars}`,
    group: 'microstructure',
    description: `Volume-weighted mean of |buy - sell share| by bulk volume classification over ${bars} bars, 0..1 (VPIN on time bars); 0 without any volume.`,
    params: { bars, window: 48 },
    unavailable: withoutVolume,
    column: (columns) =>
      map2(rollingSum(multiply(map(bulkLean(columns, 48), size), columns.volume), bars), rollingSum(columns.volume, bars), shareOrZero),
  })
}

function meanCloseLocation(bars: number): Feature {
  return defineFeature({
    name: `close_location_${bars}`,
    group: 'microstructure',
    description: `Mean of where the close lies in its bar, -1 at the low to 1 at the high, over ${bars} bars.`,
    params: { bars },
    column: (columns) => sma(closeLocation(columns), bars),
  })
}

function bodyShare(bars: number): Feature {
  return defineFeature({
    name: `body_share_${bars}`,
    group: 'microstructure',
    description: `Sum of |close - open| / sum of (high - low) over ${bars} bars, 0..1: how much of the ranges was kept; 0 without any range.`,
    params: { bars },
    column: ({ open, high, low, close }) =>
      map2(rollingSum(map(subtract(close, open), size), bars), rollingSum(subtract(high, low), bars), shareOrZero),
  })
}

function wick([open, high, low, close]: readonly number[]): number {
  return Math.min(open!, close!) - low! - (high! - Math.max(open!, close!))
}

function wickImbalance(bars: number): Feature {
  return defineFeature({
    name: `wick_imbalance_${bars}`,
    group: 'microstructure',
    description: `Sum of (lower - upper shadow) / sum of (high - low) over ${bars} bars, -1..1; 0 without any range.`,
    params: { bars },
    column: ({ open, high, low, close }) =>
      map2(rollingSum(mapAll([open, high, low, close], wick), bars), rollingSum(subtract(high, low), bars), shareOrZero),
  })
}

function stood(move: number): number {
  return move === 0 ? 1 : 0
}

function zeroShare(bars: number): Feature {
  return defineFeature({
    name: `zero_return_share_${bars}`,
    group: 'microstructure',
    description: `Share of bars without a change of the close over ${bars} bars, 0..1 (Lesmond, Ogden & Trzcinka 1999).`,
    params: { bars },
    column: ({ close }) => sma(map(change(close), stood), bars),
  })
}

function overnightShare(bars: number): Feature {
  return defineFeature({
    name: `gap_share_${bars}`,
    group: 'microstructure',
    description: `Sum of |ln(open / close before)| / (that + sum of |ln(close / open)|) over ${bars} bars, 0..1: how much of the movement happens between bars; 0 where nothing moved.`,
    params: { bars },
    column: ({ open, close }) => {
      const gaps = map(logRatio(open, lag(close, 1)), size)
      return map2(rollingSum(gaps, bars), rollingSum(add(gaps, map(logRatio(close, open), size)), bars), shareOrZero)
    },
  })
}

export function rangePerVolume(fast: number, slow: number): Feature {
  return defineFeature({
    name: `range_per_volume_${fast}_${slow}`,
    group: 'microstructure',
    description: `ln(range per volume of ${fast} bars / that of ${slow}), range = ln(high / low): how easily the price moves; 0 where either is 0.`,
    params: { fast, slow },
    unavailable: withoutVolume,
    column: ({ high, low, volume }) => {
      const range = logRatio(high, low)
      const per = (bars: number): Column => map2(rollingSum(range, bars), rollingSum(volume, bars), shareOrZero)
      return map2(per(fast), per(slow), logOf)
    },
  })
}

export const microstructureFeatures: readonly Feature[] = [
  amihud(6, 72),
  rollSpread(48),
  corwinSchultz(24),
  kyleLambda(48),
  orderImbalance(12),
  bulkImbalance(24),
  flowToxicity(24),
  meanCloseLocation(12),
  bodyShare(12),
  wickImbalance(12),
  zeroShare(48),
  overnightShare(24),
  rangePerVolume(6, 72),
]

/** Those that take any period. */
export const microstructureFamilies: readonly FeatureFamily[] = [
  rollSpread,
  corwinSchultz,
  kyleLambda,
  orderImbalance,
  bulkImbalance,
  flowToxicity,
  meanCloseLocation,
  bodyShare,
  wickImbalance,
  zeroShare,
  overnightShare,
]
