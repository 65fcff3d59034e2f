import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { checkHorizon } from './check-horizon.js'
import { volatilityColumn, type VolatilityTarget } from './volatility-target.js'

/** What triple-barrier labels and meta-labels have in common. */
export interface BarrierOptions {
  /** The vertical barrier: a label ends at the latest so many bars ahead; a whole number, 1 or more. */
  readonly horizonBars: number
  /** What the two distances are multiples of. Default: they are shares of the close, 0.02 is 2 %. */
  readonly volatility?: VolatilityTarget
  /** No label where a barrier is less than this share of the close away, too little to pay for trading. Known at t. Default 0. */
  readonly minReturn?: number
  /** 'high-low': a barrier is touched when the price trades there; 'close': when a bar closes there. Default 'high-low'. */
  readonly judgedOn?: 'high-low' | 'close'
  /**
   * A bar that reaches both barriers does not tell which came first. 'loss': the losing one, so that results are never better than what trading could have
   * brought; 'drop': no label, which a backtest must not skip as it is known only later. A bar that opens beyond a barrier does tell. Default 'loss'.
   */
  readonly bothTouched?: 'loss' | 'drop'
}

/** @throws LabError `bad-horizon`, `bad-barrier`, `too-few-bars` */
export function checkBarriers(bars: Bars, distances: Readonly<Record<string, number | null>>, options: BarrierOptions): void {
  checkHorizon(options.horizonBars, bars.close.length)
  const { volatility, minReturn = 0, judgedOn = 'high-low', bothTouched = 'loss' } = options
  for (const [name, distance] of Object.entries(distances)) {
    if (distance === null) continue
    if (!(distance > 0 && distance < Infinity)) throw badBarrier(`${name} ${distance}`, 'a distance above 0, or null for none')
    if (volatility === undefined && distance >= 1)
      throw badBarrier(
        `${name} ${distance}, without volatility`,
        'a share of the close below 1',
        'add volatility: { span: 50 } where these are multiples of it',
      )
  }
  if (Object.values(distances).every((distance) => distance === null))
    throw badBarrier('no barrier above or below', 'at least one', 'returnLabels and directionLabels ask about the horizon alone')
  if (!(minReturn >= 0 && minReturn < 1))
    throw badBarrier(`minReturn ${minReturn}`, 'a share of the close from 0 to below 1', 'for example 0.002')
  if (judgedOn !== 'high-low' && judgedOn !== 'close') throw badBarrier(`judgedOn ${String(judgedOn)}`, "'high-low' or 'close'")
  if (bothTouched !== 'loss' && bothTouched !== 'drop') throw badBarrier(`bothTouched ${String(bothTouched)}`, "'loss' or 'drop'")
}

export const badBarrier = (
  received: string,
  expected: string,
  help = 'for example upper: 2, lower: 1, volatility: { span: 50 }',
): LabError => new LabError('bad-barrier', 'The barriers make no sense.', { received, expected, help })

/**
 * Distance of each barrier at each bar as a share of the close: Infinity where there is none, NaN where the bar gets no label.
 * @throws LabError `bad-span`, `bad-volatility`, `too-few-bars`
 */
export function barrierDistances(
  { close }: Bars,
  first: number | null,
  second: number | null,
  { volatility, minReturn = 0 }: BarrierOptions,
): readonly [Float64Array, Float64Array] {
  const usual = volatility === undefined ? undefined : volatilityColumn(close, volatility)
  const nearest = Math.min(first ?? Infinity, second ?? Infinity)
  const unit = Float64Array.from(close, (_, i) => {
    const size = usual === undefined ? 1 : usual[i]!
    return size > 0 && nearest * size >= minReturn ? size : NaN
  })
  const distance = (multiple: number | null): Float64Array =>
    unit.map((size) => (Number.isNaN(size) ? NaN : multiple === null ? Infinity : multiple * size))
  return [distance(first), distance(second)]
}
