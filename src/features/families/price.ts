import {
  barsSinceExtreme,
  column,
  lag,
  logChange,
  logRatio,
  map2,
  mapAll,
  medianPrice,
  rangePosition,
  rollingMax,
  rollingMin,
  scale,
  zScore,
  sortedWindow,
  type BarColumns,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature, type FeatureFamily } from '../define-feature.js'

function logReturn(bars: number): Feature {
  return defineFeature({
    name: `log_return_${bars}`,
    group: 'price',
    description: `ln(close / close ${bars} bar${bars === 1 ? '' : 's'} earlier).`,
    params: { bars },
    column: ({ close }) => logChange(close, bars),
  })
}

const gap = defineFeature({
  name: 'gap',
  group: 'price',
  description: 'ln(open / close of the bar before): what happened while the market was closed.',
  column: ({ open, close }) => logRatio(open, lag(close, 1)),
})

const bodyReturn = defineFeature({
  name: 'body_return',
  group: 'price',
  description: 'ln(close / open).',
  column: ({ open, close }) => logRatio(close, open),
})

const candleRange = defineFeature({
  name: 'candle_range',
  group: 'price',
  description: 'ln(high / low).',
  column: ({ high, low }) => logRatio(high, low),
})

/** Shares of the bar's range; a bar without range has neither body nor shadows, so all are 0. */
function candleShare(name: string, what: string, part: (values: readonly number[]) => number): Feature {
  const share = (values: readonly number[]): number => {
    const range = values[1]! - values[2]!
    return range === 0 ? 0 : part(values) / range
  }
  return defineFeature({
    name,
    group: 'price',
    description: `${what} / (high - low); 0 for a bar without range.`,
    column: ({ open, high, low, close }) => mapAll([open, high, low, close], share),
  })
}

function rangeShare(bars: number): Feature {
  return defineFeature({
    name: `range_position_${bars}`,
    group: 'price',
    description: `Where the close lies between lowest and highest close of the last ${bars} bars, 0..1; 0.5 where they are equal.`,
    params: { bars },
    column: ({ close }) => rangePosition(close, close, close, bars),
  })
}

function drawdown(bars: number): Feature {
  return defineFeature({
    name: `drawdown_${bars}`,
    group: 'price',
    description: `ln(close / highest close of the last ${bars} bars), 0 or below.`,
    params: { bars },
    column: ({ close }) => logRatio(close, rollingMax(close, bars)),
  })
}

function runup(bars: number): Feature {
  return defineFeature({
    name: `runup_${bars}`,
    group: 'price',
    description: `ln(close / lowest close of the last ${bars} bars), 0 or above.`,
    params: { bars },
    column: ({ close }) => logRatio(close, rollingMin(close, bars)),
  })
}

function donchianPosition(bars: number): Feature {
  return defineFeature({
    name: `donchian_position_${bars}`,
    group: 'price',
    description: `Where the close lies in the Donchian channel, between lowest low and highest high of the ${bars} bars before this one: below 0 or above 1 is a breakout; 0.5 in a flat channel.`,
    params: { bars },
    column: ({ high, low, close }) => rangePositionOf(close, lag(rollingMin(low, bars), 1), lag(rollingMax(high, bars), 1)),
  })
}
function channelPlace([value, bottom, top]: readonly number[]): number {
  return top === bottom ? 0.5 : (value! - bottom!) / (top! - bottom!)
}
function rangePositionOf(value: Column, bottom: Column, top: Column): Column {
  return mapAll([value, bottom, top], channelPlace)
}

function barsSinceHigh(bars: number): Feature {
  return defineFeature({
    name: `bars_since_high_${bars}`,
    group: 'price',
    description: `Bars since the highest high of the last ${bars} bars / ${bars - 1}: 0 now, 1 at the far end.`,
    params: { bars },
    column: ({ high }) => scale(barsSinceExtreme(high, bars, 1), 1 / (bars - 1)),
  })
}

