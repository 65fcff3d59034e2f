import { LabError } from '../core/index.js'
import { checkSeries } from './check-series.js'
import { pearson, spearman, standardised } from './correlation.js'
import { varianceOfSum } from './long-run-variance.js'
import { normalCdf } from './normal-cdf.js'
import { midranks } from './ranks.js'

/** `pearson`: IC; `spearman`: rank IC. */
export type InformationCoefficientMethod = 'pearson' | 'spearman'

/** Correlation of prediction and outcome, with its standard error. */
export interface InformationCoefficient {
  /** Correlation of prediction and forward return. NaN where one of the two does not vary. */
  readonly ic: number
  /** Standard error with the covariance of rows up to `lags` apart; its t value, and the two-sided p value of no correlation (normal). */
  readonly standardError: number
  readonly t: number
  readonly pValue: number
  readonly observations: number
  readonly lags: number
}

export interface InformationCoefficientOptions {
  /** Default spearman. */
  readonly method?: InformationCoefficientMethod
  /**
   * Returns that look h bars ahead overlap: neighbouring rows repeat each other, and a plain standard error is too small by about the square root of h. Covariances up to that
   * far apart are counted in (Newey & West 1987), rows being in order of time. Default 0; {@link overlapLags} gives what covers a horizon.
   */
  readonly lags?: number
}

/**
 * How well predictions order, or scale with, the returns that followed. The standard error is that of the correlation's influence function, a b - ic (a^2 + b^2) / 2 for
 * standardised a and b; of ranks it takes the ranks as given, which is exact where there is no correlation: the case that the t value is about.
 * @throws LabError `bad-series`, `bad-lags`
 */
export function informationCoefficient(
  prediction: ArrayLike<number>,
  forwardReturn: ArrayLike<number>,
  { method = 'spearman', lags = 0 }: InformationCoefficientOptions = {},
): InformationCoefficient {
  checkSeries({ prediction, 'forward return': forwardReturn })
  if (!Number.isInteger(lags) || lags < 0)
    throw new LabError('bad-lags', 'The standard error cannot be computed like this.', {
      received: `lags ${lags}`,
      expected: 'a whole number of rows, 0 or more',
      help: 'overlapLags(horizonBars) gives what covers labels of that horizon',
    })
  const n = prediction.length
  const of = (values: ArrayLike<number>): Float64Array | undefined => standardised(method === 'spearman' ? midranks(values) : values)
  const [a, b] = [of(prediction), of(forwardReturn)]
  if (a === undefined || b === undefined) return { ic: NaN, standardError: NaN, t: NaN, pValue: NaN, observations: n, lags }
  const products = a.map((value, i) => value * b[i]!)
  const ic = Math.max(-1, Math.min(1, products.reduce((sum, value) => sum + value, 0) / n))
  const influence = products.map((product, i) => product - (ic * (a[i]! ** 2 + b[i]! ** 2)) / 2)
  const standardError = Math.sqrt(varianceOfSum(influence, lags)) / n
  const t = standardError > 0 ? ic / standardError : NaN
  return { ic, standardError, t, pValue: 2 * normalCdf(-Math.abs(t)), observations: n, lags }
}

export interface PeriodInformationCoefficient {
  readonly period: number
  readonly ic: number
  readonly observations: number
}

/** How steady the coefficient is from period to period. */
export interface InformationRatio {
  /** One coefficient a period that has one, in order of time. */
  readonly periods: readonly PeriodInformationCoefficient[]
  readonly mean: number
  /** Of the periods' coefficients (ddof 1); NaN below two. */
  readonly std: number
  /** ICIR: mean / std, of one period (not annualised). */
  readonly icir: number
  /** mean / (std / sqrt(periods)): valid where forward returns of one period do not reach into the next but one. */
  readonly t: number
  /** Share of periods whose coefficient is above 0. */
  readonly positiveShare: number
  /** Periods with too few observations, or without variation. */
  readonly left: number
}

export interface InformationRatioOptions {
  readonly method?: InformationCoefficientMethod
  /** Fewest observations of a period that counts; default 5. */
  readonly leastObservations?: number
}

/**
 * The coefficient period by period (a day, a week, or one time with many symbols), and how steady it is.
 * @param period of each row: any number that rows of one period share, for example Math.floor(time / DAY_MS)
 * @throws LabError `bad-series`
 */
export function informationRatio(
  prediction: ArrayLike<number>,
  forwardReturn: ArrayLike<number>,
  period: ArrayLike<number>,
  { method = 'spearman', leastObservations = 5 }: InformationRatioOptions = {},
): InformationRatio {
  checkSeries({ prediction, 'forward return': forwardReturn, period })
  const rows = new Map<number, number[]>()
  for (let i = 0; i < period.length; i++) {
    const found = rows.get(period[i]!)
    if (found === undefined) rows.set(period[i]!, [i])
    else found.push(i)
  }
  const correlation = method === 'spearman' ? spearman : pearson
  const all = [...rows].sort(([a], [b]) => a - b)
  const periods = all
    .filter(([, members]) => members.length >= Math.max(2, leastObservations))
    .map(([name, members]) => {
      const [a, b] = [prediction, forwardReturn].map((values) => members.map((i) => values[i]!)) as [number[], number[]]
      return { period: name, ic: correlation(a, b), observations: members.length }
    })
    .filter(({ ic }) => !Number.isNaN(ic))
  const count = periods.length
  const mean = periods.reduce((sum, { ic }) => sum + ic, 0) / count
  const std = count < 2 ? NaN : Math.sqrt(periods.reduce((sum, { ic }) => sum + (ic - mean) ** 2, 0) / (count - 1))
  const icir = mean / std
  return {
    ...{ periods, mean, std, icir, t: icir * Math.sqrt(count) },
    positiveShare: periods.filter(({ ic }) => ic > 0).length / count,
    left: all.length - count,
  }
}
