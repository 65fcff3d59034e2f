import {
  autocorrelation,
  fractionalDifference,
  hurstExponent,
  logChange,
  map,
  map2,
  permutationEntropy,
  rollingMax,
  rollingMin,
  rollingMoments,
  rollingShape,
  rollingSum,
  scale,
  sma,
  sortedWindow,
  subtract,
  varianceRatio,
  zScore,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature, type FeatureFamily } from '../define-feature.js'

function ofReturns(name: string, what: string, compute: (move: Column, bars: number) => Column) {
  return (bars: number): Feature =>
    defineFeature({
      name: `${name}_${bars}`,
      group: 'statistical',
      description: `${what} of the last ${bars} one-bar log returns.`,
      params: { bars },
      column: ({ close }) => compute(logChange(close), bars),
    })
}

const skewness = ofReturns(
  'skewness',
  'Skewness (bias-corrected; missing in a flat window)',
  (move, bars) => rollingShape(move, bars).skewness,
)
const kurtosis = ofReturns(
  'kurtosis',
  'Excess kurtosis (bias-corrected; missing in a flat window)',
  (move, bars) => rollingShape(move, bars).kurtosis,
)
const returnZScore = ofReturns('return_z', 'Newest return in standard deviations from the mean (0 in a flat window)', zScore)
const returnRank = ofReturns('return_rank', 'Rank of the newest, as a share, ties averaged,', (move, bars) => sortedWindow(move, bars).rank)
const bestReturn = ofReturns('max_return', 'Largest', rollingMax)
const worstReturn = ofReturns('min_return', 'Smallest', rollingMin)
const medianReturn = ofReturns('median_return', 'Median', (move, bars) => sortedWindow(move, bars, [0.5]).quantiles[0]!)
const upShare = ofReturns('up_share', 'Share of positive ones, 0..1,', (move, bars) => sma(map(move, isUp), bars))
const sharpe = ofReturns('return_to_risk', 'Mean / standard deviation (0 in a flat window)', (move, bars) => {
  const { mean, std } = rollingMoments(move, bars)
  return map2(mean, std, ratio)
})
const tailRatio = ofReturns(
  'tail_ratio',
  '95 % quantile + 5 % quantile / their distance, -1..1 (0 where equal): which tail is the longer,',
  (move, bars) => {
    const [low, high] = sortedWindow(move, bars, [0.05, 0.95]).quantiles as [Column, Column]
    return map2(low, high, lean)
  },
)
function isUp(move: number): number {
  return move > 0 ? 1 : 0
}
function ratio(mean: number, std: number): number {
  return std === 0 ? 0 : mean / std
}
function lean(low: number, high: number): number {
  return high === low ? 0 : (high + low) / (high - low)
}

export function selfCorrelation(lagBars: number, bars: number): Feature {
  return defineFeature({
    name: `autocorrelation_${lagBars}_${bars}`,
    group: 'statistical',
    description: `Correlation of one-bar log returns with those ${lagBars} bar${lagBars === 1 ? '' : 's'} earlier over ${bars} bars, -1..1; missing in a flat window.`,
    params: { lag: lagBars, bars },
    column: ({ close }) => autocorrelation(logChange(close), lagBars, bars),
  })
}

function sizeCorrelation(bars: number): Feature {
  return defineFeature({
    name: `volatility_clustering_${bars}`,
    group: 'statistical',
    description: `Correlation of |one-bar log returns| with those one bar earlier over ${bars} bars, -1..1; missing in a flat window.`,
    params: { bars },
    column: ({ close }) => autocorrelation(map(logChange(close), size), 1, bars),
  })
}
function size(v: number): number {
  return Math.abs(v)
}

function ratioOfVariances(step: number, bars: number): Feature {
  return defineFeature({
    name: `variance_ratio_${step}_${bars}`,
    group: 'statistical',
    description: `Mean square of ${step}-bar log returns / (${step} x that of one-bar ones) over ${bars} bars: 1 for a random walk, more for trends (Lo & MacKinlay 1988); missing where prices stood still.`,
    params: { step, bars },
    column: ({ close }) => varianceRatio(close, step, bars),
  })
}

function hurst(bars: number): Feature {
  return defineFeature({
    name: `hurst_${bars}`,
    group: 'statistical',
    description: `Hurst exponent from moves over 1, 2, 4, 8, 16 bars, ${bars} of each: 0.5 for a random walk, more for trends, less for mean reversion; missing where prices stood still.`,
    params: { bars },
    column: ({ close }) => hurstExponent(close, bars),
  })
}

function entropy(bars: number): Feature {
  return defineFeature({
    name: `permutation_entropy_${bars}`,
    group: 'statistical',
    description: `Permutation entropy of order 3 of the last ${bars} triples of closes, 0..1 (Bandt & Pompe 2002): 1 for no order at all.`,
    params: { bars },
    column: ({ close }) => permutationEntropy(close, bars),
  })
}

const ORDER = 0.4
function fractional(bars: number): Feature {
  return defineFeature({
    name: `fractional_difference_${bars}`,
    group: 'statistical',
    description: `Fractional difference of order ${ORDER} of ln(close) less its mean, window of ${bars} bars (Lopez de Prado 2018, ch. 5): nearly stationary, with memory. The mean takes the price level out of the cut off window.`,
    params: { order: ORDER, bars },
    column: ({ close }) => {
      const level = map(close, Math.log)
      return subtract(fractionalDifference(level, ORDER, bars), scale(sma(level, bars), sumOfWeights(ORDER, bars)))
    },
  })
}

/** What the weights of the window add up to; 0 only for an endless one. */
function sumOfWeights(order: number, bars: number): number {
  let weight = 1
  let sum = 1
  for (let k = 1; k < bars; k++) sum += weight = (-weight * (order - k + 1)) / k
  return sum
}

function bigMoves(bars: number): Feature {
  return defineFeature({
    name: `jump_share_${bars}`,
    group: 'statistical',
    description: `Largest squared one-bar log return / sum of all over ${bars} bars, 1/${bars}..1: near 1 one jump made the whole move; 0 where prices stood still.`,
    params: { bars },
    column: ({ close }) => {
      const squares = map(logChange(close), square)
      return map2(rollingMax(squares, bars), rollingSum(squares, bars), share)
    },
  })
}
function square(v: number): number {
  return v * v
}
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

export const statisticalFeatures: readonly Feature[] = [
  skewness(48),
  kurtosis(48),
  returnZScore(48),
  returnRank(48),
  bestReturn(24),
  worstReturn(24),
  medianReturn(24),
  upShare(24),
  sharpe(24),
  sharpe(72),
  tailRatio(72),
  selfCorrelation(1, 48),
  selfCorrelation(5, 48),
  sizeCorrelation(48),
  ratioOfVariances(4, 48),
  ratioOfVariances(12, 96),
  hurst(96),
  entropy(48),
  fractional(64),
  bigMoves(24),
]

/** Those that take any period. */
export const statisticalFamilies: readonly FeatureFamily[] = [
  skewness,
  kurtosis,
  returnZScore,
  returnRank,
  bestReturn,
  worstReturn,
  medianReturn,
  upShare,
  sharpe,
  tailRatio,
  sizeCorrelation,
  hurst,
  entropy,
  fractional,
]
