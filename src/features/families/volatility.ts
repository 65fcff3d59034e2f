import {
  atr,
  divide,
  ema,
  exponentialVolatility,
  garmanKlassVolatility,
  logChange,
  map,
  map2,
  mapAll,
  parkinsonVolatility,
  realisedVolatility,
  rogersSatchellVolatility,
  rollingMax,
  rollingMin,
  rollingMoments,
  rollingSum,
  trueRange,
  ulcerIndex,
  yangZhangVolatility,
  scale,
  subtract,
  type BarColumns,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature, type FeatureFamily } from '../define-feature.js'

function rangeShareOfPrice(period: number): Feature {
  return defineFeature({
    name: `atr_pct_${period}`,
    group: 'volatility',
    description: `Average true range over ${period} bars (Wilder; TA-Lib NATR / 100), as a share of the close.`,
    params: { period },
    column: (bars) => divide(atr(bars, period), bars.close),
  })
}

const trueRangeShare = defineFeature({
  name: 'true_range_pct',
  group: 'volatility',
  description: 'True range (TA-Lib TRANGE) as a share of the close.',
  column: (bars) => divide(trueRange(bars), bars.close),
})

const BAND_WIDTH = 2
function bandPlace([value, mean, std]: readonly number[]): number {
  return std === 0 ? 0.5 : 0.5 + (value! - mean!) / (2 * BAND_WIDTH * std!)
}

function bollingerPosition(period: number): Feature {
  return defineFeature({
    name: `bollinger_b_${period}`,
    group: 'volatility',
    description: `Bollinger %b: 0 at the lower band, 1 at the upper, ${BAND_WIDTH} population standard deviations wide over ${period} bars (TA-Lib BBANDS); 0.5 in a flat window.`,
    params: { period, deviations: BAND_WIDTH },
    column: ({ close }) => {
      const { mean, std } = rollingMoments(close, period)
      return mapAll([close, mean, std], bandPlace)
    },
  })
}

function bollingerWidth(period: number): Feature {
  return defineFeature({
    name: `bollinger_width_${period}`,
    group: 'volatility',
    description: `(upper - lower Bollinger band) / middle over ${period} bars, ${BAND_WIDTH} population standard deviations either side (TA-Lib BBANDS).`,
    params: { period, deviations: BAND_WIDTH },
    column: ({ close }) => {
      const { mean, std } = rollingMoments(close, period)
      return scale(divide(std, mean), 2 * BAND_WIDTH)
    },
  })
}

const KELTNER_WIDTH = 2
function keltnerPlace([value, middle, range]: readonly number[]): number {
  return range === 0 ? 0.5 : 0.5 + (value! - middle!) / (2 * KELTNER_WIDTH * range!)
}

function keltnerPosition(period: number): Feature {
  return defineFeature({
    name: `keltner_position_${period}`,
    group: 'volatility',
    description: `Where the close lies in the Keltner channel, exponential average +- ${KELTNER_WIDTH} average true ranges over ${period} bars: 0 at the bottom, 1 at the top; 0.5 without any range.`,
    params: { period, ranges: KELTNER_WIDTH },
    column: (bars) => mapAll([bars.close, ema(bars.close, period), atr(bars, period)], keltnerPlace),
  })
}

function squeezeShare(deviation: number, range: number): number {
  return range === 0 ? 0 : (BAND_WIDTH * deviation) / (KELTNER_WIDTH * range)
}

function squeeze(period: number): Feature {
  return defineFeature({
    name: `squeeze_${period}`,
    group: 'volatility',
    description: `Width of the Bollinger bands / width of the Keltner channel over ${period} bars: below 1 the bands lie inside (Carter's squeeze); 0 without any range.`,
    params: { period },
    column: (bars) => map2(rollingMoments(bars.close, period).std, atr(bars, period), squeezeShare),
  })
}

function donchianWidth(period: number): Feature {
  return defineFeature({
    name: `donchian_width_${period}`,
    group: 'volatility',
    description: `(highest high - lowest low) of ${period} bars / close.`,
    params: { period },
    column: ({ high, low, close }) => divide(subtract(rollingMax(high, period), rollingMin(low, period)), close),
  })
}

