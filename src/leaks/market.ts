import { createRng, type Rng } from '../core/index.js'
import { barRange, type Bars } from '../data/index.js'

/** Bars and, beside them, those of other symbols or longer timeframes. */
export interface Market {
  readonly bars: Bars
  readonly others: readonly Bars[]
}

const closeOf = ({ time, timeframeMs }: Bars, i: number): number => time[i]! + timeframeMs

/** How many of the bars have closed by `moment`. */
export function closedBy(bars: Bars, moment: number): number {
  let [low, high] = [0, bars.time.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (closeOf(bars, middle) <= moment) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * What was known when bar `to - 1` closed, from bar `from` on: other symbols begin with the bar that was the newest closed one at that time. Views, not copies.
 */
export function stretch({ bars, others }: Market, from: number, to: number): Market {
  if (from === 0 && to === bars.time.length)
    return { bars, others: others.map((other) => (to === 0 ? other : upTo(other, 0, closeOf(bars, to - 1)))) }
  const begin = (other: Bars): number => (from === 0 ? 0 : Math.max(0, closedBy(other, closeOf(bars, from)) - 1))
  return { bars: barRange(bars, from, to), others: others.map((other) => upTo(other, begin(other), closeOf(bars, to - 1))) }
}

const upTo = (other: Bars, from: number, moment: number): Bars => barRange(other, from, Math.max(from, closedBy(other, moment)))

/**
 * The market in which everything that closes after bar `cut - 1` is another one: a jump to another price level, then a random walk; volumes differ too, times stay as they are.
 * @param parts which series to alter
 */
export function alteredAfter(market: Market, cut: number, rng: Rng, parts: 'all' | 'others' = 'all'): Market {
  const { bars, others } = market
  const moment = cut === 0 ? -Infinity : closeOf(bars, cut - 1)
  return {
    bars: parts === 'all' ? alteredFrom(bars, cut, rng) : bars,
    others: others.map((other) => alteredFrom(other, closedBy(other, moment), rng)),
  }
}

function alteredFrom(bars: Bars, from: number, rng: Rng): Bars {
  const copy = {
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  }
  let price = from > 0 && Number.isFinite(bars.close[from - 1]) ? bars.close[from - 1]! : 1
  price *= Math.exp(1.2 * rng.normal())
  for (let i = from; i < bars.time.length; i++) {
    copy.open[i] = price
    price *= Math.exp(0.05 * rng.normal())
    copy.close[i] = price
    copy.high[i] = Math.max(copy.open[i]!, price) * (1 + 0.02 * rng.next())
    copy.low[i] = Math.min(copy.open[i]!, price) * (1 - 0.02 * rng.next())
    copy.volume[i] = (copy.volume[i]! + 1) * Math.exp(rng.normal())
  }
  return { ...bars, ...copy }
}

/** The market with `count` bars of a random walk after its last one; other symbols go on for as long. */
export function appended({ bars, others }: Market, count: number, seed: number): Market {
  const rng = createRng(seed, 'leaks/append')
  const until = closeOf(bars, bars.time.length - 1) + count * bars.timeframeMs
  const longer = (series: Bars, bars: number): Bars => alteredFrom(extended(series, bars), series.time.length, rng)
  return {
    bars: longer(bars, count),
    others: others.map((other) => {
      const end = other.time.length === 0 ? until : closeOf(other, other.time.length - 1)
      return longer(other, Math.max(0, Math.floor((until - end) / other.timeframeMs)))
    }),
  }
}

/** Room for more bars at the usual distance. A series without any volume stays without. */
function extended(bars: Bars, count: number): Bars {
  const n = bars.time.length
  const hasVolume = bars.volume.some(Number.isFinite)
  const column = (values: Float64Array, next: (k: number) => number): Float64Array => {
    const out = new Float64Array(n + count)
    out.set(values)
    for (let k = 1; k <= count; k++) out[n + k - 1] = next(k)
    return out
  }
  const empty = (values: Float64Array): Float64Array => column(values, () => NaN)
  return {
    ...bars,
    time: column(bars.time, (k) => bars.time[n - 1]! + k * bars.timeframeMs),
    open: empty(bars.open),
    high: empty(bars.high),
    low: empty(bars.low),
    close: empty(bars.close),
    volume: column(bars.volume, () => (hasVolume ? 100 : NaN)),
  }
}

/** Of two markets over the same times: the second from bar `from` up to but not including `to`, the first elsewhere. Other symbols' bars go by when they close. */
export function spliced(first: Market, second: Market, from: number, to: number): Market {
  const { bars } = first
  const [after, until] = [closeOf(bars, from - 1), closeOf(bars, to - 1)]
  return {
    bars: splicedBars(bars, second.bars, from, to),
    others: first.others.map((other, k) => splicedBars(other, second.others[k]!, closedBy(other, after), closedBy(other, until))),
  }
}

function splicedBars(first: Bars, second: Bars, from: number, to: number): Bars {
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array => {
    const out = first[name].slice()
    out.set(second[name].subarray(from, to), from)
    return out
  }
  return { ...first, open: column('open'), high: column('high'), low: column('low'), close: column('close'), volume: column('volume') }
}
