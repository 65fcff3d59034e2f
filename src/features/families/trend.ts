import { defineFeature, type Feature } from '../define-feature.js'
import { adx } from '../kernels/ranges.js'
import { rollingMoments } from '../kernels/rolling.js'
import { ema } from '../kernels/smoothing.js'

function emaDistance(period: number): Feature {
  return defineFeature({
    name: `ema_distance_${period}`,
    group: 'trend',
    description: `ln(close / exponential moving average over ${period} bars) (TA-Lib EMA, seeded with the mean of the first ${period}).`,
    inputs: ['close'],
    params: { period },
    lookback: period - 1,
    compute: ({ close }) => ema(close, period).map((average, i) => Math.log(close[i]! / average)),
  })
}

function smaDistance(period: number): Feature {
  return defineFeature({
    name: `sma_distance_${period}`,
    group: 'trend',
    description: `ln(close / mean close of the last ${period} bars).`,
    inputs: ['close'],
    params: { period },
    lookback: period - 1,
    compute: ({ close }) => rollingMoments(close, period).mean.map((average, i) => Math.log(close[i]! / average)),
  })
}

function directionalIndex(period: number): Feature {
  return defineFeature({
    name: `adx_${period}`,
    group: 'trend',
    description: `Average directional index over ${period} bars, 0..100: how strongly the price trends, whichever way (TA-Lib ADX).`,
    inputs: ['high', 'low', 'close'],
    params: { period },
    lookback: 2 * period - 1,
    compute: ({ high, low, close }) => adx(high, low, close, period),
  })
}

export const trendFeatures: readonly Feature[] = [emaDistance(12), emaDistance(48), smaDistance(72), directionalIndex(14)]