function estimator(name: string, what: string, estimate: (bars: BarColumns, period: number) => Column) {
  return (bars: number): Feature =>
    defineFeature({
      name: `${name}_${bars}`,
      group: 'volatility',
      description: `${what} over ${bars} bars; per bar, not annualised.`,
      params: { bars },
      column: (columns) => estimate(columns, bars),
    })
}

const realised = estimator('realised_volatility', 'Root mean square of the one-bar log returns', ({ close }, n) =>
  realisedVolatility(close, n),
)
const parkinson = estimator(
  'parkinson',
  'Volatility from ranges, sqrt(mean of ln(high / low)^2 / (4 ln 2)) (Parkinson 1980)',
  parkinsonVolatility,
)
const garmanKlass = estimator('garman_klass', 'Volatility from range and body (Garman & Klass 1980)', garmanKlassVolatility)
const rogersSatchell = estimator(
  'rogers_satchell',
  'Volatility from open, high, low, close, free of drift (Rogers & Satchell 1991)',
  rogersSatchellVolatility,
)
const yangZhang = estimator('yang_zhang', 'Volatility from gaps, bodies and ranges, free of drift (Yang & Zhang 2000)', yangZhangVolatility)
const exponential = estimator(
  'exponential_volatility',
  'Volatility of log returns whose weights halve after the half-life (RiskMetrics), half-life counted',
  ({ close }, n) => exponentialVolatility(close, n),
)

function ulcer(period: number): Feature {
  return defineFeature({
    name: `ulcer_index_${period}`,
    group: 'volatility',
    description: `Root mean square over ${period} bars of the fall in per cent from the highest close of ${period} bars (Martin 1987).`,
    params: { period },
    column: ({ close }) => ulcerIndex(close, period),
  })
}

function logShare(fast: number, slow: number): number {
  return slow === 0 || fast === 0 ? 0 : Math.log(fast / slow)
}

function volatilityTrend(fast: number, slow: number): Feature {
  return defineFeature({
    name: `volatility_ratio_${fast}_${slow}`,
    group: 'volatility',
    description: `ln(realised volatility of ${fast} bars / that of ${slow}); 0 where either is 0.`,
    params: { fast, slow },
    column: ({ close }) => map2(realisedVolatility(close, fast), realisedVolatility(close, slow), logShare),
  })
}

function variation(std: number, mean: number): number {
  return mean === 0 ? 0 : std / mean
}

function volatilityOfVolatility(bars: number): Feature {
  return defineFeature({
    name: `volatility_of_volatility_${bars}`,
    group: 'volatility',
    description: `Standard deviation / mean of the true range over ${bars} bars; 0 without any range.`,
    params: { bars },
    column: (columns) => {
      const { std, mean } = rollingMoments(trueRange(columns), bars)
      return map2(std, mean, variation)
    },
  })
}

function square(move: number): number {
  return move * move
}
function squareBelow(move: number): number {
  return move < 0 ? move * move : 0
}
function half(part: number, whole: number): number {
  return whole === 0 ? 0.5 : part / whole
}

function downsideShare(bars: number): Feature {
  return defineFeature({
    name: `downside_share_${bars}`,
    group: 'volatility',
    description: `Sum of squared negative log returns / sum of all squared ones over ${bars} bars, 0..1; 0.5 where nothing moved.`,
    params: { bars },
    column: ({ close }) => {
      const move = logChange(close)
      return map2(rollingSum(map(move, squareBelow), bars), rollingSum(map(move, square), bars), half)
    },
  })
}

export const volatilityFeatures: readonly Feature[] = [
  rangeShareOfPrice(14),
  rangeShareOfPrice(48),
  trueRangeShare,
  bollingerPosition(20),
  bollingerWidth(20),
  keltnerPosition(20),
  squeeze(20),
  donchianWidth(20),
  realised(24),
  realised(72),
  parkinson(24),
  garmanKlass(24),
  rogersSatchell(24),
  yangZhang(24),
  exponential(12),
  ulcer(14),
  volatilityTrend(6, 72),
  volatilityOfVolatility(24),
  downsideShare(24),
]

/** Those that take any period. */
export const volatilityFamilies: readonly FeatureFamily[] = [
  rangeShareOfPrice,
  bollingerPosition,
  bollingerWidth,
  keltnerPosition,
  squeeze,
  donchianWidth,
  realised,
  parkinson,
  garmanKlass,
  rogersSatchell,
  yangZhang,
  exponential,
  ulcer,
  volatilityOfVolatility,
  downsideShare,
]
