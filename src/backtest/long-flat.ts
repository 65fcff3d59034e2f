import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { cagr, maxDrawdown, periodsPerYear, sharpeAnnualised, simpleReturns } from '../metrics/index.js'

/** Bars, the rows that had a prediction, and when to be long. */
export interface LongFlatInput {
  readonly bars: Bars
  /** Bars with a prediction, increasing. The decision is taken at their close. */
  readonly signalRows: Int32Array
  /** Probability that the close will be higher, by position in signalRows. */
  readonly proba: Float64Array
  /** Long where the probability is above it; default 0.5. */
  readonly threshold?: number
  /** Share of the traded value paid at each side; default 0.001 (0.1 %). */
  readonly feeRate?: number
  /**
   * What happens after a bar without a prediction. flat (default): no prediction, no position: it is sold at the next open. hold: the position stays until a
   * signal says otherwise.
   */
  readonly missing?: 'flat' | 'hold'
}

/** One long position, from its entry to its exit. */
export interface Trade {
  /** Open time of the bar at whose open it was bought, ms UTC. */
  readonly entryTime: number
  readonly entryPrice: number
  readonly exitTime: number
  readonly exitPrice: number
  /** Bars held. */
  readonly bars: number
  /** exitPrice / entryPrice - 1. */
  readonly grossReturn: number
  /** The same after a fee on either side. */
  readonly netReturn: number
  /** True for the last one, sold at the close of the last bar because the span ended. */
  readonly closedByEnd: boolean
}

/** One curve in numbers. Not-a-number where a metric is not defined. */
export interface EquitySummary {
  /** End / start - 1. */
  readonly totalReturn: number
  readonly cagr: number
  /** From returns of one bar, annualised by the bars a year in the span. */
  readonly sharpe: number
  readonly maxDrawdown: number
}

/** Wealth and position by bar, trades, and returns before and after fees. */
export interface LongFlatResult {
  readonly threshold: number
  readonly feeRate: number
  /** Open times of the bars of the span: from the first fill to the bar after the last signal. */
  readonly time: Float64Array
  /** Value at each bar's close of 1 put in at the start, after fees, before fees, and bought and held (with fees). The last value is after selling. */
  readonly equity: Float64Array
  readonly grossEquity: Float64Array
  readonly buyAndHold: Float64Array
  /** 1 where the bar was held, else 0. */
  readonly position: Uint8Array
  readonly trades: readonly Trade[]
  readonly net: EquitySummary
  readonly gross: EquitySummary
  readonly hold: EquitySummary
  /** Share of the bars held. */
  readonly exposure: number
  /** Buys and sells. */
  readonly fills: number
  /** Fills a year: each trades the whole equity once. */
  readonly turnoverPerYear: number
}

/**
 * Long or flat with the whole equity: the decision at a signal bar's close is filled at the next bar's open and holds until a later one changes it.
 * Buying value v costs v x feeRate on top, selling it brings v x (1 - feeRate), so a round trip at one price keeps (1 - fee) / (1 + fee). No slippage, no interest, any
 * fraction can be bought. A signal on the very last bar cannot be filled. What is still held at the end is sold at the last bar's close.
 * @throws LabError `bad-backtest` for settings or rows that make no sense, `missing-price` where a bar of the span has no price, `too-few-bars` where nothing can be filled.
 */
export function backtestLongFlat(input: LongFlatInput): LongFlatResult {
  const { bars, threshold = 0.5, feeRate = 0.001 } = input
  checkInput(input, threshold, feeRate)
  const first = input.signalRows[0]! + 1
  const last = Math.min(input.signalRows.at(-1)! + 1, bars.time.length - 1)
  checkPrices(bars, first, last)
  const wanted = wantedPositions(input, threshold, first, last)
  const always = new Uint8Array(wanted.length).fill(1)
  const net = simulate(bars, first, wanted, feeRate)
  const gross = simulate(bars, first, wanted, 0)
  const hold = simulate(bars, first, always, feeRate)
  const time = bars.time.slice(first, last + 1)
  const durationMs = bars.time[last]! - bars.time[first]! + bars.timeframeMs
  const summary = (equity: Float64Array): EquitySummary => ({
    totalReturn: equity.at(-1)! - 1,
    cagr: cagr(1, equity.at(-1)!, durationMs),
    sharpe: sharpeAnnualised(simpleReturns(equity, 1), periodsPerYear(time)),
    maxDrawdown: maxDrawdown(equity, 1),
  })
  const fills = 2 * net.trades.length
  return {
    threshold,
    feeRate,
    time,
    equity: net.equity,
    grossEquity: gross.equity,
    buyAndHold: hold.equity,
    position: wanted,
    trades: net.trades,
    net: summary(net.equity),
    gross: summary(gross.equity),
    hold: summary(hold.equity),
    exposure: wanted.reduce((sum, held) => sum + held, 0) / wanted.length,
    fills,
    turnoverPerYear: (fills * periodsPerYear(time)) / time.length,
  }
}

