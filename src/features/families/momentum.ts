import {
  awesomeOscillator,
  balanceOfPower,
  cci,
  cmo,
  divide,
  efficiencyRatio,
  ema,
  knowSureThing,
  lag,
  logChange,
  logRatio,
  macd,
  map2,
  medianPrice,
  ppo,
  rangePosition,
  relativeChange,
  rollingMoments,
  rollingSum,
  rsi,
  sma,
  stochasticK,
  stochasticRsi,
  subtract,
  trix,
  trueRange,
  tsi,
  ultimateOscillator,
  volatilityAdjustedMomentum,
  add,
  wma,
  column,
  scale,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature, type FeatureFamily } from '../define-feature.js'

function relativeStrength(period: number): Feature {
  return defineFeature({
    name: `rsi_${period}`,
    group: 'momentum',
    description: `Relative strength index over ${period} bars, 0..100, Wilder's averages (TA-Lib RSI); 50 where the price has not moved.`,
    params: { period },
    column: ({ close }) => rsi(close, period),
  })
}

const MACD = { fast: 12, slow: 26, signal: 9 }
function macdParts(close: Column) {
  return macd(close, MACD.fast, MACD.slow, MACD.signal)
}

const macdHistogram = defineFeature({
  name: 'macd_histogram',
  group: 'momentum',
  description: 'MACD(12, 26) minus its 9-bar signal line (TA-Lib MACD), as a share of the close.',
  params: MACD,
  column: ({ close }) => divide(macdParts(close).histogram, close),
})

const macdSignal = defineFeature({
  name: 'macd_signal',
  group: 'momentum',
  description: 'Signal line of MACD(12, 26, 9) (TA-Lib MACD), as a share of the close.',
  params: MACD,
  column: ({ close }) => divide(macdParts(close).signal, close),
})

const priceOscillator = defineFeature({
  name: 'ppo_12_26',
  group: 'momentum',
  description: 'Percentage price oscillator: 12-bar minus 26-bar exponential average in per cent of the latter (TA-Lib PPO, exponential).',
  params: { fast: 12, slow: 26 },
  column: ({ close }) => ppo(close, 12, 26),
})

function rateOfChange(bars: number): Feature {
  return defineFeature({
    name: `roc_${bars}`,
    group: 'momentum',
    description: `close / close ${bars} bars earlier - 1 (TA-Lib ROCP).`,
    params: { bars },
    column: ({ close }) => relativeChange(close, bars),
  })
}

function scaledMomentum(bars: number): Feature {
  return defineFeature({
    name: `momentum_z_${bars}`,
    group: 'momentum',
    description: `ln(close / close ${bars} bars earlier) / (standard deviation of the last 72 one-bar log returns x sqrt(${bars})); missing in a flat window.`,
    params: { bars, window: 72 },
    column: ({ close }) => volatilityAdjustedMomentum(close, bars, rollingMoments(logChange(close), 72).std),
  })
}

function fastStochastic(period: number): Feature {
  return defineFeature({
    name: `stochastic_k_${period}`,
    group: 'momentum',
    description: `Where the close lies between lowest low and highest high of ${period} bars, 0..1 (TA-Lib STOCHF fast %K / 100); 0.5 where they are equal.`,
    params: { period },
    column: (bars) => stochasticK(bars, period),
  })
}

function slowStochastic(period: number): Feature {
  return defineFeature({
    name: `stochastic_d_${period}`,
    group: 'momentum',
    description: `Mean of the last 3 means of 3 fast %K over ${period} bars, 0..1 (TA-Lib STOCH slow %D / 100).`,
    params: { period },
    column: (bars) => sma(sma(stochasticK(bars, period), 3), 3),
  })
}

function stochasticStrength(period: number): Feature {
  return defineFeature({
    name: `stochastic_rsi_${period}`,
    group: 'momentum',
    description: `Where the ${period}-bar RSI lies between its extremes of ${period} bars, 0..1 (TA-Lib STOCHRSI fast %K / 100); 0.5 where they are equal.`,
    params: { period },
    column: ({ close }) => stochasticRsi(close, period, period),
  })
}

