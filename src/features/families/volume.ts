import type { Bars } from '../../data/index.js'
import {
  chaikinMoneyFlow,
  chaikinOscillator,
  easeOfMovement,
  ema,
  forceIndex,
  logChange,
  logRatio,
  map2,
  mapAll,
  moneyFlowIndex,
  multiply,
  onBalanceVolume,
  rollingCorrelation,
  rollingLine,
  rollingSum,
  signedVolume,
  sma,
  sortedWindow,
  volumePriceTrend,
  vwap,
  zScore,
  map,
  shareOrZero,
  type BarColumns,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature, type FeatureFamily, type StreamingDefinition } from '../define-feature.js'

/** Some sources write 0 where they have no volume (indices, currencies). */
export function withoutVolume({ volume }: Bars): string | undefined {
  return volume.some((v) => v > 0) ? undefined : 'the bars have no volume above 0'
}

function volumeFeature(definition: Omit<StreamingDefinition, 'group'>): Feature {
  return defineFeature({ ...definition, group: 'volume', unavailable: withoutVolume })
}

function volumeScore(bars: number): Feature {
  return volumeFeature({
    name: `volume_z_${bars}`,
    description: `(volume - mean) / population standard deviation of the last ${bars} bars, this one included; 0 in a flat window.`,
    params: { bars },
    column: ({ volume }) => zScore(volume, bars),
  })
}

function volumeRatio(bars: number): Feature {
  return volumeFeature({
    name: `volume_ratio_${bars}`,
    description: `volume / mean volume of the last ${bars} bars; 0 without any.`,
    params: { bars },
    column: ({ volume }) => map2(volume, sma(volume, bars), shareOrZero),
  })
}

function volumeRank(bars: number): Feature {
  return volumeFeature({
    name: `volume_rank_${bars}`,
    description: `Rank of the volume among the last ${bars}, 1/${bars}..1, ties averaged.`,
    params: { bars },
    column: ({ volume }) => sortedWindow(volume, bars).rank,
  })
}

export function volumeTrend(fast: number, slow: number): Feature {
  return volumeFeature({
    name: `volume_trend_${fast}_${slow}`,
    description: `(mean volume of ${fast} bars - of ${slow} bars) / the latter; 0 without any.`,
    params: { fast, slow },
    column: ({ volume }) => map2(sma(volume, fast), sma(volume, slow), relative),
  })
}
function relative(a: number, b: number): number {
  return b === 0 ? 0 : a / b - 1
}

const volumeOscillator = volumeFeature({
  name: 'pvo_12_26',
  description: 'Percentage volume oscillator: (12-bar - 26-bar exponential average of the volume) / the latter; 0 without any.',
  params: { fast: 12, slow: 26 },
  column: ({ volume }) => map2(ema(volume, 12, 14), ema(volume, 26), relative),
})

/** Price-like or cumulative flows are divided by the volume of the same bars, so that neither the length of the history nor the unit matters. */
function perVolume(flow: Column, { volume }: BarColumns, bars: number): Column {
  return map2(flow, sma(volume, bars), shareOrZero)
}

function obvSlope(bars: number): Feature {
  return volumeFeature({
    name: `obv_slope_${bars}`,
    description: `Least-squares slope a bar of on-balance volume (TA-Lib OBV) over ${bars} bars / mean volume of the same bars, about -1..1; 0 without any volume in them.`,
    params: { bars },
    column: (columns) => perVolume(rollingLine(onBalanceVolume(columns), bars).slope, columns, bars),
  })
}

function moneyFlow(period: number): Feature {
  return volumeFeature({
    name: `mfi_${period}`,
    description: `Money flow index over ${period} bars, 0..100 (TA-Lib MFI); 50 without any flow.`,
    params: { period },
    column: (bars) => moneyFlowIndex(bars, period),
  })
}

function chaikinFlow(period: number): Feature {
  return volumeFeature({
    name: `cmf_${period}`,
    description: `Chaikin money flow: sum of close location x volume / sum of volume over ${period} bars, -1..1; 0 without any volume.`,
    params: { period },
    column: (bars) => chaikinMoneyFlow(bars, period),
  })
}

