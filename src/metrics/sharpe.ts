import { LabError } from '../core/index.js'
import { normalCdf } from './normal-cdf.js'
import { normalQuantile } from './normal-quantile.js'

declare const unit: unique symbol
/** Sharpe ratio of the returns of one period, not annualised: what all tests of significance take. */
export type SharpePerPeriod = number & { readonly [unit]: 'per period' }
/** Sharpe ratio of a year, as people quote it. */
export type SharpePerYear = number & { readonly [unit]: 'per year' }

/** Marks a number as a Sharpe ratio of one period; nothing is computed. */
export const sharpePerPeriod = (value: number): SharpePerPeriod => value as SharpePerPeriod
/** Marks a number as a Sharpe ratio of a year; nothing is computed. */
export const sharpePerYear = (value: number): SharpePerYear => value as SharpePerYear

/** By the square root of time: exact for independent returns only. */
export const annualised = (sharpe: SharpePerPeriod, periodsAYear: number): SharpePerYear => sharpePerYear(sharpe * Math.sqrt(periodsAYear))
/** The reverse of `annualised`. */
export const perPeriod = (sharpe: SharpePerYear, periodsAYear: number): SharpePerPeriod => sharpePerPeriod(sharpe / Math.sqrt(periodsAYear))

/** What a track record says about its Sharpe ratio. */
export interface SharpeEstimate {
  /** Mean / standard deviation of the returns, risk-free rate 0. */
  readonly sharpe: SharpePerPeriod
  readonly observations: number
  /** Third standardised moment; 0 for a normal. */
  readonly skewness: number
  /** Fourth standardised moment; 3 for a normal. */
  readonly kurtosis: number
}

/** Sharpe ratio (standard deviation with ddof 1), skewness and kurtosis (population moments) of returns of one period each. NaN where there are fewer than two, or they do not vary. */
export function sharpeEstimate(returns: ArrayLike<number>): SharpeEstimate {
  const n = returns.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += returns[i]! / n
  let [second, third, fourth] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const delta = returns[i]! - mean
    second += delta ** 2 / n
    third += delta ** 3 / n
    fourth += delta ** 4 / n
  }
  const varies = n >= 2 && second > 0
  const deviation = Math.sqrt((second * n) / (n - 1))
  return {
    sharpe: sharpePerPeriod(varies ? mean / deviation : NaN),
    observations: n,
    skewness: varies ? third / second ** 1.5 : NaN,
    kurtosis: varies ? fourth / second ** 2 : NaN,
  }
}

/** Variance of the estimated Sharpe ratio times the number of observations less one (Mertens 2002). */
const spread = ({ sharpe, skewness, kurtosis }: SharpeEstimate): number => 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe

/**
 * Probabilistic Sharpe ratio: the probability that the true ratio is above the benchmark, given length and shape of the track record (Bailey & Lopez de Prado 2012). NaN where the
 * estimate is.
 */
export function probabilisticSharpe(estimate: SharpeEstimate, benchmark: SharpePerPeriod = sharpePerPeriod(0)): number {
  const { sharpe, observations } = estimate
  return normalCdf(((sharpe - benchmark) * Math.sqrt(observations - 1)) / Math.sqrt(spread(estimate)))
}

/**
 * Minimum track record length: how many observations it takes until the true ratio is above the benchmark with this confidence, should the estimate stay as it is (Bailey & Lopez de Prado
 * 2012). Infinity where the estimate is not above the benchmark.
 * @throws LabError `bad-confidence`
 */
export function minimumTrackRecord(estimate: SharpeEstimate, benchmark: SharpePerPeriod = sharpePerPeriod(0), confidence = 0.95): number {
  if (!(confidence > 0.5 && confidence < 1))
    throw new LabError('bad-confidence', 'A track record cannot be asked for with this confidence.', {
      received: String(confidence),
      expected: 'a number above 0.5, below 1',
      help: 'for example 0.95',
    })
  if (Number.isNaN(estimate.sharpe)) return NaN
  if (estimate.sharpe <= benchmark) return Infinity
  return 1 + spread(estimate) * (normalQuantile(confidence) / (estimate.sharpe - benchmark)) ** 2
}

const EULER_MASCHERONI = 0.5772156649015329

/**
 * The highest Sharpe ratio to be expected of so many independent trials that all have none (Bailey & Lopez de Prado 2014): what a search must beat.
 * @param trials 1 or more; correlated trials count as fewer
 * @param variance of the trials' Sharpe ratios per period
 * @throws LabError `bad-trials`
 */
export function expectedMaximumSharpe(trials: number, variance: number): SharpePerPeriod {
  if (!(trials >= 1 && trials <= 1e9) || !(variance >= 0))
    throw new LabError('bad-trials', 'The best of these trials cannot be judged.', {
      received: `${trials} trials with a variance of ${variance}`,
      expected: 'from 1 to 1e9 trials and a variance of at least 0',
      help: 'the number comes from the study: every trial counts, also the bad ones',
    })
  if (trials === 1) return sharpePerPeriod(0)
  const best = (1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / trials) + EULER_MASCHERONI * normalQuantile(1 - 1 / (trials * Math.E))
  return sharpePerPeriod(Math.sqrt(variance) * best)
}

/**
 * Deflated Sharpe ratio: the probability that the true ratio of the best of many trials is above 0, knowing that it was picked (Bailey & Lopez de Prado 2014).
 * @throws LabError `bad-trials`
 */
export const deflatedSharpe = (estimate: SharpeEstimate, trials: number, variance: number): number =>
  probabilisticSharpe(estimate, expectedMaximumSharpe(trials, variance))