function williamsR(period: number): Feature {
  return defineFeature({
    name: `williams_r_${period}`,
    group: 'momentum',
    description: `Williams %R: 100 x (close - highest high) / (highest high - lowest low) of ${period} bars, -100..0 (TA-Lib WILLR); -50 where they are equal.`,
    params: { period },
    column: ({ close, high, low }) => scale(rangePosition(close, high, low, period), 100, -100),
  })
}

function channelIndex(period: number): Feature {
  return defineFeature({
    name: `cci_${period}`,
    group: 'momentum',
    description: `Commodity channel index over ${period} bars (TA-Lib CCI): distance of the typical price from its mean / (0.015 x mean deviation).`,
    params: { period },
    column: (bars) => cci(bars, period),
  })
}

function chandeMomentum(period: number): Feature {
  return defineFeature({
    name: `cmo_${period}`,
    group: 'momentum',
    description: `Chande's momentum oscillator over ${period} bars, -100..100 (TA-Lib CMO); 0 where the price has not moved.`,
    params: { period },
    column: ({ close }) => cmo(close, period),
  })
}

function tripleRate(period: number): Feature {
  return defineFeature({
    name: `trix_${period}`,
    group: 'momentum',
    description: `One-bar change in per cent of the triple exponential average over ${period} bars (TA-Lib TRIX).`,
    params: { period },
    column: ({ close }) => trix(close, period),
  })
}

const ultimate = defineFeature({
  name: 'ultimate_oscillator',
  group: 'momentum',
  description: 'Ultimate oscillator over 7, 14 and 28 bars, 0..100 (TA-Lib ULTOSC).',
  params: { short: 7, middle: 14, long: 28 },
  column: (bars) => ultimateOscillator(bars, trueRange(bars), lag(bars.close, 1), [7, 14, 28]),
})

const awesome = defineFeature({
  name: 'awesome_oscillator',
  group: 'momentum',
  description: '5-bar minus 34-bar mean of the middle of high and low (Williams), as a share of the close.',
  params: { fast: 5, slow: 34 },
  column: (bars) => divide(awesomeOscillator(bars), bars.close),
})

const accelerator = defineFeature({
  name: 'accelerator_oscillator',
  group: 'momentum',
  description: 'Awesome oscillator minus its 5-bar mean (Williams), as a share of the close.',
  params: { fast: 5, slow: 34, signal: 5 },
  column: (bars) => {
    const line = awesomeOscillator(bars)
    return divide(subtract(line, sma(line, 5)), bars.close)
  },
})

const trueStrength = defineFeature({
  name: 'tsi_25_13',
  group: 'momentum',
  description: 'True strength index: change smoothed over 25 and 13 bars / absolute change smoothed alike, -100..100 (Blau 1991).',
  params: { slow: 25, fast: 13 },
  column: ({ close }) => tsi(close, 25, 13),
})

const sureThing = defineFeature({
  name: 'kst',
  group: 'momentum',
  description: 'Know sure thing: smoothed rates of change over 10, 15, 20, 30 bars, weights 1 to 4, in per cent (Pring 1992).',
  column: ({ close }) => knowSureThing(close),
})

const coppock = defineFeature({
  name: 'coppock_curve',
  group: 'momentum',
  description: '10-bar weighted average of the sum of the rates of change over 14 and 11 bars (Coppock 1962).',
  params: { long: 14, short: 11, smooth: 10 },
  column: ({ close }) => wma(add(relativeChange(close, 14), relativeChange(close, 11)), 10),
})

function powerBalance(period: number): Feature {
  return defineFeature({
    name: `balance_of_power_${period}`,
    group: 'momentum',
    description: `Mean of (close - open) / (high - low) over ${period} bars, -1..1 (TA-Lib BOP, averaged); a bar without range counts as 0.`,
    params: { period },
    column: (bars) => sma(balanceOfPower(bars), period),
  })
}

function efficiency(period: number): Feature {
  return defineFeature({
    name: `efficiency_ratio_${period}`,
    group: 'momentum',
    description: `|net change| / sum of |one-bar changes| over ${period} bars, 0..1 (Kaufman); 0 in a flat window.`,
    params: { period },
    column: ({ close }) => efficiencyRatio(close, period),
  })
}

