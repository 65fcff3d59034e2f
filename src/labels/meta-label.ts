import { DISPLAY, LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { barrierDistances, checkBarriers, type BarrierOptions } from './barrier-options.js'
import { walkBarriers } from './barrier-walk.js'
import type { PricedLabels } from './labels.js'
import { showClasses, showEnds } from './show-labels.js'

/** The side of each bar, and what closes a position. */
export interface MetaLabelOptions extends BarrierOptions {
  /** What the primary model would do at each bar's close: 1 buy, -1 sell short, 0 or NaN nothing. It must use nothing after its bar. */
  readonly side: ArrayLike<number>
  /** Distance at which the position is closed with a profit, in volatilities (a share of the close where no volatility is given); null: never. */
  readonly profit: number | null
  /** The same with a loss. */
  readonly stop: number | null
  /** Cost of entering and leaving together, as a share of the entry price: 0.002 for 0.1 % a side. Default 0. */
  readonly cost?: number
}

/** Meta-labels, and what each position brought. */
export interface MetaLabels extends PricedLabels {
  /** What the position brought after cost, as a share of the entry price: side x `returns` - cost; NaN where y is NaN. */
  readonly netReturns: Float64Array
  /** What ended each label, seen on the price: for a short position `lower` is the profit. A code of {@link TOUCHED}. */
  readonly touched: Int8Array
  /** How many labels met both barriers in one bar, dropped ones too. */
  readonly metBoth: number
}

/**
 * Would it have paid to follow the primary model? `y[t]` is 1 where taking its side at the close of bar t, with a profit target, a stop and an end of the horizon, would have
 * earned more than its cost; else 0. A second model that learns this decides whether and how much to follow the first.
 *
 * Barriers, end time, returns and missing prices are as in {@link tripleBarrierLabels}, mirrored where the side is short: its stop stands above. Where a bar meets both,
 * 'loss' takes the stop. NaN where the side is 0 or NaN too.
 * @throws LabError `bad-side`, `bad-cost`, `bad-horizon`, `bad-barrier`, `bad-span`, `bad-volatility`, `too-few-bars`
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 3.6
 */
export function metaLabels(bars: Bars, options: MetaLabelOptions): MetaLabels {
  const { side, profit, stop, cost = 0, horizonBars, judgedOn = 'high-low', bothTouched = 'loss' } = options
  checkBarriers(bars, { profit, stop }, options)
  checkSide(side, bars.close.length)
  if (!(cost >= 0 && cost < 1))
    throw new LabError('bad-cost', 'The cost is not a share of the price.', {
      received: String(cost),
      expected: 'a number from 0 to below 1; 0.002 is 0.1 % a side',
      help: 'give entry and exit together, as a share, not in per cent',
    })
  const [gain, loss] = barrierDistances(bars, profit, stop, options)
  const takes = (i: number): boolean => side[i] === 1 || side[i] === -1
  const above = gain.map((distance, i) => (!takes(i) ? NaN : side[i] === 1 ? distance : loss[i]!))
  const below = gain.map((distance, i) => (!takes(i) ? NaN : side[i] === 1 ? loss[i]! : distance))
  const losing = (i: number): 'above' | 'below' => (side[i] === 1 ? 'below' : 'above')
  const ends = walkBarriers(bars, { horizonBars, above, below, judgedOn, bothTouched, losing })
  const netReturns = ends.returns.map((value, i) => side[i]! * value - cost)
  const y = netReturns.map((value) => (Number.isNaN(value) ? NaN : value > 0 ? 1 : 0))
  const name = `meta_${horizonBars}_${profit ?? 'none'}_${stop ?? 'none'}`
  const words = [
    [1, 'worth taking'],
    [0, 'not'],
  ] as const
  const text = (): string => `${showClasses(name, y, words)}; ${showEnds(ends.touched, ends.metBoth)}`
  return { name, y, horizonBars, ...ends, netReturns, [DISPLAY]: () => ({ 'text/plain': text() }) }
}

function checkSide(side: ArrayLike<number>, bars: number): void {
  const isSide = (value: number | undefined): boolean => value === 1 || value === 0 || value === -1 || Number.isNaN(value)
  let wrong = 0
  while (wrong < side.length && isSide(side[wrong])) wrong += 1
  if (side.length === bars && wrong === bars) return
  throw new LabError('bad-side', 'The sides do not fit the bars.', {
    received: side.length === bars ? `${side[wrong]} at bar ${wrong}` : `${side.length} sides beside ${bars} bars`,
    expected: 'one side a bar: 1, -1, 0, or NaN where it is not known',
    help: 'for a probability p: p > 0.55 ? 1 : p < 0.45 ? -1 : 0',
  })
}
