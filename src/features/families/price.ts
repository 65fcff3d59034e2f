import { defineFeature, type Feature } from '../define-feature.js'
import { rollingMax, rollingMin } from '../kernels/rolling.js'

function logReturn(bars: number): Feature {
  return defineFeature({
    name: `log_return_${bars}`,
    group: 'price',
    description: `ln(close / close ${bars} bar${bars === 1 ? '' : 's'} earlier).`,
    inputs: ['close'],
    params: { bars },
    lookback: bars,
    compute: ({ close }) => close.map((value, i) => (i < bars ? NaN : Math.log(value / close[i - bars]!))),
  })
}

/** Shares of the bar's range; a bar without range has neither body nor shadows, so all three are 0. */
function candleShare(name: string, what: string, part: (open: number, high: number, low: number, close: number) => number): Feature {
  return defineFeature({
    name,
    group: 'price',
    description: `${what} / (high - low); 0 for a bar without range.`,
    inputs: ['open', 'high', 'low', 'close'],
    params: {},
    lookback: 0,
    compute: ({ open, high, low, close }) =>
      close.map((value, i) => {
        const range = high[i]! - low[i]!
        return range === 0 ? 0 : part(open[i]!, high[i]!, low[i]!, value) / range
      }),
  })
}

function rangePosition(bars: number): Feature {
  return defineFeature({
    name: `range_position_${bars}`,
    group: 'price',
    description: `Where the close lies between lowest and highest close of the last ${bars} bars, 0..1; 0.5 where they are equal.`,
    inputs: ['close'],
    params: { bars },
    lookback: bars - 1,
    compute: ({ close }) => {
      const top = rollingMax(close, bars)
      const bottom = rollingMin(close, bars)
      return close.map((value, i) => (top[i] === bottom[i] ? 0.5 : (value - bottom[i]!) / (top[i]! - bottom[i]!)))
    },
  })
}

function drawdown(bars: number): Feature {
  return defineFeature({
    name: `drawdown_${bars}`,
    group: 'price',
    description: `ln(close / highest close of the last ${bars} bars), 0 or below.`,
    inputs: ['close'],
    params: { bars },
    lookback: bars - 1,
    compute: ({ close }) => {
      const top = rollingMax(close, bars)
      return close.map((value, i) => Math.log(value / top[i]!))
    },
  })
}

export const priceFeatures: readonly Feature[] = [
  logReturn(1),
  logReturn(3),
  logReturn(6),
  logReturn(24),
  candleShare('candle_body', '(close - open)', (open, _high, _low, close) => close - open),
  candleShare('upper_shadow', '(high - the higher of open and close)', (open, high, _low, close) => high - Math.max(open, close)),
  candleShare('lower_shadow', '(the lower of open and close - low)', (open, _high, low, close) => Math.min(open, close) - low),
  rangePosition(72),
  drawdown(72),
]