function barsSinceLow(bars: number): Feature {
  return defineFeature({
    name: `bars_since_low_${bars}`,
    group: 'price',
    description: `Bars since the lowest low of the last ${bars} bars / ${bars - 1}: 0 now, 1 at the far end.`,
    params: { bars },
    column: ({ low }) => scale(barsSinceExtreme(low, bars, -1), 1 / (bars - 1)),
  })
}

function priceZScore(bars: number): Feature {
  return defineFeature({
    name: `price_z_${bars}`,
    group: 'price',
    description: `(close - mean) / population standard deviation of the last ${bars} closes; 0 in a flat window.`,
    params: { bars },
    column: ({ close }) => zScore(close, bars),
  })
}

function priceRank(bars: number): Feature {
  return defineFeature({
    name: `price_rank_${bars}`,
    group: 'price',
    description: `Rank of the close among the last ${bars} closes, 1/${bars}..1, ties averaged.`,
    params: { bars },
    column: ({ close }) => sortedWindow(close, bars).rank,
  })
}

const closeToMiddle = defineFeature({
  name: 'close_to_middle',
  group: 'price',
  description: 'ln(close / middle of high and low).',
  column: (bars) => logRatio(bars.close, medianPrice(bars)),
})

/** Body against the body of the bar before: how far it engulfs or undoes it. */
const engulfing = defineFeature({
  name: 'engulfing',
  group: 'price',
  description:
    '(close - open) of this bar / (|close - open| of this bar + that of the bar before), -1..1: near 1 a rising body that swallows the last; 0 without bodies.',
  column: ({ open, close }) => {
    const body = map2(close, open, difference)
    return map2(body, lag(body, 1), swallow)
  },
})
function difference(a: number, b: number): number {
  return a - b
}
function swallow(body: number, before: number): number {
  const both = Math.abs(body) + Math.abs(before)
  return both === 0 ? 0 : body / both
}

const streak = defineFeature({
  name: 'streak',
  group: 'price',
  description: 'Closes in a row above (positive) or below (negative) the close before, at most 20; 0 after an unchanged close.',
  column: streakColumn,
})

function streakColumn({ close }: BarColumns): Column {
  return column({
    name: 'streak',
    inputs: [logChange(close)],
    start: ([x], [y]) => {
      let before = 0
      return (from, to) => {
        let length = before
        for (let i = from; i < to; i++) {
          const move = x![i]!
          if (move !== move) length = 0
          else if (move > 0) length = length > 0 ? Math.min(20, length + 1) : 1
          else if (move < 0) length = length < 0 ? Math.max(-20, length - 1) : -1
          else length = 0
          y![i] = move === move ? length : NaN
        }
        before = length
      }
    },
  })
}

export const priceFeatures: readonly Feature[] = [
  logReturn(1),
  logReturn(3),
  logReturn(6),
  logReturn(24),
  logReturn(72),
  gap,
  bodyReturn,
  candleRange,
  candleShare('candle_body', '(close - open)', (v) => v[3]! - v[0]!),
  candleShare('upper_shadow', '(high - the higher of open and close)', (v) => v[1]! - Math.max(v[0]!, v[3]!)),
  candleShare('lower_shadow', '(the lower of open and close - low)', (v) => Math.min(v[0]!, v[3]!) - v[2]!),
  closeToMiddle,
  engulfing,
  streak,
  rangeShare(24),
  rangeShare(72),
  donchianPosition(20),
  donchianPosition(55),
  drawdown(24),
  drawdown(72),
  runup(24),
  runup(72),
  barsSinceHigh(48),
  barsSinceLow(48),
  priceZScore(24),
  priceZScore(72),
  priceRank(48),
]

/** Those that take any period. */
export const priceFamilies: readonly FeatureFamily[] = [
  logReturn,
  rangeShare,
  drawdown,
  runup,
  donchianPosition,
  barsSinceHigh,
  barsSinceLow,
  priceZScore,
  priceRank,
]