function detrended(period: number): Feature {
  return defineFeature({
    name: `dpo_${period}`,
    group: 'momentum',
    description: `Detrended price without looking ahead: ln(close ${Math.floor(period / 2) + 1} bars earlier / mean close of the last ${period} bars).`,
    params: { period },
    column: ({ close }) => logRatio(lag(close, Math.floor(period / 2) + 1), sma(close, period)),
  })
}

function bullPower(period: number): Feature {
  return defineFeature({
    name: `bull_power_${period}`,
    group: 'momentum',
    description: `ln(high / exponential average of the close over ${period} bars) (Elder).`,
    params: { period },
    column: ({ high, close }) => logRatio(high, ema(close, period)),
  })
}

function bearPower(period: number): Feature {
  return defineFeature({
    name: `bear_power_${period}`,
    group: 'momentum',
    description: `ln(low / exponential average of the close over ${period} bars) (Elder).`,
    params: { period },
    column: ({ low, close }) => logRatio(low, ema(close, period)),
  })
}

/** Keeps the logarithm finite where the price stands at an extreme of its window. */
const FISHER_LIMIT = 0.999
function fisherTransform(period: number): Feature {
  return defineFeature({
    name: `fisher_${period}`,
    group: 'momentum',
    description: `Fisher transform of where the middle of high and low stands in its range of ${period} bars, smoothed (Ehlers 2002).`,
    params: { period },
    column: (bars) => {
      const median = medianPrice(bars)
      return column({
        name: 'fisher',
        inputs: [rangePosition(median, median, median, period)],
        start: ([x], [y]) => {
          const kept = { value: 0, fisher: 0, run: 0 }
          return (from, to) => {
            let { value, fisher, run } = kept
            for (let i = from; i < to; i++) {
              const place = x![i]!
              if (place !== place) {
                run = 0
                y![i] = NaN
                continue
              }
              if (run === 0) value = fisher = 0
              run += 1
              value = Math.max(-FISHER_LIMIT, Math.min(FISHER_LIMIT, 0.66 * (place - 0.5) + 0.67 * value))
              fisher = 0.5 * Math.log((1 + value) / (1 - value)) + 0.5 * fisher
              y![i] = fisher
            }
            kept.value = value
            kept.fisher = fisher
            kept.run = run
          }
        },
      })
    },
  })
}

function gainLossBalance(period: number): Feature {
  return defineFeature({
    name: `move_balance_${period}`,
    group: 'momentum',
    description: `Net log change / sum of absolute one-bar log changes over ${period} bars, -1..1; 0 in a flat window.`,
    params: { period },
    column: ({ close }) => {
      const move = logChange(close)
      return map2(rollingSum(move, period), rollingSum(map2(move, move, size), period), part)
    },
  })
}
function size(a: number): number {
  return Math.abs(a)
}
function part(a: number, whole: number): number {
  return whole === 0 ? 0 : a / whole
}

export const momentumFeatures: readonly Feature[] = [
  relativeStrength(7),
  relativeStrength(14),
  relativeStrength(28),
  macdHistogram,
  macdSignal,
  priceOscillator,
  rateOfChange(12),
  rateOfChange(48),
  scaledMomentum(12),
  scaledMomentum(48),
  fastStochastic(14),
  slowStochastic(14),
  stochasticStrength(14),
  williamsR(28),
  channelIndex(20),
  chandeMomentum(20),
  tripleRate(15),
  ultimate,
  awesome,
  accelerator,
  trueStrength,
  sureThing,
  coppock,
  powerBalance(14),
  efficiency(10),
  detrended(20),
  bullPower(13),
  bearPower(13),
  fisherTransform(10),
  gainLossBalance(24),
]

/** Those that take any period. */
export const momentumFamilies: readonly FeatureFamily[] = [
  relativeStrength,
  rateOfChange,
  scaledMomentum,
  fastStochastic,
  slowStochastic,
  stochasticStrength,
  williamsR,
  channelIndex,
  chandeMomentum,
  tripleRate,
  powerBalance,
  efficiency,
  detrended,
  bullPower,
  bearPower,
  fisherTransform,
  gainLossBalance,
]
