import { defineFeature, type Feature } from '../define-feature.js'
import { macdHistogram, rsi } from '../kernels/oscillators.js'
import { rollingMax, rollingMin } from '../kernels/rolling.js'

function relativeStrength(period: number): Feature {
  return defineFeature({
    name: `rsi_${period}`,
    group: 'momentum',
    description: `Relative strength index over ${period} bars, 0..100, Wilder's averages (TA-Lib RSI); 50 where the price has not moved.`,
    inputs: ['close'],
    params: { period },
    lookback: period,
    compute: ({ close }) => rsi(close, period),
  })
}

function macd(fast: number, slow: number, signal: number): Feature {
  return defineFeature({
    name: 'macd_histogram',
    group: 'momentum',
    description: `MACD(${fast}, ${slow}) minus its ${signal}-bar signal line (TA-Lib MACD), as a share of the close.`,
    inputs: ['close'],
    params: { fast, slow, signal },
    lookback: slow + signal - 2,
    compute: ({ close }) => macdHistogram(close, fast, slow, signal).map((value, i) => value / close[i]!),
  })
}

function rateOfChange(bars: number): Feature {
  return defineFeature({
    name: `roc_${bars}`,
    group: 'momentum',
    description: `close / close ${bars} bars earlier - 1 (TA-Lib ROCP).`,
    inputs: ['close'],
    params: { bars },
    lookback: bars,
    compute: ({ close }) => close.map((value, i) => (i < bars ? NaN : value / close[i - bars]! - 1)),
  })
}

function stochastic(period: number): Feature {
  return defineFeature({
    name: `stochastic_k_${period}`,
    group: 'momentum',
    description: `Where the close lies between lowest low and highest high of ${period} bars, 0..1 (TA-Lib STOCHF fast %K / 100); 0.5 where they are equal.`,
    inputs: ['high', 'low', 'close'],
    params: { period },
    lookback: period - 1,
    compute: ({ high, low, close }) => {
      const top = rollingMax(high, period)
      const bottom = rollingMin(low, period)
      return close.map((value, i) => (top[i] === bottom[i] ? 0.5 : (value - bottom[i]!) / (top[i]! - bottom[i]!)))
    },
  })
}

export const momentumFeatures: readonly Feature[] = [relativeStrength(14), macd(12, 26, 9), rateOfChange(12), stochastic(14)]
