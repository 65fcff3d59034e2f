import { DISPLAY } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { badBarrier, barrierDistances, checkBarriers, type BarrierOptions } from './barrier-options.js'
import { walkBarriers } from './barrier-walk.js'
import type { PricedLabels } from './labels.js'
import { showClasses, showEnds, UP_NEITHER_DOWN, UP_OR_NOT } from './show-labels.js'
import { TOUCHED } from './touched.js'

/** Where the barriers stand, and what becomes of labels that meet none. */
export interface TripleBarrierOptions extends BarrierOptions {
  /** Distance of the barrier above the close, in volatilities (a share of the close where no volatility is given); null: none. */
  readonly upper: number | null
  /** The same below the close. */
  readonly lower: number | null
  /** 2: y is 1 (up) or 0 (not); 3: y is 1, 0 or -1. Default 2. */
  readonly classes?: 2 | 3
  /** Class of a label that touched neither barrier: 'zero', or 'sign' of its return. Default 'zero'. */
  readonly vertical?: 'zero' | 'sign'
}

/** Triple-barrier labels, and where each ended. */
export interface TripleBarrierLabels extends PricedLabels {
  /** What ended each label: a code of {@link TOUCHED}. */
  readonly touched: Int8Array
  /** How many labels met both barriers in one bar, dropped ones too: results hang on that choice where they are many. */
  readonly metBoth: number
}

/**
 * Which is touched first: the barrier above the close, the one below, or the end of the horizon? That is how a trade with a target and a stop ends.
 *
 * The barriers of bar t stand at close[t] (1 + upper v) and close[t] (1 - lower v), v = volatility[t] per bar or 1, and are watched from bar t + 1 on; a price at a
 * barrier touches it.
 *
 * | ended at | `touched` | y, 2 classes | y, 3 classes |
 * | --- | --- | --- | --- |
 * | upper | 1 | 1 | 1 |
 * | lower | -1 | 0 | -1 |
 * | horizon | 2 | 0; 'sign': 1 where the return is above 0, else 0 | 0; 'sign': sign of the return |
 *
 * The end time is the open time of the bar that touches, else of bar t + horizonBars. `returns` is what an order at the barrier would have brought: exactly the
 * barrier, or the open of a bar that jumped over it; judged on closes the close that touched.
 *
 * NaN (and `touched` 0) where the volatility is missing or zero, where a barrier is nearer than `minReturn`, where both barriers were met in one bar and 'drop' was
 * chosen, where a missing or non-positive price stands in the path before it ends, and where the bars end before the path does. So of the last `horizonBars` bars
 * only those have a label that had touched a barrier by then.
 * @throws LabError `bad-horizon`, `bad-barrier`, `bad-span`, `bad-volatility`, `too-few-bars`
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), sections 3.2 to 3.5
 */
export function tripleBarrierLabels(bars: Bars, options: TripleBarrierOptions): TripleBarrierLabels {
  const { horizonBars, upper, lower, classes = 2, vertical = 'zero', judgedOn = 'high-low', bothTouched = 'loss' } = options
  checkBarriers(bars, { upper, lower }, options)
  if (classes !== 2 && classes !== 3) throw badBarrier(`classes ${String(classes)}`, '2 or 3')
  if (vertical !== 'zero' && vertical !== 'sign') throw badBarrier(`vertical ${String(vertical)}`, "'zero' or 'sign'")
  if (upper === null && vertical === 'zero')
    throw badBarrier("no upper barrier and vertical 'zero': no label could be 1", "vertical: 'sign'")
  const [above, below] = barrierDistances(bars, upper, lower, options)
  const ends = walkBarriers(bars, { horizonBars, above, below, judgedOn, bothTouched, losing: () => 'below' })
  const y = Float64Array.from(ends.touched, (code, i) => {
    if (code === TOUCHED.none) return NaN
    const sign = code !== TOUCHED.vertical ? code : vertical === 'sign' ? Math.sign(ends.returns[i]!) : 0
    return classes === 3 ? sign : sign > 0 ? 1 : 0
  })
  const name = `triple_barrier_${horizonBars}_${upper ?? 'none'}_${lower ?? 'none'}`
  const words = classes === 2 ? UP_OR_NOT : UP_NEITHER_DOWN
  const text = (): string => `${showClasses(name, y, words)}; ${showEnds(ends.touched, ends.metBoth)}`
  return { name, y, horizonBars, ...ends, [DISPLAY]: () => ({ 'text/plain': text() }) }
}