/** Position during each bar of the span: what was decided at the close before it. */
function wantedPositions(
  { signalRows, proba, missing = 'flat' }: LongFlatInput,
  threshold: number,
  first: number,
  last: number,
): Uint8Array {
  const wanted = new Uint8Array(last - first + 1)
  for (let bar = first, k = 0; bar <= last; bar++) {
    if (signalRows[k] === bar - 1) wanted[bar - first] = proba[k++]! > threshold ? 1 : 0
    else if (missing === 'hold') wanted[bar - first] = wanted[bar - first - 1]!
  }
  return wanted
}

function simulate(bars: Bars, first: number, wanted: Uint8Array, feeRate: number): { equity: Float64Array; trades: Trade[] } {
  const equity = new Float64Array(wanted.length)
  const trades: Trade[] = []
  const keeps = (1 - feeRate) / (1 + feeRate)
  let cash = 1
  let units = 0
  let entry = 0
  const sell = (bar: number, exitPrice: number, held: number, closedByEnd: boolean): void => {
    cash = units * exitPrice * (1 - feeRate)
    units = 0
    const entryPrice = bars.open[entry]!
    const grossReturn = exitPrice / entryPrice - 1
    trades.push({
      entryTime: bars.time[entry]!,
      entryPrice,
      exitTime: bars.time[bar]!,
      exitPrice,
      bars: held,
      grossReturn,
      netReturn: (exitPrice / entryPrice) * keeps - 1,
      closedByEnd,
    })
  }
  for (let k = 0; k < wanted.length; k++) {
    const bar = first + k
    const held = units > 0
    if (wanted[k] === 1 && !held) {
      units = cash / (bars.open[bar]! * (1 + feeRate))
      entry = bar
    } else if (wanted[k] === 0 && held) sell(bar, bars.open[bar]!, bar - entry, false)
    if (k === wanted.length - 1 && units > 0) sell(bar, bars.close[bar]!, bar - entry + 1, true)
    equity[k] = units > 0 ? units * bars.close[bar]! : cash
  }
  return { equity, trades }
}

function checkInput({ bars, signalRows, proba }: LongFlatInput, threshold: number, feeRate: number): void {
  const bad = (received: string, expected: string): LabError =>
    new LabError('bad-backtest', 'The backtest cannot run on this.', {
      received,
      expected,
      help: 'check signalRows, proba, threshold and feeRate',
    })
  if (signalRows.length !== proba.length)
    throw bad(`${signalRows.length} signal rows beside ${proba.length} probabilities`, 'one probability a signal row')
  if (!(threshold >= 0 && threshold <= 1)) throw bad(`threshold ${threshold}`, 'a probability from 0 to 1')
  if (!(feeRate >= 0 && feeRate < 1)) throw bad(`feeRate ${feeRate}`, 'a share from 0 to below 1; 0.001 is 0.1 %')
  for (let k = 0; k < signalRows.length; k++) {
    const row = signalRows[k]!
    if (row < 0 || row >= bars.time.length || (k > 0 && row <= signalRows[k - 1]!))
      throw bad(`signal row ${row} at ${k}`, 'increasing rows of the bars')
    if (!Number.isFinite(proba[k])) throw bad(`probability ${proba[k]} at row ${row}`, 'a number for every signal row')
  }
  if (signalRows.length === 0 || signalRows[0]! + 1 >= bars.time.length)
    throw new LabError('too-few-bars', 'No signal can be filled.', {
      received: `${signalRows.length} signals before the last of ${bars.time.length} bars`,
      expected: 'a signal on a bar that has another one after it',
      help: 'use more history or longer test folds',
    })
}

function checkPrices(bars: Bars, first: number, last: number): void {
  for (let i = first; i <= last; i++)
    if (!(bars.open[i]! > 0 && bars.close[i]! > 0))
      throw new LabError('missing-price', 'A bar of the backtest has no price to trade or to value at.', {
        received: `open ${bars.open[i]}, close ${bars.close[i]} at ${new Date(bars.time[i]!).toISOString()}`,
        expected: 'open and close above 0',
        help: 'read the data with a policy that drops or repairs such bars',
      })
}
