import { defineFeature, type Feature } from '../define-feature.js'
import { atr } from '../kernels/ranges.js'
import { rollingMoments, rollingSum } from '../kernels/rolling.js'

function atrShare(period: number): Feature {
  return defineFeature({
    name: `atr_pct_${period}`,
    group: 'volatility',
    description: `Average true range over ${period} bars (Wilder; TA-Lib NATR / 100), as a share of the close.`,
    inputs: ['high', 'low', 'close'],
    params: { period },
    lookback: period,
    compute: ({ high, low, close }) => atr(high, low, close, period).map((value, i) => value / close[i]!),
  })
}

function bollingerPosition(period: number, deviations: number): Feature {
  return defineFeature({
    name: `bollinger_b_${period}`,
    group: 'volatility',
    description: `Bollinger %b: 0 at the lower band, 1 at the upper, ${deviations} population standard deviations wide (TA-Lib BBANDS); 0.5 in a flat window.`,
    inputs: ['close'],
    params: { period, deviations },
    lookback: period - 1,
    compute: ({ close }) => {
      const { mean, std } = rollingMoments(close, period)
      return close.map((value, i) => (std[i] === 0 ? 0.5 : 0.5 + (value - mean[i]!) / (2 * deviations * std[i]!)))
    },
  })
}

function bollingerWidth(period: number, deviations: number): Feature {
  return defineFeature({
    name: `bollinger_width_${period}`,
    group: 'volatility',
    description: `(upper - lower Bollinger band) / middle, ${deviations} population standard deviations either side (TA-Lib BBANDS).`,
    inputs: ['close'],
    params: { period, deviations },
    lookback: period - 1,
    compute: ({ close }) => {
      const { mean, std } = rollingMoments(close, period)
      return std.map((value, i) => (2 * deviations * value) / mean[i]!)
    },
  })
}

function realisedVolatility(bars: number): Feature {
  return defineFeature({
    name: `realised_volatility_${bars}`,
    group: 'volatility',
    description: `Root mean square of the last ${bars} one-bar log returns; per bar, not annualised.`,
    inputs: ['close'],
    params: { bars },
    lookback: bars,
    compute: ({ close }) => {
      const squares = close.map((value, i) => (i === 0 ? NaN : Math.log(value / close[i - 1]!) ** 2))
      return rollingSum(squares, bars).map((sum) => Math.sqrt(sum / bars))
    },
  })
}

function parkinson(bars: number): Feature {
  return defineFeature({
    name: `parkinson_${bars}`,
    group: 'volatility',
    description: `Volatility from ranges: sqrt(mean of ln(high / low)^2 over ${bars} bars / (4 ln 2)); per bar (Parkinson 1980).`,
    inputs: ['high', 'low'],
    params: { bars },
    lookback: bars - 1,
    compute: ({ high, low }) => {
      const squares = high.map((value, i) => Math.log(value / low[i]!) ** 2)
      return rollingSum(squares, bars).map((sum) => Math.sqrt(sum / (4 * Math.LN2 * bars)))
    },
  })
}

export const volatilityFeatures: readonly Feature[] = [
  atrShare(14),
  bollingerPosition(20, 2),
  bollingerWidth(20, 2),
  realisedVolatility(24),
  parkinson(24),
]