const chaikin = volumeFeature({
  name: 'chaikin_oscillator',
  description: 'Chaikin oscillator over 3 and 10 bars (TA-Lib ADOSC) / mean volume of 24 bars.',
  params: { fast: 3, slow: 10, mean: 24 },
  column: (bars) => perVolume(chaikinOscillator(bars, 3, 10), bars, 24),
})

function vwapDistance(bars: number): Feature {
  return volumeFeature({
    name: `vwap_distance_${bars}`,
    description: `ln(close / volume-weighted mean of the typical price over ${bars} bars); missing without any volume in them.`,
    params: { bars },
    column: (columns) => logRatio(columns.close, vwap(columns, bars)),
  })
}

function force(period: number): Feature {
  return volumeFeature({
    name: `force_index_${period}`,
    description: `Elder's force index over ${period} bars / (close x mean volume of 24 bars).`,
    params: { period, mean: 24 },
    column: (bars) => mapAll([forceIndex(bars, period), bars.close, sma(bars.volume, 24)], perTurnover),
  })
}
function perTurnover([flow, close, volume]: readonly number[]): number {
  return volume === 0 ? 0 : flow! / (close! * volume!)
}

function ease(period: number): Feature {
  return volumeFeature({
    name: `ease_of_movement_${period}`,
    description: `Mean over ${period} bars of the move of the middle x range / volume (Arms), in units of close^2 / mean volume of 24 bars; a bar without volume counts as 0.`,
    params: { period, mean: 24 },
    column: (bars) => mapAll([sma(easeOfMovement(bars), period), bars.close, sma(bars.volume, 24)], easeShare),
  })
}
function easeShare([move, close, volume]: readonly number[]): number {
  return (move! / (close! * close!)) * volume!
}

function priceVolumeTrend(bars: number): Feature {
  return volumeFeature({
    name: `vpt_${bars}`,
    description: `Volume-weighted mean of the one-bar relative changes over ${bars} bars (volume-price trend / volume); 0 without any volume.`,
    params: { bars },
    column: (columns) => map2(rollingSum(volumePriceTrend(columns), bars), rollingSum(columns.volume, bars), shareOrZero),
  })
}

function upVolumeShare(bars: number): Feature {
  return volumeFeature({
    name: `up_volume_share_${bars}`,
    description: `(volume of rising bars - of falling ones) / volume of both over ${bars} bars, -1..1; 0 without any.`,
    params: { bars },
    column: (columns) => {
      const signed = signedVolume(columns)
      return map2(rollingSum(signed, bars), rollingSum(map(signed, size), bars), shareOrZero)
    },
  })
}
function size(v: number): number {
  return Math.abs(v)
}

function priceVolumeCorrelation(bars: number): Feature {
  return volumeFeature({
    name: `price_volume_correlation_${bars}`,
    description: `Correlation of |one-bar log return| and volume over ${bars} bars, -1..1; missing where either is constant.`,
    params: { bars },
    column: ({ close, volume }) => rollingCorrelation(map(logChange(close), size), volume, bars),
  })
}

function volumeVolatility(bars: number): Feature {
  return volumeFeature({
    name: `turnover_z_${bars}`,
    description: `(close x volume - mean) / population standard deviation over ${bars} bars; 0 in a flat window.`,
    params: { bars },
    column: ({ close, volume }) => zScore(multiply(close, volume), bars),
  })
}

export const volumeFeatures: readonly Feature[] = [
  volumeScore(24),
  volumeRatio(72),
  volumeRank(48),
  volumeTrend(6, 72),
  volumeOscillator,
  obvSlope(24),
  obvSlope(72),
  moneyFlow(14),
  chaikinFlow(20),
  chaikin,
  vwapDistance(24),
  vwapDistance(72),
  force(13),
  ease(14),
  priceVolumeTrend(24),
  upVolumeShare(24),
  priceVolumeCorrelation(48),
  volumeVolatility(48),
]

/** Those that take any period. */
export const volumeFamilies: readonly FeatureFamily[] = [
  volumeScore,
  volumeRatio,
  volumeRank,
  obvSlope,
  moneyFlow,
  chaikinFlow,
  vwapDistance,
  force,
  ease,
  priceVolumeTrend,
  upVolumeShare,
  priceVolumeCorrelation,
  volumeVolatility,
]
