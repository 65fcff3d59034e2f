import {
  lag,
  logChange,
  logRatio,
  map2,
  realisedVolatility,
  rollingCorrelation,
  rollingMoments,
  rollingSlopeOn,
  subtract,
  zScore,
  type BarColumns,
  type Column,
} from '../../indicators/index.js'
import { defineFeature, type Feature } from '../define-feature.js'

interface Comparison {
  readonly name: string
  readonly what: string
  readonly params: Readonly<Record<string, number>>
  readonly column: (bars: BarColumns, other: BarColumns) => Column
}

function logOf(a: number, b: number): number {
  return a > 0 && b > 0 ? Math.log(a / b) : 0
}

const COMPARISONS: readonly Comparison[] = [
  ...[1, 24].map((bars): Comparison => ({
    name: `relative_return_${bars}`,
    what: `${bars}-bar log return less that of the reference`,
    params: { bars },
    column: (a, b) => subtract(logChange(a.close, bars), logChange(b.close, bars)),
  })),
  ...[24, 72].map((bars): Comparison => ({
    name: `correlation_${bars}`,
    what: `Correlation of one-bar log returns with those of the reference over ${bars} bars, -1..1; missing where either is flat`,
    params: { bars },
    column: (a, b) => rollingCorrelation(logChange(a.close), logChange(b.close), bars),
  })),
  {
    name: 'beta_72',
    what: 'Slope of one-bar log returns on those of the reference over 72 bars; missing where the reference is flat',
    params: { bars: 72 },
    column: (a, b) => rollingSlopeOn(logChange(a.close), logChange(b.close), 72),
  },
  {
    name: 'lead_correlation_72',
    what: "Correlation of one-bar log returns with the reference's of the bar before over 72 bars: does the reference lead; missing where either is flat",
    params: { bars: 72 },
    column: (a, b) => rollingCorrelation(logChange(a.close), lag(logChange(b.close), 1), 72),
  },
  {
    name: 'reference_return_1',
    what: 'One-bar log return of the reference: known when this bar closes, as both close together',
    params: { bars: 1 },
    column: (_, b) => logChange(b.close),
  },
  {
    name: 'spread_z_72',
    what: 'ln(close / close of the reference) in standard deviations from its mean over 72 bars; 0 in a flat window',
    params: { bars: 72 },
    column: (a, b) => zScore(logRatio(a.close, b.close), 72),
  },
  {
    name: 'relative_volatility_24',
    what: 'ln(realised volatility / that of the reference) over 24 bars; 0 where either is 0',
    params: { bars: 24 },
    column: (a, b) => map2(realisedVolatility(a.close, 24), realisedVolatility(b.close, 24), logOf),
  },
  {
    name: 'residual_z_72',
    what: 'Newest log return less beta x that of the reference, in standard deviations of the relative returns of 72 bars; missing in a flat window',
    params: { bars: 72 },
    column: (a, b) => {
      const [mine, others] = [logChange(a.close), logChange(b.close)]
      const explained = map2(rollingSlopeOn(mine, others, 72), others, product)
      return map2(subtract(mine, explained), rollingMoments(subtract(mine, others), 72).std, quotient)
    },
  },
]
function product(a: number, b: number): number {
  return a * b
}
function quotient(a: number, b: number): number {
  return b === 0 ? 0 : a / b
}

/** Features that compare the bars with those of another symbol, joined on time. Names end in its name: 'beta_72__ethusd'. */
export function crossAssetFeatures(reference: string): Feature[] {
  return COMPARISONS.map(({ name, what, params, column }) =>
    defineFeature({
      name: `${name}__${reference.toLowerCase()}`,
      group: 'cross-asset',
      description: `${what}. Reference: ${reference}.`,
      params,
      reference,
      column,
    }),
  )
}
